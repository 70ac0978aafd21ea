"""`solve`: the sparsest network through the data, with proof."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any, Dict, List, Optional, Tuple, Union

from ._arrays import data_of, exact
from .answers import Answer, Question, table_html
from .errors import InfeasibleError, SparsestError
from .network import Knots, Network, knots_of

PICTURE = "picture.svg"

#: Up to so many points a notebook draws the function.
DRAWN = 10_000

Number = Union[int, float, str, Fraction, Any]


class Solution(Answer):
    """The sparsest network through the data, or what is known about it."""

    @property
    def _objective(self) -> Dict[str, Any]:
        found: Dict[str, Any] = self.raw.get("objective", {})
        return found

    @property
    def objective(self) -> str:
        """What is counted: "neurons" or "parameters"; with a budget "tolerance"."""
        return str(self._objective.get("kind", "neurons"))

    @property
    def skip(self) -> str:
        """The affine part that comes for free: "affine", "bias" or "none"."""
        return str(self._objective.get("skip", ""))

    @property
    def bounds(self) -> Optional[Tuple[Any, Any]]:
        """Bounds of what is counted, both proved: equal when the status is "optimal". With a budget: of the tolerance, Fractions.

        None when there is no such network. The upper one is None while a restricted search has found no network.
        """
        if self.status == "infeasible":
            return None
        if self.objective == "tolerance":
            return (self.tolerance, self.tolerance)
        return (self._objective["lowerBound"], self._objective["upperBound"])

    @property
    def neurons(self) -> Optional[int]:
        """Neurons of the network; None when there is none."""
        bounds = self.bounds
        if bounds is None or bounds[1] is None:
            return None
        if self.objective == "neurons":
            return int(bounds[1])
        if "knots" in self.raw and self.objective == "tolerance":
            return len(self.raw["knots"])
        return len(self.network)

    @property
    def tolerance(self) -> Fraction:
        """How far the network may miss a label; with a budget the least such distance."""
        return Fraction(self._objective.get("tolerance", self._question.options.get("tolerance", 0)))

    @property
    def unique(self) -> Optional[bool]:
        """One input, exact labels: the only candidate for l^p minimisers; None where that is not known."""
        return self.raw.get("unique")

    @property
    def proved_by(self) -> str:
        """Where the lower bound comes from."""
        return str(self.raw["provedBy"])

    @property
    def conflict(self) -> List[Any]:
        """Why there is no such network: the rows or points that exclude each other; empty when there is one."""
        return list(self.raw.get("conflict") or self.raw.get("breaks") or ())

    @cached_property
    def _written_out(self) -> Dict[str, Any]:
        """The answer with its network; of very many neurons it is asked for when it is wanted."""
        if "network" in self.raw:
            return self.raw
        if self.status == "infeasible":
            raise InfeasibleError(f"there is no such network: {self.raw.get('reason') or self.conflict}")
        found = self._question.ask({"knots": True}).json
        if "network" not in found:
            raise SparsestError("no network was found within the limits")
        return found

    @cached_property
    def network(self) -> Network:
        """The network, in exact rationals.

        :raises InfeasibleError: when there is none
        """
        return Network(self._written_out["network"])

    @cached_property
    def knots(self) -> Knots:
        """One input: where the function bends, from left to right, in Fractions; `.floats` rounds them.

        :raises SparsestError: for several inputs
        """
        found = self._written_out
        if "knots" not in found:
            raise SparsestError("functions of several inputs have no knots; look at network.neurons")
        return knots_of(found["knots"])

    def predict(self, X: object) -> Any:
        """The network at N points, in doubles, see `Network.predict`."""
        return self.network.predict(X)

    def __repr__(self) -> str:
        return f"<Solution {self._summary()}>"

    def _summary(self) -> str:
        bounds = self.bounds
        if bounds is None:
            return "infeasible: no network fits"
        if self.objective == "tolerance":
            return f"optimal: tolerance {bounds[0]} with at most {self._objective['budget']} neurons"
        count = str(bounds[1]) if bounds[0] == bounds[1] else f"{bounds[0]} to {'?' if bounds[1] is None else bounds[1]}"
        return f"{self.status}: {count} {self.objective}, skip {self.skip}"

    def picture(self) -> str:
        """Data and function of one input, as SVG.

        :raises InfeasibleError: when there is no function
        """
        if self.status == "infeasible":
            raise InfeasibleError("there is no function to draw")
        content = self._question.ask({"plot": PICTURE}, (PICTURE,)).files[PICTURE]
        return content.decode()

    def _repr_html_(self) -> str:
        proof = "checked by the independent checker" if self.raw.get("checked") else ""
        rows = [("tolerance", str(self.tolerance)), ("proved by", self.proved_by), ("proof", proof)]
        if self.status == "infeasible":
            rows.append(("conflict", ", ".join(map(str, self.conflict))))
        drawn = self.status != "infeasible" and self._question.data.dimension == 1 and self._question.data.size <= DRAWN
        return table_html(self._summary(), rows, self.picture() if drawn else "")


def solve(
    X: object,
    y: object = None,
    *,
    tolerance: Number = 0,
    skip: Optional[str] = None,
    objective: str = "neurons",
    budget: Optional[int] = None,
    time_limit: Optional[float] = None,
    lower: object = None,
    upper: object = None,
    weights: object = None,
    monotone: Optional[str] = None,
    convex: bool = False,
    concave: bool = False,
    min_slope: Optional[Number] = None,
    max_slope: Optional[Number] = None,
    max_knots: Optional[int] = None,
    max_slope_change: Optional[Number] = None,
    widen: bool = False,
    seed: int = 0,
    threads: Optional[int] = None,
    engine: Optional[str] = None,
    **options: object,
) -> Solution:
    """The sparsest network through the data, with proof.

    Floats mean their exact value, Fractions and Decimals too; a text is the decimal or "p/q" that is written.

    :param X: N numbers (one input) or N rows
    :param y: N labels
    :param tolerance: the network may miss every label by this much
    :param skip: affine part that comes for free: "affine", "bias" or "none"; "affine" for one input unless given, else "none"
    :param objective: "neurons" or "parameters"
    :param budget: one input: the least tolerance for which so many knots are enough
    :param time_limit: seconds for an exact search; then the bracket reached
    :param lower: with `upper`: windows instead of labels
    :param weights: positive: a tolerance e allows row i e times weights[i]
    :param monotone: one input: "increasing" or "decreasing"
    :param options: further options of the command `solve`, with _ for -
    :raises InputError: when the data or the options cannot be used
    """
    asked: Dict[str, object] = {
        "tolerance": None if budget is not None and tolerance == 0 else exact(tolerance, "tolerance"),
        "skip": skip,
        "objective": objective,
        "budget": budget,
        "time-limit": time_limit,
        "monotone": monotone,
        "convex": convex,
        "concave": concave,
        "min-slope": None if min_slope is None else exact(min_slope, "min_slope"),
        "max-slope": None if max_slope is None else exact(max_slope, "max_slope"),
        "max-knots": max_knots,
        "max-slope-change": None if max_slope_change is None else exact(max_slope_change, "max_slope_change"),
        "widen": widen,
        "seed": seed,
        "threads": threads,
        "engine": engine,
        **further(options),
    }
    data = data_of(X, y, lower=lower, upper=upper, weights=weights)
    return Solution(Question("solve", data, asked))


def further(options: Dict[str, object]) -> Dict[str, object]:
    """Options of a command by their names in Python."""
    return {name.rstrip("_").replace("_", "-"): str(value) if isinstance(value, Fraction) else value for name, value in options.items()}
