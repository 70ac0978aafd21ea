"""Networks: f(x) = sum of output_weight * max(0, input_weights . x + bias), plus weights . x + bias of the skip; exact."""

from __future__ import annotations

import importlib
import json
import os
from bisect import bisect_right
from fractions import Fraction
from functools import cached_property
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from ._arrays import column, numpy_of, texts_of
from .errors import InputError


class Knot(NamedTuple):
    """Where a function of one input bends."""

    at: Fraction
    slope_change: Fraction


class Knots(Tuple[Knot, ...]):
    """The knots of a function from left to right, exact."""

    @property
    def floats(self) -> List[Tuple[float, float]]:
        """The same, rounded: (at, slope_change)."""
        return [(float(knot.at), float(knot.slope_change)) for knot in self]


class Neuron(NamedTuple):
    """output_weight * max(0, input_weights . x + bias)."""

    input_weights: Tuple[Fraction, ...]
    bias: Fraction
    output_weight: Fraction


class Skip(NamedTuple):
    """The affine part: weights . x + bias."""

    weights: Tuple[Fraction, ...]
    bias: Fraction


class _Line(NamedTuple):
    """A function of one input in doubles: `values` at the knots, `slopes` to the left of the first and to the right of each."""

    at: List[float]
    values: List[float]
    slopes: List[float]


class Network:
    """A network with one hidden layer, in exact rationals."""

    def __init__(self, content: Dict[str, Any]) -> None:
        """:param content: the JSON of a network file"""
        if content.get("format") != "sparsest-network" or content.get("version") != 1:
            raise InputError(
                f"expected a sparsest-network of version 1, found {content.get('format')!r} {content.get('version')!r}"
            )
        self._content = content
        #: Number of inputs.
        self.input_dimension = int(content["inputDimension"])

    @classmethod
    def load(cls, path: Union[str, "os.PathLike[str]"]) -> "Network":
        """The network in a file that `save` or the command line wrote."""
        with open(path, encoding="utf-8") as file:
            return cls(json.load(file))

    @cached_property
    def neurons(self) -> Tuple[Neuron, ...]:
        """The neurons, exact."""
        return tuple(
            Neuron(
                tuple(map(Fraction, neuron["inputWeights"])),
                Fraction(neuron["bias"]),
                Fraction(neuron["outputWeight"]),
            )
            for neuron in self._content["neurons"]
        )

    @cached_property
    def skip(self) -> Optional[Skip]:
        """The affine part, exact; None where there is none."""
        skip = self._content["skip"]
        return None if skip is None else Skip(tuple(map(Fraction, skip["weights"])), Fraction(skip["bias"]))

    def __len__(self) -> int:
        return len(self._content["neurons"])

    def __repr__(self) -> str:
        inputs = "1 input" if self.input_dimension == 1 else f"{self.input_dimension} inputs"
        return f"<Network of {len(self)} neuron{'' if len(self) == 1 else 's'}, {inputs}>"

    def to_json(self) -> Dict[str, Any]:
        """The content of a network file."""
        return self._content

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes a network file (JSON)."""
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self._content, file)

    def exact(self, x: object) -> Fraction:
        """The value at one point, exact.

        :param x: a number, or one number for each input
        """
        point = [Fraction(text) for text in texts_of(column(x if hasattr(x, "__iter__") and not isinstance(x, str) else [x], "x"))]
        if len(point) != self.input_dimension:
            raise InputError(f"x: expected {self.input_dimension} numbers, found {len(point)}")
        total = Fraction(0)
        for weights, bias, output in self.neurons:
            before = bias + sum(w * t for w, t in zip(weights, point))
            if before > 0:
                total += output * before
        if self.skip is not None:
            total += self.skip.bias + sum(a * t for a, t in zip(self.skip.weights, point))
        return total

    def predict(self, X: object) -> Any:
        """The values at N points, in doubles.

        :param X: N numbers (one input) or N rows
        :returns: a NumPy array for an array or a tensor, else a list
        """
        found = numpy_of(X)
        if found is not None:
            numpy = importlib.import_module("numpy")
            rows = numpy.asarray(found, dtype=float)
            if rows.ndim == 1:
                rows = rows.reshape(-1, 1)
            self._require(rows.shape[1] if rows.ndim == 2 else 0)
            return self._many(numpy, rows)
        given = column(X, "X")
        texts = texts_of(given)
        self._require(given.shape[1] if len(given.shape) == 2 else 1)
        points = [[float(Fraction(t)) for t in (row if isinstance(row, list) else [row])] for row in texts]
        return [self._one(point) for point in points]

    def _require(self, width: int) -> None:
        if width != self.input_dimension:
            raise InputError(f"X: expected rows of {self.input_dimension} numbers, found {width}")

    def _many(self, numpy: Any, rows: Any) -> Any:
        if self.input_dimension == 1:
            x = rows[:, 0]
            at, values, slopes = (numpy.array(part) for part in self._line)
            piece = numpy.searchsorted(at, x, side="right")
            start = numpy.maximum(piece - 1, 0)
            return values[start] + slopes[piece] * (x - at[start])
        weights, biases, outputs, slope, offset = self._layers
        hidden = rows @ numpy.array(weights).reshape(-1, self.input_dimension).T + numpy.array(biases)
        return numpy.maximum(hidden, 0.0) @ numpy.array(outputs) + rows @ numpy.array(slope) + offset

    def _one(self, point: Sequence[float]) -> float:
        if self.input_dimension == 1:
            at, values, slopes = self._line
            piece = bisect_right(at, point[0])
            start = max(piece - 1, 0)
            return values[start] + slopes[piece] * (point[0] - at[start])
        weights, biases, outputs, slope, offset = self._layers
        total = offset + sum(a * t for a, t in zip(slope, point))
        for row, bias, output in zip(weights, biases, outputs):
            total += output * max(0.0, bias + sum(w * t for w, t in zip(row, point)))
        return total

    @cached_property
    def _line(self) -> _Line:
        """One input: the pieces, found in rationals and rounded once. Without knots there is one at 0 that does not bend."""
        changes: Dict[Fraction, Fraction] = {}
        slope = Fraction(0) if self.skip is None else self.skip.weights[0]
        for (w,), b, v in self.neurons:
            if w != 0:
                changes[-b / w] = changes.get(-b / w, Fraction(0)) + v * abs(w)
            if w < 0:
                slope += v * w
        at = sorted(changes) or [Fraction(0)]
        value = self.exact(at[0])
        values, slopes, before = [value], [slope], at[0]
        for knot in at:
            value += slope * (knot - before)
            slope += changes.get(knot, Fraction(0))
            before = knot
            slopes.append(slope)
            if knot != at[0]:
                values.append(value)
        return _Line([float(x) for x in at], [float(x) for x in values], [float(x) for x in slopes])

    @cached_property
    def _layers(self) -> Tuple[List[List[float]], List[float], List[float], List[float], float]:
        """The weights as doubles: input weights, biases, output weights, and the skip."""
        skip = self.skip or Skip((Fraction(0),) * self.input_dimension, Fraction(0))
        return (
            [[float(w) for w in neuron.input_weights] for neuron in self.neurons],
            [float(neuron.bias) for neuron in self.neurons],
            [float(neuron.output_weight) for neuron in self.neurons],
            [float(a) for a in skip.weights],
            float(skip.bias),
        )

    def to_torch(self, dtype: Any = None) -> Any:
        """The network as a PyTorch module: X of shape (N, d) to (N, 1).

        It is a Sequential where the affine part has no weights, else a module with `hidden`, `output` and `skip`.

        :param dtype: type of the weights, float64 unless given: there the rationals are rounded
        """
        torch: Any = importlib.import_module("torch")
        dtype = torch.float64 if dtype is None else dtype
        weights, biases, outputs, slope, offset = self._layers
        layers = torch.nn
        hidden = layers.Linear(self.input_dimension, max(1, len(weights)), dtype=dtype)
        output = layers.Linear(max(1, len(weights)), 1, bias=self.skip is not None, dtype=dtype)
        skip = layers.Linear(self.input_dimension, 1, bias=False, dtype=dtype)

        def fill(parameter: Any, values: Sequence[Any]) -> None:
            parameter.copy_(torch.tensor(values, dtype=torch.float64).reshape(parameter.shape))

        with torch.no_grad():
            # A layer has at least one neuron: one of zeros where the network has none.
            fill(hidden.weight, weights or [[0.0] * self.input_dimension])
            fill(hidden.bias, biases or [0.0])
            fill(output.weight, outputs or [0.0])
            if self.skip is not None:
                fill(output.bias, [offset])
            fill(skip.weight, slope)
        if not any(slope):
            return layers.Sequential(hidden, layers.ReLU(), output)
        return _torch_network(torch)(hidden, output, skip)


_torch_class: Any = None


def _torch_network(torch: Any) -> Any:
    """The class of modules with a skip, made when PyTorch is there."""
    global _torch_class
    if _torch_class is None:

        def __init__(self: Any, hidden: Any, output: Any, skip: Any) -> None:
            torch.nn.Module.__init__(self)
            self.hidden, self.output, self.skip = hidden, output, skip

        def forward(self: Any, x: Any) -> Any:
            return self.output(torch.relu(self.hidden(x))) + self.skip(x)

        _torch_class = type("ReluNetwork", (torch.nn.Module,), {"__init__": __init__, "forward": forward})
    return _torch_class


def knots_of(listed: Sequence[Dict[str, str]]) -> Knots:
    """Knots as the program lists them."""
    return Knots(Knot(Fraction(knot["at"]), Fraction(knot["slopeChange"])) for knot in listed)


__all__ = ["Knot", "Knots", "Network", "Neuron", "Skip", "knots_of"]
