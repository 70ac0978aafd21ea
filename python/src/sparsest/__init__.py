"""The sparsest single-hidden-layer ReLU network through your data: exactly, with a proof that an independent checker accepts.

    >>> import sparsest
    >>> solution = sparsest.solve([-2, -1, 0, 1, 2, 3], [0, 0, 1, 1, 0, 0])
    >>> solution.neurons
    3
    >>> solution.check()
    True

Answers come from one long-lived process of the program in this package, which Node.js runs; nothing goes over a network.
"""

from __future__ import annotations

from ._client import close
from .answers import Answer, Certificate
from .curve import Tradeoff, tradeoff
from .errors import CheckFailed, InfeasibleError, InputError, InternalError, NodeNotFound, SparsestError
from .network import Knot, Knots, Network, Neuron, Skip
from .norms import Enclosure, Minimum, Threshold, minimize, threshold
from .patterns import Pattern, Patterns, patterns
from .regressor import SparsestRegressor
from .report import Claim, Report, verify
from .solution import Solution, solve
from .testing import assert_sparsest
from .training import Training, train

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Certificate",
    "CheckFailed",
    "Claim",
    "Enclosure",
    "InfeasibleError",
    "InputError",
    "InternalError",
    "Knot",
    "Knots",
    "Minimum",
    "Network",
    "Neuron",
    "NodeNotFound",
    "Pattern",
    "Patterns",
    "Report",
    "Skip",
    "Solution",
    "SparsestError",
    "SparsestRegressor",
    "Threshold",
    "Tradeoff",
    "Training",
    "assert_sparsest",
    "close",
    "minimize",
    "patterns",
    "solve",
    "threshold",
    "tradeoff",
    "train",
    "verify",
    "__version__",
]
