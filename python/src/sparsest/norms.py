"""`minimize` and `threshold`: least l^p path norms, and the p* below which their networks are the sparsest ones."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any, Dict, List, NamedTuple, Optional, Union

from ._arrays import data_of, exact
from .answers import Answer, Question, table_html
from .errors import SparsestError
from .network import Knots, Network, knots_of
from .solution import Number, further


class Enclosure(NamedTuple):
    """An exact value lies between these two."""

    lower: Fraction
    upper: Fraction


def _enclosure(found: Dict[str, str]) -> Enclosure:
    return Enclosure(Fraction(found["lower"]), Fraction(found["upper"]))


class Minimum(Answer):
    """The global minimiser of the l^p path norm, or the bracket reached."""

    @property
    def p(self) -> Fraction:
        """The exponent."""
        return Fraction(self.raw["p"])

    @cached_property
    def _written_out(self) -> Dict[str, Any]:
        if "network" in self.raw:
            return self.raw
        return self._question.ask({"knots": True}).json

    @property
    def cost(self) -> Enclosure:
        """The least cost of any network through the data lies between these two."""
        return _enclosure(self.raw["cost"] if "cost" in self.raw else self._written_out["cost"])

    @property
    def unique(self) -> Union[bool, str]:
        """The only minimiser: True, False or "undecided"."""
        found: Union[bool, str] = self.raw.get("unique", "undecided")
        return found

    @property
    def sparsest(self) -> Union[bool, str]:
        """No network through the data is sparser: True, False or "undecided"."""
        found: Union[bool, str] = self.raw.get("sparsest", "undecided")
        return found

    @cached_property
    def network(self) -> Network:
        """The minimiser, in exact rationals."""
        if "network" not in self._written_out:
            raise SparsestError("the minimiser was not found within the limits; allow more time")
        return Network(self._written_out["network"])

    @cached_property
    def knots(self) -> Knots:
        """One input, skip affine: where it bends."""
        if "knots" not in self._written_out:
            raise SparsestError("there are no knots here; look at network.neurons")
        return knots_of(self._written_out["knots"])

    def predict(self, X: object) -> Any:
        """The minimiser at N points, in doubles."""
        return self.network.predict(X)

    def __repr__(self) -> str:
        return f"<Minimum {self.status}: p = {self.p}, cost {float(self.cost.upper):.12g}>"

    def _repr_html_(self) -> str:
        cost = f"{float(self.cost.lower):.15g} to {float(self.cost.upper):.15g}"
        rows = [("p", str(self.p)), ("cost", cost), ("unique", str(self.unique)), ("sparsest", str(self.sparsest))]
        return table_html(f"least l^p path norm: {self.status}", rows)


def minimize(
    X: object,
    y: object,
    *,
    p: Number,
    skip: Optional[str] = None,
    tolerance: Number = 0,
    gap: Optional[float] = None,
    time_limit: Optional[float] = None,
    **options: object,
) -> Minimum:
    """The global minimiser of the l^p path norm through the data: exact for one input, to a proved gap for several.

    :param p: the exponent, 0 <= p <= 1; a float means its exact value, "0.4" the decimal
    :param gap: relative gap at which the minimum counts as proved (several inputs)
    """
    asked: Dict[str, object] = {
        "p": exact(p, "p"),
        "skip": skip,
        "tolerance": None if tolerance == 0 else exact(tolerance, "tolerance"),
        "gap": gap,
        "time-limit": time_limit,
        **further(options),
    }
    return Minimum(Question("minimize", data_of(X, y), asked))


class Piece(NamedTuple):
    """A range of p with one minimiser."""

    start: Fraction
    end: Fraction
    raw: Dict[str, Any]


class Threshold(Answer):
    """p*: for every p below it each minimiser of the l^p path norm is a sparsest network."""

    @property
    def p_star(self) -> Enclosure:
        """The certified ends of p*."""
        return _enclosure(self.raw["pStarExact"])

    @property
    def unique_below(self) -> Optional[Enclosure]:
        """One input: the first p at which two minimisers cost the same."""
        found = self.raw.get("uniqueBelow")
        return None if found is None else _enclosure(found)

    @property
    def path(self) -> List[Piece]:
        """With `path=True`: the minimiser for every p."""
        found = self.raw.get("path", [])
        pieces = found["pieces"] if isinstance(found, dict) else found
        return [Piece(Fraction(piece["from"]), Fraction(piece["to"]), piece) for piece in pieces]

    def __repr__(self) -> str:
        return f"<Threshold {self.status}: p* = {float(self.p_star.lower):.12g}>"

    def _repr_html_(self) -> str:
        lower, upper = self.p_star
        return table_html(f"p*: {self.status}", [("at least", f"{float(lower):.15g}"), ("at most", f"{float(upper):.15g}")])


def threshold(
    X: object,
    y: object,
    *,
    path: bool = False,
    skip: Optional[str] = None,
    time_limit: Optional[float] = None,
    **options: object,
) -> Threshold:
    """p*, certified.

    :param path: the minimiser for every p, too
    """
    asked: Dict[str, object] = {"path": path, "skip": skip, "time-limit": time_limit, **further(options)}
    return Threshold(Question("threshold", data_of(X, y), asked))
