"""`patterns`: the sign patterns that one neuron can have on the inputs."""

from __future__ import annotations

from fractions import Fraction
from typing import Dict, List, NamedTuple, Optional, Tuple

from ._arrays import data_of
from .answers import Answer, Question, table_html
from .solution import further


class Pattern(NamedTuple):
    """A pattern, and a neuron that has it."""

    #: One digit per point, in sorted order: 1 where the neuron is positive.
    active: str
    input_weights: Tuple[Fraction, ...]
    bias: Fraction


class Patterns(Answer):
    """All sign patterns of one neuron on the inputs, or those found within the limits."""

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.raw["count"])

    @property
    def complete(self) -> bool:
        """There are no others: proved."""
        return self.status == "complete"

    @property
    def patterns(self) -> List[Pattern]:
        """Every pattern with its witness."""
        found = self.raw if "patterns" in self.raw else self._question.ask({"list": True}).json
        return [
            Pattern(p["active"], tuple(map(Fraction, p["inputWeights"])), Fraction(p["bias"])) for p in found["patterns"]
        ]

    def __len__(self) -> int:
        return self.count

    def __repr__(self) -> str:
        return f"<Patterns {self.status}: {self.count}>"

    def _repr_html_(self) -> str:
        return table_html(f"patterns: {self.status}", [("count", str(self.count)), ("at most", str(self.raw["atMost"]))])


def patterns(
    X: object, *, limit: Optional[int] = None, time_limit: Optional[float] = None, **options: object
) -> Patterns:
    """The sign patterns that one neuron can have on the inputs: exact count, and a witness for each.

    :param X: N numbers or N rows
    :param limit: stop after this many
    """
    asked: Dict[str, object] = {"limit": limit, "time-limit": time_limit, **further(options)}
    return Patterns(Question("patterns", data_of(X), asked))
