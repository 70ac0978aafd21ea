"""`verify`: a trained model against the truth."""

from __future__ import annotations

import json
import os
import struct
from functools import cached_property
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ._arrays import Column, column, data_of, exact, numpy_of, texts_of
from ._client import Payload
from .answers import CERTIFIED_AT_ONCE, Answer, Question, table_html
from .errors import InputError
from .network import Network
from .solution import Number, further

REPAIR = "repair.json"

#: Claims whose proof a certificate can hold.
PROVED_CLAIMS = ("sparsest", "lp-optimal", "vertex")


class Claim(NamedTuple):
    """A claim about the model."""

    name: str
    #: None: undecided within the limits.
    holds: Optional[bool]
    measured: Any
    required: Any
    #: In words: what, where and by how much.
    message: str


class Report(Answer):
    """What is true of a model. It is true when every claim holds."""

    @property
    def holds(self) -> Optional[bool]:
        """Every claim holds; None: one is undecided, and none fails."""
        return _holds(self.raw["holds"])

    def __bool__(self) -> bool:
        return self.holds is True

    @property
    def claims(self) -> List[Claim]:
        """The claims in the order asked."""
        return [
            Claim(found["claim"], _holds(found["holds"]), found["measured"], found["required"], found["message"])
            for found in self.raw["claims"]
        ]

    def claim(self, name: str) -> Claim:
        """One claim by its name."""
        for found in self.claims:
            if found.name == name:
                return found
        raise KeyError(name)

    @property
    def advice(self) -> List[str]:
        """What can be left out of the model or merged, in words."""
        return [entry["message"] for entry in self.raw.get("redundant", ())]

    @property
    def neurons(self) -> int:
        """Active neurons of the model."""
        return len(self.raw["neurons"]["active"])

    @property
    def bounds(self) -> Optional[Tuple[int, int]]:
        """The fewest neurons of any network like it lie between these two, proved; None when that was not asked."""
        for found in self.raw["claims"]:
            if found["claim"] == "sparsest" and found["required"] is not None:
                required = found["required"]
                if isinstance(required, dict):
                    return (required["lowerBound"], required["upperBound"])
                return (required, required)
        return None

    @cached_property
    def repaired(self) -> Optional[Network]:
        """The exact sparsest network nearest to the model; None when none fits."""
        content = self._question.ask({"repair": REPAIR}, (REPAIR,)).files.get(REPAIR)
        return None if content is None else Network(json.loads(content))

    def __str__(self) -> str:
        words = {True: "holds", False: "fails", None: "is undecided"}
        lines = [f"{claim.name} {words[claim.holds]}: {claim.message}" for claim in self.claims]
        return "\n".join(lines + [f"to do: {text}" for text in self.advice])

    def __repr__(self) -> str:
        words = {True: "holds", False: "fails", None: "undecided"}
        return f"<Report {', '.join(f'{claim.name} {words[claim.holds]}' for claim in self.claims)}>"

    def _repr_html_(self) -> str:
        words = {True: "holds", False: "fails", None: "undecided"}
        rows = [(f"{claim.name} {words[claim.holds]}", claim.message) for claim in self.claims]
        rows += [("to do", text) for text in self.advice]
        return table_html({True: "every claim holds", False: "not every claim holds", None: "undecided"}[self.holds], rows)


def _holds(value: Any) -> Optional[bool]:
    return None if value == "undecided" else bool(value)


def verify(
    model: Any,
    X: object,
    y: object = None,
    *,
    tolerance: Number = 0,
    claims: Sequence[str] = ("interpolates", "sparsest"),
    skip: Optional[str] = None,
    active_threshold: Optional[Number] = None,
    p: Optional[Number] = None,
    lp_gap: Optional[Number] = None,
    map: Optional[str] = None,
    scale_inputs: Optional[Tuple[Number, Number]] = None,
    scale_output: Optional[Tuple[Number, Number]] = None,
    time_limit: Optional[float] = None,
    lower: object = None,
    upper: object = None,
    weights: object = None,
    **options: object,
) -> Report:
    """A trained model against the truth: does it interpolate, and could fewer neurons do? Weights are read exactly.

    :param model: a PyTorch module with one hidden layer of ReLUs (its tensors are taken, no code of it runs), a state dict of
        tensors or arrays, a `Network`, or the path of a model file
    :param tolerance: the model may miss a label by this much
    :param claims: "interpolates", "sparsest", "lp-optimal" (with p), "theorem-3.1", "vertex"
    :param map: names the tensors where they are not clear: "inputWeights=..,bias=.."
    :param scale_inputs: (mean, scale): the model was trained on (x - mean) / scale
    :raises InputError: when the model or the data cannot be read
    """
    path, files = model_file(model)
    asked: Dict[str, object] = {
        "tolerance": None if tolerance == 0 else exact(tolerance, "tolerance"),
        "claim": list(claims),
        "skip": skip,
        "active-threshold": None if active_threshold is None else exact(active_threshold, "active_threshold"),
        "p": None if p is None else exact(p, "p"),
        "lp-gap": None if lp_gap is None else exact(lp_gap, "lp_gap"),
        "map": map,
        "scale-inputs": _scaling(scale_inputs, "scale_inputs"),
        "scale-output": _scaling(scale_output, "scale_output"),
        "time-limit": time_limit,
        **further(options),
    }
    data = data_of(X, y, lower=lower, upper=upper, weights=weights)
    proved = any(name in PROVED_CLAIMS for name in claims)
    return Report(Question("verify", data, asked, (path,), files), proved and data.size <= CERTIFIED_AT_ONCE)


def _scaling(given: Optional[Tuple[Number, Number]], name: str) -> Optional[str]:
    return None if given is None else ",".join(exact(value, name) for value in given)


def model_file(model: Any) -> Tuple[str, Tuple[Tuple[str, Payload], ...]]:
    """The name of a model file, and its content unless it is on the disk."""
    if isinstance(model, (str, os.PathLike)):
        return os.fspath(model), ()
    if hasattr(model, "network") and isinstance(model.network, Network):
        model = model.network
    if isinstance(model, Network):
        return "model.json", (("model.json", json.dumps(model.to_json()).encode()),)
    state = model
    if hasattr(model, "state_dict"):
        _require_layers(model)
        state = model.state_dict()
    if not isinstance(state, Mapping):
        raise InputError(f"expected a torch module, a state dict, a Network or the path of a model file, found {type(model).__name__}")
    return "model.safetensors", (("model.safetensors", _safetensors(state)),)


#: Layers whose tensors tell what they do; a Dropout or an Identity does nothing where a model is evaluated.
_LAYERS = ("Linear", "ReLU", "Sequential", "ModuleList", "ModuleDict", "Identity", "Dropout", "Flatten", "Unflatten")


def _require_layers(model: Any) -> None:
    """Tensors alone do not say which activation stands between them: another one than ReLU is refused where it is a module.

    :raises InputError: naming the module
    """
    for name, part in model.named_modules():
        kind = type(part)
        if kind.__module__.startswith("torch.nn.") and kind.__name__ not in _LAYERS and kind.__name__ != "Module":
            raise InputError(f"{name}: expected layers Linear and ReLU, found {kind.__name__}; a network has one hidden layer of ReLUs")


#: Types of safetensors by those of NumPy.
_TYPES = {"f8": "F64", "f4": "F32", "f2": "F16", "i8": "I64", "i4": "I32", "i2": "I16", "i1": "I8", "u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64"}


def _safetensors(state: Mapping[str, Any]) -> bytes:
    """Named tensors as a file: a header that says where each lies, then their bytes."""
    header: Dict[str, Any] = {}
    parts: List[bytes] = []
    at = 0
    for name, tensor in state.items():
        dtype, shape, content = _tensor(str(name), tensor)
        header[str(name)] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(content)]}
        parts.append(content)
        at += len(content)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def _tensor(name: str, tensor: Any) -> Tuple[str, List[int], bytes]:
    found = numpy_of(tensor)
    if found is not None and found.ndim == 0:
        found = found.reshape(1)
    shape = [int(size) for size in getattr(tensor, "shape", ())]
    if found is not None and found.dtype.kind in "fiub":
        flat: Column = column(found.reshape(-1), name)
    else:
        listed = tensor.tolist() if hasattr(tensor, "tolist") else tensor
        flat, shape = _flat(listed, name, shape)
    if flat.content is None:
        raise InputError(f"{name}: expected floats, as weights are, found {texts_of(flat)[:1]}; give exact weights as a Network")
    return _TYPES[flat.dtype], shape, bytes(flat.content)


def _flat(listed: Any, name: str, shape: List[int]) -> Tuple[Column, List[int]]:
    """Nested lists, row by row."""
    if not isinstance(listed, (list, tuple)):
        return column([listed], name), shape
    depth, level = [len(listed)], list(listed)
    while level and isinstance(level[0], (list, tuple)):
        depth.append(len(level[0]))
        level = [value for row in level for value in row]
    return column(level, name), shape or depth

