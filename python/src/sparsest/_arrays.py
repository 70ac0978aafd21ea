"""Data as Python has them, made into the files that the program reads.

Numbers that are floats or integers mean their exact value and go over as a .npz archive. As soon as one is a Fraction, a
Decimal or a text ("0.1", "1/3"), all go over as JSON, each as the exact rational that it is.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from decimal import Decimal
from fractions import Fraction
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from ._client import Payload
from .errors import InputError

#: Integers up to this size are doubles.
EXACT = 2**53

#: How the data are called in messages.
NAME = "X, y"


class Column(NamedTuple):
    """An array on its way: numbers in memory, or exact texts."""

    shape: Tuple[int, ...]
    #: Type of the numbers in NumPy's words, and their bytes; None when there are texts.
    dtype: str
    content: Optional[Payload]
    texts: List[Any]


class Data(NamedTuple):
    """Data on their way: a file of the program, and how it is read."""

    files: Tuple[Tuple[str, Payload], ...]
    options: Dict[str, object]
    size: int
    dimension: int


def numpy_of(values: object) -> Any:
    """The NumPy array behind an array, a tensor or a column of a table; None where there is none."""
    if hasattr(values, "detach") and hasattr(values, "cpu"):
        tensor: Any = values
        tensor = tensor.detach().cpu()
        # bfloat16 is unknown to NumPy; doubles hold every float exactly.
        return _from_tensor(tensor.double() if tensor.is_floating_point() else tensor.long())
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(values, numpy.ndarray):
        return values
    if hasattr(values, "to_numpy"):
        return values.to_numpy()
    if hasattr(values, "__array__"):
        return numpy.asarray(values)
    return None


def _from_tensor(tensor: Any) -> Any:
    try:
        return tensor.numpy()
    except RuntimeError:
        # PyTorch without NumPy.
        return None


def column(values: Any, name: str) -> Column:
    """An array of one or two dimensions.

    :raises InputError: when it is none, or something in it is no number
    """
    found = numpy_of(values)
    if found is not None:
        if found.dtype.kind in "fiub" and found.dtype.itemsize <= 8:
            dtype = "u1" if found.dtype.kind == "b" else f"{found.dtype.kind}{found.dtype.itemsize}"
            little = found.astype(f"<{dtype}", order="C", copy=False)
            return Column(tuple(found.shape), dtype, memoryview(little.reshape(-1)).cast("B") if little.size else b"", [])
        values = found.tolist()
    elif hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise InputError(f"{name}: expected an array of numbers, found {values!r}")
    rows = list(values)
    if rows and hasattr(rows[0], "__iter__") and not isinstance(rows[0], str):
        return _table([list(row) if hasattr(row, "__iter__") else [row] for row in rows], name)
    return _numbers(rows, (len(rows),), rows, name)


def _table(rows: List[List[Any]], name: str) -> Column:
    width = len(rows[0])
    for i, row in enumerate(rows):
        if len(row) != width:
            raise InputError(f"{name}[{i}]: expected {width} numbers as in {name}[0], found {len(row)}")
    return _numbers([value for row in rows for value in row], (len(rows), width), rows, name)


def _numbers(flat: List[Any], shape: Tuple[int, ...], rows: List[Any], name: str) -> Column:
    types = set(map(type, flat))
    if types <= {float, int, bool} and all(-EXACT <= v <= EXACT for v in flat if type(v) is int):
        numbers = array("d", flat)
        if sys.byteorder == "big":
            numbers.byteswap()
        return Column(shape, "f8", numbers.tobytes(), [])
    if len(shape) == 1:
        return Column(shape, "", None, [_text(value, f"{name}[{i}]") for i, value in enumerate(rows)])
    texts = [[_text(value, f"{name}[{i}, {j}]") for j, value in enumerate(row)] for i, row in enumerate(rows)]
    return Column(shape, "", None, texts)


def _text(value: Any, where: str) -> Optional[str]:
    """The exact rational that a number is: "p/q"; a text is the program's to read."""
    if isinstance(value, str):
        return value
    if value is None:
        return None
    try:
        if isinstance(value, (Fraction, Decimal)) or hasattr(value, "as_integer_ratio"):
            numerator, denominator = value.as_integer_ratio()
            return f"{numerator}/{denominator}"
        return str(value.__index__())
    except (OverflowError, ValueError):
        raise InputError(f"{where}: expected a finite number, found {value!r}; remove the point") from None
    except AttributeError:
        raise InputError(f"{where}: expected a number, found {value!r}") from None


def texts_of(found: Column) -> List[Any]:
    """The exact texts of an array, whatever it holds."""
    if found.content is None:
        return found.texts
    numpy = sys.modules.get("numpy")
    if found.dtype == "f8" and numpy is None:
        flat: List[Any] = list(memoryview(bytes(found.content)).cast("d"))
    else:
        flat = numpy.frombuffer(found.content, dtype=f"<{found.dtype}").tolist() if numpy else list(_unpack(found))
    texts = [_text(value, f"[{i}]") for i, value in enumerate(flat)]
    if len(found.shape) == 1:
        return texts
    width = found.shape[1]
    return [texts[i : i + width] for i in range(0, len(texts), width)]


def _unpack(found: Column) -> Sequence[Any]:
    code = {"f8": "d", "f4": "f", "i8": "q", "u1": "B"}[found.dtype]
    assert found.content is not None
    return struct.unpack(f"<{len(found.content) // struct.calcsize(code)}{code}", found.content)


def data_of(
    X: object,
    y: object = None,
    *,
    lower: object = None,
    upper: object = None,
    weights: object = None,
) -> Data:
    """The data of a question.

    :param X: N numbers (one input) or N rows
    :param y: N labels
    :param lower: with `upper`: windows instead of labels
    :param weights: positive; a tolerance e allows row i e times weights[i]
    """
    given = {"x": X, "y": y, "lower": lower, "upper": upper, "weights": weights}
    columns = {name: column(values, "X" if name == "x" else name) for name, values in given.items() if values is not None}
    shape = columns["x"].shape
    if len(shape) not in (1, 2) or 0 in shape:
        raise InputError(f"X: expected N numbers or N rows of numbers, N at least 1, found an array of shape {shape}")
    for name, found in columns.items():
        if name != "x" and found.shape not in ((shape[0],), (shape[0], 1)):
            raise InputError(f"{name}: expected {shape[0]} numbers as X has rows, found an array of shape {found.shape}")
    size, dimension = shape[0], shape[1] if len(shape) == 2 else 1
    if all(found.content is not None for found in columns.values()):
        content: Payload = npz({name: (found.shape, found.dtype, found.content or b"") for name, found in columns.items()})
        return Data(((NAME, content),), {"format": "npz"}, size, dimension)
    instance: Dict[str, object] = {"format": "sparsest-instance", "version": 1}
    for name, found in columns.items():
        texts = texts_of(found)
        instance[name] = [text[0] for text in texts] if name != "x" and len(found.shape) == 2 else texts
    return Data(((NAME, json.dumps(instance).encode()),), {"format": "json"}, size, dimension)


def npz(arrays: Dict[str, Tuple[Tuple[int, ...], str, Payload]]) -> bytes:
    """A .npz archive, as numpy.savez writes it: a zip file whose entries are stored .npy files."""
    parts: List[Union[bytes, Payload]] = []
    directory: List[bytes] = []
    at = 0
    for name, (shape, dtype, content) in arrays.items():
        entry = f"{name}.npy".encode()
        order = "|" if dtype[1:] == "1" else "<"
        text = f"{{'descr': '{order}{dtype}', 'fortran_order': False, 'shape': {shape!r}, }}"
        text += " " * (-(len(text) + 11) % 64) + "\n"
        header = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode("latin1")
        size = len(header) + len(content)
        if size + at >= 2**32 - 1:
            raise InputError("X: expected less than 4 GiB of numbers, found more; write a file and use the command line")
        checksum = zlib.crc32(content, zlib.crc32(header))
        # Version 2.0, no flags, stored, 1 January 1980.
        fields = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, checksum, size, size, len(entry), 0)
        local = b"PK\x03\x04" + fields + entry
        directory.append(b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, at) + entry)
        parts += [local, header, content]
        at += len(local) + size
    index = b"".join(directory)
    end = struct.pack("<HHHHIIH", 0, 0, len(directory), len(directory), len(index), at, 0)
    return b"".join([*parts, index, b"PK\x05\x06", end])


def exact(value: object, name: str) -> str:
    """An exact number as an option has it."""
    text = _text(value, name)
    if text is None:
        raise InputError(f"{name}: expected a number, found None")
    return text
