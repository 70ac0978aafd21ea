"""`train`: the l^p training algorithm of the paper and its baselines."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional, Sequence, Union

from ._arrays import data_of
from .answers import Answer, Question, table_html
from .network import Network
from .solution import further

NETWORK = "network.json"
POLISHED = "polished.json"


class Training(Answer):
    """A trained network; its numbers are doubles."""

    _has_certificate = False

    def __init__(self, question: Question, polish: bool) -> None:
        self._question = question
        options: Dict[str, object] = {"network": NETWORK}
        if polish:
            options["polish"] = POLISHED
        answer = question.ask(options, (NETWORK, POLISHED) if polish else (NETWORK,))
        self._files = answer.files
        self.raw = answer.json
        self.interrupted = answer.interrupted
        #: "finished", "sparse", "stopped" or "diverged".
        self.status = str(answer.json["status"])
        self.seconds = float(answer.json.get("seconds", 0))

    @property
    def network(self) -> Network:
        """The network, every weight the exact value of its float."""
        return Network(json.loads(self._files[NETWORK]))

    @property
    def polished(self) -> Optional[Network]:
        """With `polish=True`: the labels fitted exactly in the pattern found, pruned to a vertex."""
        return Network(json.loads(self._files[POLISHED])) if POLISHED in self._files else None

    @property
    def loss(self) -> float:
        """Mean squared error."""
        return float(self.raw["loss"])

    @property
    def largest_residual(self) -> float:
        """Largest distance from a label."""
        return float(self.raw["largestResidual"])

    @property
    def active_neurons(self) -> int:
        """Neurons that count."""
        return int(self.raw["activeNeurons"])

    def predict(self, X: object) -> Any:
        """The network at N points, in doubles."""
        return self.network.predict(X)

    def __repr__(self) -> str:
        if self.status == "diverged":
            return f"<Training diverged after {self.raw['epoch']} epochs>"
        return f"<Training {self.status}: {self.active_neurons} active neurons, largest residual {self.largest_residual:.3g}>"

    def _repr_html_(self) -> str:
        if self.status == "diverged":
            return table_html("training diverged", [("epochs", str(self.raw["epoch"]))])
        rows = [("active neurons", str(self.active_neurons)), ("largest residual", f"{self.largest_residual:.3g}")]
        return table_html(f"training: {self.status}", rows)


def train(
    X: object,
    y: object,
    *,
    method: str = "reweighted",
    p: Optional[float] = None,
    epochs: Optional[int] = None,
    width: Optional[int] = None,
    learning_rate: Optional[float] = None,
    lambda_: Optional[float] = None,
    seed: Optional[int] = None,
    skip: Optional[str] = None,
    restarts: Optional[int] = None,
    polish: bool = False,
    time_limit: Optional[float] = None,
    **options: Union[None, bool, int, float, str, Sequence[str]],
) -> Training:
    """Trains a network by iteratively reweighted l^1 ("reweighted", Algorithm 1), "annealed", "adam" or "adamw".

    :param lambda_: weight of the penalty; of the decay with adamw
    :param polish: fit the labels exactly in the pattern found
    :param options: further options of the command `train`, with _ for -
    """
    asked: Dict[str, object] = {
        "method": method,
        "p": p,
        "epochs": epochs,
        "width": width,
        "lr": learning_rate,
        "lambda": lambda_,
        "seed": seed,
        "skip": skip,
        "restarts": restarts,
        "time-limit": time_limit,
        **further(dict(options)),
    }
    return Training(Question("train", data_of(X, y), asked), polish)
