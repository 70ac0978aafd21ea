"""A regressor in the habits of scikit-learn, which it does not need."""

from __future__ import annotations

import importlib
from fractions import Fraction
from typing import Any, Dict, Optional

from ._arrays import column, texts_of
from .errors import InputError
from .solution import Number, Solution, solve


class SparsestRegressor:
    """The sparsest network within a tolerance of every label.

    After `fit`: `solution_`, `neurons_`, `bounds_`, `n_features_in_`.
    """

    _estimator_type = "regressor"

    def __init__(
        self,
        *,
        tolerance: Number = 0,
        skip: Optional[str] = None,
        objective: str = "neurons",
        budget: Optional[int] = None,
        time_limit: Optional[float] = None,
    ) -> None:
        self.tolerance = tolerance
        self.skip = skip
        self.objective = objective
        self.budget = budget
        self.time_limit = time_limit

    def get_params(self, deep: bool = True) -> Dict[str, Any]:
        """The parameters by name."""
        return {name: getattr(self, name) for name in ("tolerance", "skip", "objective", "budget", "time_limit")}

    def set_params(self, **params: Any) -> "SparsestRegressor":
        """Sets parameters.

        :raises ValueError: for a name that is none
        """
        known = self.get_params()
        for name, value in params.items():
            if name not in known:
                raise ValueError(f"expected one of {', '.join(known)}, found {name!r}")
            setattr(self, name, value)
        return self

    def fit(self, X: object, y: object, sample_weight: object = None) -> "SparsestRegressor":
        """Finds the network.

        :param sample_weight: must be None: rows do not count, every one is met
        :raises InfeasibleError: when no network fits, equal inputs having labels too far apart
        """
        if sample_weight is not None:
            raise InputError("sample_weight: every row is met within the tolerance; leave it out")
        solution: Solution = solve(X, y, **self.get_params())
        # There is a network, or this says why not.
        solution.network
        self.solution_ = solution
        self.neurons_ = solution.neurons
        self.bounds_ = solution.bounds
        self.n_features_in_ = solution.network.input_dimension
        return self

    def predict(self, X: object) -> Any:
        """The network at N points.

        :raises AttributeError: before `fit`
        """
        if not hasattr(self, "solution_"):
            raise AttributeError("SparsestRegressor is not fitted yet: call fit(X, y) first")
        return self.solution_.predict(X)

    def score(self, X: object, y: object, sample_weight: object = None) -> float:
        """The coefficient of determination R^2."""
        if sample_weight is not None:
            raise InputError("sample_weight: rows count alike here; leave it out")
        labels = [float(Fraction(text)) for text in _flat(texts_of(column(y, "y")))]
        predicted = [float(value) for value in self.predict(X)]
        mean = sum(labels) / len(labels)
        rest = sum((a - b) ** 2 for a, b in zip(labels, predicted))
        spread = sum((a - mean) ** 2 for a in labels)
        return 1.0 - rest / spread if spread > 0 else float(rest == 0)

    def __repr__(self) -> str:
        defaults = SparsestRegressor().get_params() if type(self) is SparsestRegressor else {}
        shown = [f"{name}={value!r}" for name, value in self.get_params().items() if value != defaults.get(name)]
        return f"SparsestRegressor({', '.join(shown)})"

    def __sklearn_tags__(self) -> Any:
        utils: Any = importlib.import_module("sklearn.utils")
        return utils.Tags(
            estimator_type="regressor",
            target_tags=utils.TargetTags(required=True),
            transformer_tags=None,
            classifier_tags=None,
            regressor_tags=utils.RegressorTags(),
        )


def _flat(texts: Any) -> Any:
    return [text[0] if isinstance(text, list) else text for text in texts]


__all__ = ["SparsestRegressor"]
