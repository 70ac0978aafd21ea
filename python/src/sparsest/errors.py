"""What can go wrong. Every message is the program's own: what was expected, what was found, and what to do."""

from __future__ import annotations


class SparsestError(Exception):
    """Any error of this package."""


class InputError(SparsestError, ValueError):
    """Data, a model or an option that cannot be used."""


class InfeasibleError(SparsestError, ValueError):
    """There is no such network, and so nothing to evaluate."""


class CheckFailed(SparsestError, AssertionError):
    """The independent checker rejects a certificate."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(f"rejected, rule {rule}: {reason}")
        #: Name of the broken rule, as in the certificate format.
        self.rule = rule
        self.reason = reason


class InternalError(SparsestError, RuntimeError):
    """A fault of the program: nothing is claimed."""


class NodeNotFound(SparsestError, RuntimeError):
    """There is no Node.js, or one that is too old."""
