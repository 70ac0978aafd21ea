"""`tradeoff`: the least tolerance for every number of knots."""

from __future__ import annotations

from fractions import Fraction
from typing import Dict, List, NamedTuple, Optional

from ._arrays import data_of
from .answers import Answer, Question, table_html
from .solution import further


class Point(NamedTuple):
    """With at most so many knots no function comes closer than the tolerance, and one comes as close."""

    knots: int
    tolerance: Fraction


class Tradeoff(Answer):
    """The least tolerance for 0, 1, 2, .. knots, every point proved."""

    @property
    def curve(self) -> List[Point]:
        """The points in order."""
        return [Point(point["knots"], Fraction(point["tolerance"])) for point in self.raw["curve"]]

    @property
    def complete(self) -> bool:
        """The last tolerance is as small as any number of knots allows."""
        return bool(self.raw["complete"])

    @property
    def elbow(self) -> Optional[int]:
        """Where the curve bends most as it is drawn: a mark for the eye."""
        return self.raw.get("elbow")

    def __repr__(self) -> str:
        return f"<Tradeoff {self.status}: {len(self.curve)} points>"

    def _repr_html_(self) -> str:
        rows = [(f"{knots} knots", f"{float(tolerance):.6g}") for knots, tolerance in self.curve[:50]]
        return table_html(f"least tolerance: {self.status}", rows)


def tradeoff(
    X: object,
    y: object = None,
    *,
    max_knots: Optional[int] = None,
    time_limit: Optional[float] = None,
    lower: object = None,
    upper: object = None,
    weights: object = None,
    **options: object,
) -> Tradeoff:
    """The least tolerance for every number of knots (one input)."""
    asked: Dict[str, object] = {"max-knots": max_knots, "time-limit": time_limit, **further(options)}
    return Tradeoff(Question("tradeoff", data_of(X, y, lower=lower, upper=upper, weights=weights), asked))
