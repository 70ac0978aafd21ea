"""A checker for certificates of `sparsest`, written from FORMAT.md: Python's standard library and nothing else.

    python3 check.py DATA CERTIFICATE        (or: python -m sparsest.check)

Exit codes: 0 accepted, 1 rejected (with the rule of FORMAT.md that is broken), 2 unreadable.
Numbers are fractions.Fraction; powers are enclosed by decimal.Decimal with directed bounds.
"""

import argparse
import csv
import gzip
import hashlib
import io
import itertools
import json
import re
import struct
import sys
import zipfile
import zlib
from decimal import Context, Decimal, ROUND_HALF_EVEN, localcontext
from fractions import Fraction
from math import gcd, isqrt

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)

COUNT = 2**31 - 1

# The end that a window does not have, above; no rule calculates with it.
OPEN = float("inf")


class Unreadable(Exception):
    """The form is wrong: no verdict, exit code 2."""


class NotCovered(Unreadable):
    """FORMAT.md has a rule for it, this checker has none: no verdict, exit code 2."""


class Rejected(Exception):
    """A rule is broken."""

    def __init__(self, rule, reason=""):
        super().__init__(f"{rule}: {reason}")
        self.rule = rule
        self.reason = reason


def guard(condition, rule, reason=""):
    if not condition:
        raise Rejected(rule, reason)


# ---------------------------------------------------------------------------------------------------------------- JSON


class Plain(str):
    """A JSON number with a point or an exponent, or -0: its text."""


def parse_json(text):
    """JSON to the letter; no key twice, no nesting deeper than 64. Integers are int, other numbers Plain."""

    def pairs(items):
        result = {}
        for key, value in items:
            if key in result:
                raise Unreadable(f"the key {key!r} occurs twice")
            result[key] = value
        return result

    def constant(name):
        raise Unreadable(f"{name} is no JSON")

    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text, re.S):
        c = token.group()
        depth += (c in "[{") - (c in "]}")
        if depth > 64:
            raise Unreadable("nested deeper than 64")
    try:
        return json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_float=Plain,
            parse_int=lambda s: Plain(s) if s == "-0" else int(s),
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from None


def keys(value, required, optional=()):
    if type(value) is not dict:
        raise Unreadable("expected an object")
    for key in required:
        if key not in value:
            raise Unreadable(f"the key {key!r} is missing")
    for key in value:
        if key not in required and key not in optional:
            raise Unreadable(f"unknown key {key!r}")
    return value


def listed(value):
    if type(value) is not list:
        raise Unreadable("expected a list")
    return value


def text_of(value):
    if type(value) is not str:
        raise Unreadable("expected a text")
    return value


def truth(value):
    if type(value) is not bool:
        raise Unreadable("expected true or false")
    return value


def int32(value):
    if type(value) is not int or not -(2**31) <= value <= COUNT:
        raise Unreadable("expected an integer")
    return value


def small(value):
    """An integer of a list of nodes, below 10^15 in size."""
    if type(value) is not int or abs(value) >= 10**15:
        raise Unreadable("expected an integer below 10^15")
    return value


def count(value):
    if int32(value) < 0:
        raise Unreadable("expected a count")
    return value


def one_of(value, *names):
    if type(value) is not str or value not in names:
        raise Unreadable(f"expected one of {', '.join(names)}")
    return value


def sha(value):
    if type(value) is not str or not re.fullmatch("[0-9a-f]{64}", value):
        raise Unreadable("expected 64 hexadecimal digits")
    return value


def digits(value):
    if type(value) is not str or not re.fullmatch("[1-9][0-9]*", value):
        raise Unreadable("expected the digits of a positive integer")
    return value


def positive_or_small(value):
    """A multiplier: a number below 10^15, or its decimal digits as a text."""
    if type(value) is str and re.fullmatch("[1-9][0-9]*", value):
        return value
    return small(value)


def lowest(value):
    """A rational in lowest terms, as text."""
    written = text_of(value)
    match = re.fullmatch(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?", written)
    if match is None or len(written) > 10000 or written.startswith("-0"):
        raise Unreadable("expected a rational in lowest terms")
    p, q = int(match[1]), int(match[2] or 1)
    if match[2] is not None and (q == 1 or gcd(p, q) != 1):
        raise Unreadable("expected a rational in lowest terms")
    return Fraction(p, q)


DECIMAL = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?")


def number(value):
    """A number of a network: the value alone counts."""
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str) or len(value) > 10000:
        raise Unreadable("expected a number")
    if re.fullmatch(r"[+-]?[0-9]+/[0-9]+", value):
        p, q = value.split("/")
        if int(q) == 0:
            raise Unreadable("a denominator is 0")
        return Fraction(int(p), int(q))
    match = DECIMAL.fullmatch(value)
    if match is None:
        raise Unreadable("expected a number")
    sign, whole, part, alone, exponent = match.groups()
    part = part or alone or ""
    shift = int(exponent or 0)
    if abs(shift) > 5000:
        raise Unreadable("a decimal exponent is beyond 5000")
    shift -= len(part)
    mantissa = int((whole or "") + part) * (-1 if sign == "-" else 1)
    return Fraction(mantissa * 10**shift) if shift >= 0 else Fraction(mantissa, 10**-shift)


# ----------------------------------------------------------------------------------------------------------- the problem


class Problem:
    """Points in order of their inputs with windows; exact rationals."""

    def __init__(self, x, lower, upper, tolerance, weights=None):
        self.x, self.lower, self.upper, self.tolerance, self.weights = x, lower, upper, tolerance, weights
        self.size = len(x)
        self.dimension = len(x[0])
        self.exact = all(l == u for l, u in zip(lower, upper))
        self.empty = any(l > u for l, u in zip(lower, upper))
        self.open = any(abs(end) == OPEN for end in [*lower, *upper])

    def text(self):
        lines = [
            f"sparsest-problem 1{'' if self.weights is None else ' weighted'}",
            f"dimension {self.dimension}",
            f"points {self.size}",
        ]
        for i in range(self.size):
            ends = ["-" if abs(end) == OPEN else end for end in (self.lower[i], self.upper[i])]
            row = [*self.x[i], *ends] + ([] if self.weights is None else [self.weights[i]])
            lines.append(" ".join(map(str, row)))
        return "\n".join(lines) + "\n"

    def line(self):
        """Inputs of a problem of one input."""
        return [x[0] for x in self.x]


def merged(rows, tolerance, labelled):
    """Rows (x, lower, upper) -> a problem: equal inputs are one point."""
    x, lower, upper = [], [], []
    for at, low, high in sorted(rows, key=lambda row: row[0]):
        if x and x[-1] == at:
            if labelled and low != lower[-1]:
                raise Unreadable("equal inputs with different labels")
            lower[-1], upper[-1] = max(lower[-1], low), min(upper[-1], high)
        else:
            x.append(at)
            lower.append(low)
            upper.append(high)
    return Problem(x, lower, upper, tolerance)


class Data:
    """Columns of a file: inputs by row, labels or windows, weights."""

    def __init__(self, inputs, labels, lower, upper, weights):
        self.inputs, self.labels, self.lower, self.upper, self.weights = inputs, labels, lower, upper, weights
        if (lower is None) != (upper is None):
            raise Unreadable("lower and upper come together")
        if not inputs or not inputs[0]:
            raise Unreadable("no rows or no inputs")
        if len({len(row) for row in inputs}) != 1:
            raise Unreadable("rows of different length")
        for column in (labels, lower, upper, weights):
            if column is not None and len(column) != len(inputs):
                raise Unreadable("columns of different length")
        if lower is not None and any(l > u for l, u in zip(lower, upper)):
            raise Unreadable("a row has lower > upper")
        if lower is not None:
            # Rows without any end ask nothing.
            asked = [i for i, (l, u) in enumerate(zip(lower, upper)) if l != -OPEN or u != OPEN]
            if not asked:
                raise Unreadable("no window has an end")
            kept = lambda values: None if values is None else [values[i] for i in asked]
            self.inputs, self.labels, self.lower, self.upper, self.weights = map(kept, (inputs, labels, lower, upper, weights))

    def problem(self, kind, tolerance):
        """The problem for a claim of this kind. kind 'patterns': inputs alone; 'least-tolerance': before any tolerance."""
        if kind == "patterns":
            rows = [(x, x[0], x[0]) for x in self.inputs]
            return merged(rows, Fraction(0), False)
        weights = self.weights
        if weights is not None and any(w <= 0 for w in weights):
            raise Unreadable("a weight is not positive")
        windows = self.lower is not None
        low, high = (self.lower, self.upper) if windows else (self.labels, self.labels)
        if low is None:
            raise Unreadable("neither labels nor windows")
        if kind == "least-tolerance":
            if weights is None:
                return merged(list(zip(self.inputs, low, high)), Fraction(0), False)
            rows = sorted(set(zip(self.inputs, low, high, weights)))
            return Problem(*(list(c) for c in list(zip(*rows))[:3]), Fraction(0), [r[3] for r in rows])
        if windows:
            return merged(list(zip(self.inputs, low, high)), Fraction(0), False)
        if tolerance < 0:
            raise Unreadable("a negative tolerance")
        each = weights or [1] * len(low)
        rows = [(x, y - tolerance * w, y + tolerance * w) for x, y, w in zip(self.inputs, low, each)]
        return merged(rows, tolerance, tolerance == 0)


def end_of(value, missing):
    """A number, or the end that is missing where one may be: null, or an empty cell."""
    return missing if missing is not None and (value is None or value == "") else number(value)


def instance(value):
    """The data of an instance in JSON."""
    keys(value, ("format", "version", "x"), ("name", "source", "y", "lower", "upper", "weights", "known"))
    if value["format"] != "sparsest-instance" or value["version"] != 1:
        raise Unreadable("expected a sparsest-instance of version 1")
    column = lambda key, missing=None: None if key not in value else [end_of(v, missing) for v in listed(value[key])]
    x = [tuple(map(number, row)) if type(row) is list else (number(row),) for row in listed(value["x"])]
    return Data(x, column("y"), column("lower", -OPEN), column("upper", OPEN), column("weights"))


def read_npy(data, missing=None):
    if data[:6] != b"\x93NUMPY":
        raise Unreadable("no array")
    size, at = (struct.unpack("<H", data[8:10])[0], 10) if data[6] == 1 else (struct.unpack("<I", data[8:12])[0], 12)
    header = data[at : at + size].decode("latin1")
    descr = re.search(r"'descr': *'([<>|=]?)([fiu])([1248])'", header)
    shape = re.search(r"'shape': *\(([0-9, ]*)\)", header)
    if descr is None or shape is None:
        raise Unreadable("an array of another kind")
    code = {"f4": "f", "f8": "d", "f2": "e", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "u2": "H", "u4": "I", "u8": "Q"}
    order = ">" if descr[1] == ">" else "<"
    dims = [int(n) for n in shape[1].replace(" ", "").split(",") if n]
    total = 1
    for n in dims:
        total *= n
    try:
        values = struct.unpack(f"{order}{total}{code[descr[2] + descr[3]]}", data[at + size :])
        values = [missing if missing is not None and (v != v or v == missing) else Fraction(v) for v in values]
    except (struct.error, KeyError, ValueError, OverflowError):
        raise Unreadable("an array that cannot be read") from None
    if len(dims) == 1:
        return values
    if "'fortran_order': True" in header:
        return [tuple(values[i :: dims[0]]) for i in range(dims[0])]
    return [tuple(values[i * dims[1] : (i + 1) * dims[1]]) for i in range(dims[0])]


def read_table(text, options, inputs_only):
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    if not rows:
        raise Unreadable("an empty table")
    if options.no_header:
        names = [f"column{i + 1}" for i in range(len(rows[0]))]
    else:
        names, rows = [name.strip() for name in rows[0]], rows[1:]
    if any(len(row) != len(names) for row in rows):
        raise Unreadable("rows of different length")

    def column(name, missing=None):
        if name not in names:
            raise Unreadable(f"no column {name!r}")
        i = names.index(name)
        values = [end_of(row[i].strip(), missing) for row in rows]
        return [v if missing == v else Fraction(float(v)) for v in values] if options.float64 else values

    windows = {"lower", "upper"} <= set(names) and not inputs_only
    rest = [n for n in names if not (windows and n in ("lower", "upper")) and n != options.weights]
    target = options.target
    if target is None and not windows and not inputs_only:
        target = rest[-1]
    wanted = options.inputs.split(",") if options.inputs else [n for n in rest if n != target]
    columns = [column(name) for name in wanted]
    if not columns:
        raise Unreadable("no inputs")
    return Data(
        list(zip(*columns)),
        None if target is None else column(target),
        column("lower", -OPEN) if windows else None,
        column("upper", OPEN) if windows else None,
        column(options.weights) if options.weights else None,
    )


def read_data(path, options, inputs_only=False):
    with open(path, "rb") as file:
        data = file.read()
    if path.endswith(".gz"):
        data = gzip.decompress(data)
        path = path[:-3]
    if path.endswith(".npz"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            missing = {"lower.npy": -OPEN, "upper.npy": OPEN}
            arrays = {name[:-4]: read_npy(archive.read(name), missing.get(name)) for name in archive.namelist() if name.endswith(".npy")}
        x = [row if type(row) is tuple else (row,) for row in arrays["x"]]
        return Data(x, arrays.get("y"), arrays.get("lower"), arrays.get("upper"), arrays.get("weights"))
    text = data.decode("utf-8-sig")
    return instance(parse_json(text)) if path.endswith(".json") else read_table(text, options, inputs_only)


# ------------------------------------------------------------------------------------------------- networks and functions


class Network:
    def __init__(self, value):
        keys(value, ("format", "version", "inputDimension", "skip", "neurons"))
        if value["format"] != "sparsest-network" or value["version"] != 1 or type(value["version"]) is not int:
            raise Unreadable("expected a sparsest-network of version 1")
        self.dimension = count(value["inputDimension"])
        if self.dimension < 1:
            raise Unreadable("inputDimension is at least 1")
        weights = lambda v: self.vector(v)
        skip = value["skip"]
        self.skip = None
        if skip is not None:
            keys(skip, ("weights", "bias"))
            self.skip = (weights(skip["weights"]), number(skip["bias"]))
        self.neurons = []
        for neuron in listed(value["neurons"]):
            keys(neuron, ("inputWeights", "bias", "outputWeight"))
            self.neurons.append((weights(neuron["inputWeights"]), number(neuron["bias"]), number(neuron["outputWeight"])))

    def vector(self, value):
        if len(listed(value)) != self.dimension:
            raise Unreadable("weights are not inputDimension many")
        return [number(v) for v in value]

    def architecture(self):
        return "none" if self.skip is None else "bias" if not any(self.skip[0]) else "affine"

    def belongs(self, skip):
        return ("none", "bias", "affine").index(self.architecture()) <= ("none", "bias", "affine").index(skip)

    def value(self, x):
        total = Fraction(0) if self.skip is None else dot(self.skip[0], x) + self.skip[1]
        for w, b, v in self.neurons:
            z = dot(w, x) + b
            if z > 0:
                total += v * z
        return total

    def values(self, points):
        """At points in increasing order; of one input in one sweep."""
        if self.dimension != 1:
            return [self.value(x) for x in points]
        a, b = (Fraction(0), Fraction(0)) if self.skip is None else (self.skip[0][0], self.skip[1])
        turns = []
        for (w,), bias, v in self.neurons:
            if w == 0:
                b += v * max(bias, 0)
                continue
            if w < 0:
                a, b = a + v * w, b + v * bias
            turns.append((-bias / w, v * abs(w)))
        turns.sort()
        out, k = [], 0
        for (x,) in points:
            while k < len(turns) and turns[k][0] < x:
                t, c = turns[k]
                a, b, k = a + c, b - c * t, k + 1
            out.append(a * x + b)
        return out

    def alive(self):
        return [n for n in self.neurons if not is_dead(n)]

    def hash(self):
        lines = ["sparsest-model 1", f"inputs {self.dimension}"]
        lines.append("skip none" if self.skip is None else "skip " + " ".join(map(str, [*self.skip[0], self.skip[1]])))
        lines.append(f"neurons {len(self.neurons)}")
        lines += [" ".join(map(str, [*w, b, v])) for w, b, v in self.neurons]
        return hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()


def dot(a, b):
    return sum((x * y for x, y in zip(a, b) if x), Fraction(0))


def is_dead(neuron):
    w, b, v = neuron
    return v == 0 or (b <= 0 and not any(w))


def check_network(problem, network, skip, objective):
    guard(network.dimension == problem.dimension, "network-dimension")
    guard(network.belongs(skip), "network-skip")
    if problem.dimension == 1:
        places = [-b / w[0] for w, b, v in network.alive() if w[0] != 0]
        guard(all(s <= t for s, t in zip(places, places[1:])), "network-order")
    check_fit(problem, network.values(problem.x), "network-fit")
    alive = network.alive()
    if objective == "neurons":
        return len(alive)
    return sum(sum(1 for c in [*w, b] if c) for w, b, v in alive)


def check_fit(problem, values, rule):
    for i, value in enumerate(values):
        guard(problem.lower[i] <= value <= problem.upper[i], rule, f"point {i}")


def read_function(value):
    places = []
    for place in listed(value):
        if type(place) is list:
            if len(place) != 2:
                raise Unreadable("a place is neither a point nor a pair")
            places.append((number(place[0]), number(place[1])))
        else:
            places.append(count(place))
    return places


def check_function(problem, places):
    """-> corners (x, y) of the function; every one but the first and the last is a knot."""
    guard(problem.dimension == 1, "function-dimension")
    guard(len(places) >= 2, "function-order")
    corners = []
    for place in places:
        if type(place) is int:
            guard(place < problem.size and problem.lower[place] == problem.upper[place], "function-point")
            corners.append((problem.x[place][0], problem.lower[place]))
        else:
            corners.append(place)
    guard(all(a[0] < b[0] for a, b in zip(corners, corners[1:])), "function-order")
    values, k = [], 0
    for (x,) in problem.x:
        while k + 2 < len(corners) and corners[k + 1][0] <= x:
            k += 1
        (p, y), (q, z) = corners[k], corners[k + 1]
        values.append(y + (z - y) * (x - p) / (q - p))
    check_fit(problem, values, "function-fit")
    return corners


def slopes_of(corners):
    return [(b[1] - a[1]) / (b[0] - a[0]) for a, b in zip(corners, corners[1:])]


def read_pieces(value):
    pieces, to = [], -1
    for piece in listed(value):
        if type(piece) is list:
            if len(piece) != 6:
                raise Unreadable("a piece is neither an integer nor a list of six")
            pieces.append(tuple(count(v) for v in piece))
        else:
            i = int32(piece)
            pieces.append((i, 0, i + 1, 0, to + 1, i + 1) if i >= 0 else (-i - 1, 0, -i, 0, to, -i))
        to = pieces[-1][5]
    return pieces


def check_pieces(problem, pieces):
    """-> the changes of line."""
    guard(problem.dimension == 1 and len(pieces) >= 1, "pieces-order")
    n = problem.size
    x = problem.line()
    ends = (problem.lower, problem.upper)
    lines: "list[tuple[Fraction, Fraction]]" = []
    last = 0
    for j, (a, ea, b, eb, first, to) in enumerate(pieces):
        guard(0 <= a <= b < n and last <= first <= to < n and (j > 0 or first == 0), "pieces-order")
        guard(ea in (0, 1) and eb in (0, 1), "pieces-order")
        guard(abs(ends[ea][a]) != OPEN and (a == b or abs(ends[eb][b]) != OPEN), "pieces-order")
        y = ends[ea][a]
        slope = Fraction(0) if a == b else (ends[eb][b] - y) / (x[b] - x[a])
        line = (slope, y - slope * x[a])
        at = lambda l, i: l[0] * x[i] + l[1]
        if j > 0:
            p, q, P = last, first, lines[-1]

            def between(low, high, i):
                return any(at(low, i) <= e[i] <= at(high, i) for e in ends)

            rises = between(line, P, p) and between(P, line, q)
            falls = between(P, line, p) and between(line, P, q)
            guard(rises or falls, "pieces-crossing", f"pieces {j - 1} and {j}")
            for i in range(p + 1, q):
                value = (max if rises else min)(at(P, i), at(line, i))
                guard(problem.lower[i] <= value <= problem.upper[i], "pieces-fit", f"point {i}")
        for i in range(first, to + 1):
            guard(problem.lower[i] <= at(line, i) <= problem.upper[i], "pieces-fit", f"point {i}")
        lines.append(line)
        last = to
    guard(last == n - 1, "pieces-order")
    return len(pieces) - 1


# ----------------------------------------------------------------------------------------------------- witnesses, windows


def read_witnesses(value, short):
    result = []
    for w in listed(value):
        if type(w) is list:
            if len(w) != 4:
                raise Unreadable("a witness is a list of four integers")
            result.append(tuple(int32(v) for v in w))
        elif short and type(w) is int and w != 0:
            i = abs(int32(w))
            result.append((1 if w > 0 else -1, i - 1, i, i + 1))
        else:
            raise Unreadable("a witness is a list of four integers")
    return result


def check_witnesses(problem, witnesses, touch=False):
    n = problem.size
    axis = 0
    if problem.dimension > 1:
        points = list(dict.fromkeys(i for w in witnesses for i in w[1:]))
        guard(all(0 <= i < n for i in points), "witness-indices")
        if len(points) >= 2:
            a, b = problem.x[points[0]], problem.x[points[1]]
            axis = next((i for i in range(problem.dimension) if a[i] != b[i]), 0)
            for i in points:
                c = problem.x[i]
                guard(all((c[k] - a[k]) * (b[axis] - a[axis]) == (c[axis] - a[axis]) * (b[k] - a[k]) for k in range(len(a))), "witness-line")
    free = {1: 0, -1: 0}
    for sign, a, b, c in witnesses:
        guard(sign in (1, -1), "witness-sign")
        guard(0 <= a < b < c < n, "witness-indices")
        guard(a >= free[sign], "witness-disjoint")
        low, high = (problem.lower, problem.upper) if sign == 1 else (problem.upper, problem.lower)
        guard(OPEN not in map(abs, (low[a], high[b], low[c])), "witness-inequality")
        xa, xb, xc = (problem.x[i][axis] for i in (a, b, c))
        gap = sign * ((xb - xa) * (low[c] - low[a]) - (high[b] - low[a]) * (xc - xa))
        guard(gap >= 0 if touch else gap > 0, "witness-inequality")
        free[sign] = c
    return len(witnesses)


def check_zero_neurons(problem, points, skip):
    rule = "zero-neurons"
    guard(skip != "affine" and len(points) == (1 if skip == "none" else 2), rule)
    guard(all(i < problem.size for i in points), rule)
    if skip == "none":
        guard(problem.lower[points[0]] > 0 or problem.upper[points[0]] < 0, rule)
    else:
        guard(problem.upper[points[0]] < problem.lower[points[1]], rule)


# -------------------------------------------------------------------------------------------------------- exhaustive search


def read_node(value):
    node = listed(value)
    for i, entry in enumerate(node):
        if type(entry) is str and node[0] == 0 and i > 0 and i % 2 == 0 and re.fullmatch("[1-9][0-9]*", entry):
            continue
        small(entry)
    return node


def multiplier(value, rule):
    guard(type(value) is not str or len(value) <= 100000, rule)
    y = int(value)
    guard(y > 0, rule)
    return y


def check_search(problem, proof, objective, skip):
    own = proof.get("skip", skip)
    order = ("none", "bias", "affine")
    guard(order.index(own) >= order.index(skip), "search-skip")
    # Every feature and the windows times positive numbers: integers.
    points = []
    scale = [common([x[i] for x in problem.x]) for i in range(problem.dimension)]
    height = common([v for v in problem.lower + problem.upper if abs(v) != OPEN])
    for x in problem.x:
        points.append([int(v * s) for v, s in zip(x, scale)] + [1])
    lower, upper = ([None if abs(v) == OPEN else int(v * height) for v in ends] for ends in (problem.lower, problem.upper))
    for tree in proof["trees"]:
        guard(tree["plus"] + tree["minus"] <= 24, "search-profile")
        guard((tree["budget"] is None) == (objective == "neurons"), "search-budget")
        guard(tree["pivot"] < problem.size, "search-pivot")
        check_tree(points, lower, upper, tree, own)
    trees = proof["trees"]
    if objective == "neurons":
        refuted = lambda p, m, bound: any(t["plus"] >= p and t["minus"] >= m for t in trees)
        least = 1
    else:
        refuted = lambda p, m, bound: any(t["plus"] == p and t["minus"] == m and t["budget"] >= bound for t in trees)
        least = 2
    bound = 0
    while True:
        if objective == "neurons":
            profiles = [(p, bound - p) for p in range(bound + 1)]
        else:
            profiles = [(p, k - p) for k in range(bound // least + 1) for p in range(k + 1)]
        if not all(refuted(p, m, bound) for p, m in profiles):
            return bound
        bound += 1


def common(values):
    d = 1
    for v in values:
        d = d * v.denominator // gcd(d, v.denominator)
    return d


def check_tree(points, lower, upper, tree, skip):
    plus, budget, pivot = tree["plus"], tree["budget"], tree["pivot"]
    K, N, width = plus + tree["minus"], len(points), len(points[0])
    d = width - 1
    atoms = 0 if budget is None else {"affine": d, "bias": 2 * d, "none": 2 * d + 1}[skip]
    entries = K * width
    act, zero = {}, {}  # (k, n) -> ">=", ">", "<", "<=";  j -> "0", "1"
    sides = (">=", ">", "<", "<=")
    other = {">=": "<", ">": "<=", "<": ">=", "<=": ">", "0": "1", "1": "0"}
    path, counted, ordered = [], False, False
    is_open = True

    def nonzeros(start, stop):
        return sum(zero.get(j) == "1" for j in range(start, stop))

    def used():
        return nonzeros(entries, entries + atoms) + sum(max(2, nonzeros(k * width, (k + 1) * width)) for k in range(K))

    def members(k):
        mine = lambda j: ({n: s for (m, n), s in act.items() if m == j}, {i % width: s for i, s in zero.items() if i < entries and i // width == j})
        return [j for j in range(K) if (j < plus) == (k < plus) and mine(j) == mine(k)]

    def leaf(node):
        nonlocal ordered
        guard(len(node) % 2 == 1, "search-leaf")
        sums, right, strict = {}, 0, False

        def add(j, value):
            if value:
                sums[j] = sums.get(j, 0) + value

        def add_neuron(k, n, y):
            for i, v in enumerate(points[n]):
                add(k * width + i, y * v)

        for r, y in zip(node[1::2], node[2::2]):
            y = multiplier(y, "search-multiplier")
            guard(type(r) is int and r >= 0, "search-row")
            if r < K * N:
                k, n = divmod(r, N)
                guard((k, n) in act, "search-row")
                side = act[k, n]
                add_neuron(k, n, -y if side in (">=", ">") else y)
                strict = strict or side in (">", "<")
                continue
            r -= K * N
            if r < K:
                guard(r + 1 < K and r + 1 != plus, "search-row")
                guard(not counted, "search-symmetry")
                ordered = True
                add_neuron(r, pivot, -y)
                add_neuron(r + 1, pivot, y)
                continue
            r -= K
            if r < K:
                guard(skip == "affine", "search-row")
                add_neuron(r, pivot, -y)
                continue
            place, T = divmod(r - K, 2**K)
            n, side = divmod(place, 2)
            guard(n < N and (lower, upper)[1 - side][n] is not None, "search-row")
            direction = y if side == 0 else -y
            for k in range(K):
                sign = 1 if k < plus else -1
                if (k, n) in act:
                    guard(not T >> k & 1, "search-row")
                    if act[k, n] in (">=", ">"):
                        add_neuron(k, n, direction * sign)
                else:
                    guard((k < plus) == (side == 0), "search-row")
                    if T >> k & 1:
                        add_neuron(k, n, direction * sign)
            x = points[n]
            if budget is not None:
                values = [max(v, 0) for v in x[:d]]
                values += [] if skip == "affine" else [max(-v, 0) for v in x[:d]]
                values += [1] if skip == "none" else []
                for a, v in enumerate(values):
                    add(entries + a, direction * v)
            free = {"none": [], "bias": [1], "affine": x}[skip]
            for i, v in enumerate(free):
                add(entries + atoms + i, direction * v)
            right += y * (upper[n] if side == 0 else -lower[n])
        spent = budget is not None and used() >= budget
        for j, value in sums.items():
            if value == 0:
                continue
            closed = False
            if budget is not None and j < entries + atoms:
                full = j >= entries or nonzeros(j // width * width, (j // width + 1) * width) >= 2
                closed = zero.get(j) == "0" or (j not in zero and spent and full)
            guard(closed, "search-contradiction")
        guard(right < 0 or (right == 0 and strict), "search-contradiction")

    def over(node):
        guard(len(node) == 1 and budget is not None, "search-over-budget")
        starved = any(sum(zero.get(j) == "0" for j in range(k * width, (k + 1) * width)) > width - 2 for k in range(K))
        guard(starved or used() > budget, "search-over-budget")

    for node in tree["nodes"]:
        guard(is_open, "search-tree")
        kind = node[0] if node else None
        if kind in (0, 4):
            leaf(node) if kind == 0 else over(node)
            while path:
                table, places, one, opposite, second = path.pop()
                for at in places:
                    table.pop(at, None)
                table.pop(one, None)
                if not second:
                    table[one] = opposite
                    path.append((table, (one,), one, opposite, True))
                    break
            else:
                is_open = False
            continue
        guard(kind in (1, 2, 3, 5, 6), "search-node")
        rule = "search-branch"
        if kind in (3, 6):
            guard(budget is not None and len(node) == (2 if kind == 3 else 3), rule)
            j = node[1]
            guard(0 <= j < (entries + atoms if kind == 3 else entries) and j not in zero, rule)
            guard(kind == 3 or node[2] in (0, 1), rule)
            table, one = zero, j
            side = "0" if kind == 3 or node[2] == 1 else "1"
        else:
            guard(len(node) == (4 if kind == 5 else 3), rule)
            k, n = node[1], node[2]
            guard(0 <= k < K and 0 <= n < N and (k, n) not in act, rule)
            guard(kind != 5 or 0 <= node[3] < 4, rule)
            table, one = act, (k, n)
            side = sides[kind - 1] if kind < 5 else sides[node[3]]
        places = (one,)
        if kind in (5, 6):
            counted = True
            guard(not ordered, "search-symmetry")
            k = one[0] if kind == 5 else one // width
            places = tuple((j, one[1]) if kind == 5 else j * width + one % width for j in members(k))
        for at in places:
            table[at] = side
        path.append((table, places, one, other[side], False))
    guard(not is_open, "search-tree")


# -------------------------------------------------------------------------------------------- one input, skip bias or none


class Steps:
    """A checker may refuse what takes too many steps."""

    def __init__(self, most, rule):
        self.left, self.rule = most, rule

    def take(self, n=1):
        self.left -= n
        guard(self.left >= 0, self.rule, "too many steps")


def union(parts):
    """Closed intervals (None: unbounded) -> disjoint ones in order."""
    key = lambda v: (0, 0) if v is None else (1, v)
    out = []
    for low, high in sorted(parts, key=lambda s: key(s[0])):
        if out and (out[-1][1] is None or (low is None or low <= out[-1][1])):
            if out[-1][1] is not None and (high is None or high > out[-1][1]):
                out[-1] = (out[-1][0], high)
        else:
            out.append((low, high))
    return out


def check_one_input(problem, proof, skip):
    guard(skip in ("bias", "none"), "one-input-skip")
    witnesses = proof["witnesses"]
    check_witnesses(problem, witnesses)
    K = len(witnesses)
    tree, opposite = proof.get("tree"), proof.get("opposite")
    guard((tree is not None and opposite is None) if K else (opposite is not None and tree is None), "one-input-parts")
    n = problem.size
    if K == 0:
        i, j = opposite
        guard(skip == "none" and 0 <= i < n and 0 <= j < n and problem.upper[i] < 0 and problem.lower[j] > 0, "one-input-opposite")
        return 2
    guard(problem.dimension == 1, "one-input-labels")
    guard(problem.exact, "one-input-labels")
    x, y = problem.line(), problem.lower
    chord = [(y[g + 1] - y[g]) / (x[g + 1] - x[g]) for g in range(n - 1)]
    possible = set()
    for sign, a, _, c in witnesses:
        possible.update((g, sign) for g in range(a, c))
    states = [(g, s, second) for g, s in sorted(possible) for second in (0, 1)]

    # A piece: from the gap, sign and place of the cut at its left to those at its right; None is an end of the data.
    # An end: bounds of its slope by the cut on each side.
    def slopes(left, right):
        low = high = None
        for cut, before in ((left, False), (right, True)):
            if cut is None:
                continue
            g, s, _ = cut
            # Sign 1: the line before has slope <= chord, the line after >= chord.
            if (s == 1) == before:
                high = chord[g] if high is None else min(high, chord[g])
            else:
                low = chord[g] if low is None else max(low, chord[g])
        return low, high

    def piece(left, right):
        """-> None, or ('chord', i), ('point', i, low, high), ('gap', g, s)."""
        if left is not None and right is not None and left[0] == right[0]:
            if left[2] == 0 and right[2] == 1 and left[1] != right[1]:
                return ("gap", left[0], left[1])
            return None
        if right is not None and right[2] == 1:
            return None
        i = 0 if left is None else left[0] + 1
        k = n - 1 if right is None else right[0]
        if i > k:
            return None
        low, high = slopes(left, right)
        if i < k:
            if any(chord[g] != chord[i] for g in range(i, k)):
                return None
            if (low is not None and chord[i] < low) or (high is not None and chord[i] > high):
                return None
            return ("chord", i)
        if low is not None and high is not None and low > high:
            return None
        return ("point", i, low, high)

    steps = Steps(2**26, "one-input-knots")
    # Collinear stretches bound how far a piece reaches.
    reach = [0] * n
    for i in range(n - 1, -1, -1):
        reach[i] = n - 1 if i >= n - 2 else (reach[i + 1] if chord[i] == chord[i + 1] else i + 1)
    by_gap = {}
    for s in states:
        by_gap.setdefault(s[0], []).append(s)

    def followers(left):
        i = 0 if left is None else left[0] + 1
        gaps = ([] if left is None else [left[0]]) + list(range(i, min(reach[i], n - 2) + 1)) if i < n else [left[0]]
        for g in gaps:
            for s in by_gap.get(g, ()):
                steps.take()
                p = piece(left, s)
                if p is not None:
                    yield s, p

    layers = [{None: []}]
    edges = []
    for _ in range(K):
        layer, into = {}, []
        for left in layers[-1]:
            for right, p in followers(left):
                layer.setdefault(right, []).append(left)
                into.append((left, right, p))
        layers.append(layer)
        edges.append(into)
    # The shortest path has exactly K cuts.
    for k in range(K):
        guard(all(piece(s, None) is None for s in layers[k]), "one-input-knots")
    last = [(s, None, piece(s, None)) for s in layers[K] if piece(s, None) is not None]
    guard(len(last) > 0, "one-input-knots")
    edges.append(last)
    # Each state is that of the first layer it is reached in, and lies on a way to the end.
    first = {}
    for k, layer in enumerate(layers):
        for s in layer:
            first.setdefault(s, k)
    keep = {s for s, _, _ in last}
    for k in range(K, 0, -1):
        edges[k - 1] = [e for e in edges[k - 1] if e[1] in keep and first[e[1]] == k]
        keep = {e[0] for e in edges[k - 1]}

    def interval(p, at):
        """Numbers of a piece in the direction: slopes, or values at point `at`."""
        if at is None:
            if p[0] == "chord":
                return chord[p[1]], chord[p[1]]
            if p[0] == "point":
                return p[2], p[3]
            g, s = p[1], p[2]
            return (chord[g], None) if s == 1 else (None, chord[g])
        X = x[at]
        if p[0] == "chord":
            v = y[p[1]] + chord[p[1]] * (X - x[p[1]])
            return v, v
        if p[0] == "point":
            i = p[1]
            if i == at:
                return y[i], y[i]
            ends = [None if s is None else y[i] + s * (X - x[i]) for s in (p[2], p[3])]
            return tuple(ends) if at > i else (ends[1], ends[0])
        g, s = p[1], p[2]
        v = y[g] + chord[g] * (X - x[g])
        right = at > g
        if at == g:
            return (None, y[g]) if s == 1 else (y[g], None)
        if at == g + 1:
            return (y[g + 1], None) if s == 1 else (None, y[g + 1])
        return (v, None) if (s == 1) == right else (None, v)

    def refuted(allowed, at):
        work = Steps(2**22, "one-input-leaf")
        sums = {(None, 1): [(Fraction(0), Fraction(0))]}
        for k in range(K + 1):
            following = {}
            for left, right, p in edges[k]:
                low, high = interval(p, at)
                for m in (0, 1):
                    before = sums.get((left, m))
                    if before is None:
                        continue
                    for after in (0,) if right is None else (0, 1):
                        if right is not None and not allowed(k + 1, right, after):
                            continue
                        a = m - after
                        if a == 0:
                            moved = before
                        elif a == 1:
                            moved = [(None if l is None or low is None else l + low, None if h is None or high is None else h + high) for l, h in before]
                        else:
                            moved = [(None if l is None or high is None else l - high, None if h is None or low is None else h - low) for l, h in before]
                        work.take(len(moved))
                        following.setdefault((right, after), []).extend(moved)
            sums = {key: union(parts) for key, parts in following.items()}
        return not any((l is None or l <= 0) and (h is None or h >= 0) for l, h in sums.get((None, 0), []))

    path, is_open = [], True

    def allowed(k, state, m):
        for (j, gap, sign, second, left), inside in path:
            if j == k and ((state == (gap, sign, second) and m == left) != inside):
                return False
        return True

    for node in tree:
        guard(is_open, "one-input-tree")
        kind = node[0] if node else None
        if kind == 1:
            guard(len(node) == 6 and 1 <= node[1] <= K, "one-input-node")
            path.append((tuple(node[1:]), True))
            continue
        guard(kind == 0, "one-input-node")
        guard(len(node) == 1 or (len(node) == 2 and skip == "none" and 0 <= node[1] < n), "one-input-direction")
        guard(refuted(allowed, node[1] if len(node) == 2 else None), "one-input-leaf")
        while path:
            cut, inside = path.pop()
            if inside:
                path.append((cut, False))
                break
        else:
            is_open = False
    guard(not is_open, "one-input-tree")
    return K + 1


# --------------------------------------------------------------------------------------------------------- powers


class Powers:
    """c^p and ln c of rationals, with `digits` decimal digits; `error` bounds the relative error of a power."""

    def __init__(self, digits):
        self.context = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=10**12, Emin=-(10**12))
        # ln, exp and quotients are correctly rounded; the exponent p ln c is below 10^6 here, so what its rounding does to
        # the power stays below 10^(7 - digits).
        self.error = Decimal(10) ** (9 - digits)
        self.known = {}

    def decimal(self, q):
        q = Fraction(q)
        return self.context.divide(Decimal(q.numerator), Decimal(q.denominator))

    def ln(self, c):
        key = (c, None)
        if key not in self.known:
            # Near 1 the logarithm of a rounded quotient would lose digits.
            c = Fraction(c)
            self.known[key] = self.context.subtract(self.context.ln(Decimal(c.numerator)), self.context.ln(Decimal(c.denominator)))
        return self.known[key]

    def power(self, c, p):
        key = (c, p)
        if key not in self.known:
            if p == 0:
                value = Decimal(1)
            elif p == 1:
                value = self.decimal(c)
            else:
                value = self.context.exp(self.context.multiply(self.decimal(p), self.ln(c)))
            self.known[key] = value
        return self.known[key]


POWERS = {digits: Powers(digits) for digits in (50, 120, 400, 1300, 4000)}


def enclosed(terms, p, digits):
    """sum of coefficient * c^p -> (low, high)."""
    powers = POWERS[digits]
    ctx = powers.context
    total, size = Decimal(0), Decimal(0)
    for c, coefficient in terms.items():
        value = ctx.multiply(powers.decimal(coefficient), powers.power(c, p))
        total = ctx.add(total, value)
        size = ctx.add(size, abs(value))
    error = ctx.multiply(size, powers.error * (len(terms) + 3))
    return ctx.subtract(total, error), ctx.add(total, error)


def perfect_root(n, v):
    """The v-th root of n >= 1, when it is an integer."""
    if n == 1:
        return 1
    if v >= n.bit_length():
        return None
    low, high = 1, 1 << (n.bit_length() // v + 1)
    while low < high:
        mid = (low + high + 1) // 2
        if mid**v <= n:
            low = mid
        else:
            high = mid - 1
    return low if low**v == n else None


def is_zero(terms, p):
    """Is sum of coefficient * c^p exactly 0? Powers of numbers whose ratios are no v-th powers are independent (Besicovitch)."""
    p = Fraction(p)
    u, v = p.numerator, p.denominator
    classes = []
    for c, coefficient in terms.items():
        if coefficient == 0:
            continue
        for entry in classes:
            ratio = c / entry[0]
            a, b = perfect_root(ratio.numerator, v), perfect_root(ratio.denominator, v)
            if a is not None and b is not None:
                entry[1] += coefficient * Fraction(a, b) ** u
                break
        else:
            classes.append([c, coefficient])
    return all(total == 0 for _, total in classes)


def sign_of(terms, p):
    """The sign of sum of coefficient * c^p, 0 < p <= 1, exact."""
    terms = {c: k for c, k in terms.items() if k}
    if not terms:
        return 0
    for digits in POWERS:
        low, high = enclosed(terms, p, digits)
        if low > 0:
            return 1
        if high < 0:
            return -1
        if digits == 50 and is_zero(terms, p):
            return 0
    raise Rejected("lp-minimum-size", "a comparison needs more digits")


def plus(*expressions):
    total = {}
    for sign, terms in expressions:
        for c, k in terms.items():
            total[c] = total.get(c, 0) + sign * k
    return total


def runs_of(problem):
    """Runs (first point, differences e, sign) of a problem of one input with exact labels."""
    x, y, n = problem.line(), problem.lower, problem.size
    s = [(y[i + 1] - y[i]) / (x[i + 1] - x[i]) for i in range(n - 1)]
    runs, previous = [], 0
    for i in range(1, n - 1):
        change = s[i] - s[i - 1]
        sign = (change > 0) - (change < 0)
        if sign and sign == previous:
            runs[-1][1].append(abs(change))
        elif sign:
            runs.append((i, [abs(change)], sign))
        previous = sign
    return runs


def knots_of_function(problem, corners):
    x, out, i = problem.line(), [], 0
    for at, _ in corners[1:-1]:
        while i < len(x) and x[i] < at:
            i += 1
        out.append(2 * i if i < len(x) and x[i] == at else 2 * i - 1)
    return out


def knots_of_pieces(problem, pieces, rule):
    out = []
    for before, after in zip(pieces, pieces[1:]):
        guard(after[4] - before[5] in (0, 1), rule)
        out.append(2 * before[5] + after[4] - before[5])
    return out


def tilings_of(problem, knots, runs, rule):
    """Knots 2i (on point i) and 2i + 1 (between i and i + 1) -> the tiles of every run."""
    tilings, k = [], 0
    for first, e, _ in runs:
        tiles, t = [], 0
        while t < len(e):
            guard(k < len(knots), rule)
            if knots[k] == 2 * (first + t):
                tiles.append(1)
            else:
                guard(knots[k] == 2 * (first + t) + 1 and t + 1 < len(e), rule)
                tiles.append(2)
            t += tiles[-1]
            k += 1
        tilings.append(tiles)
    guard(k == len(knots), rule)
    return tilings


def changes_of(e, tiles):
    """The slope changes of a tiling."""
    out, t = [], 0
    for tile in tiles:
        out.append(sum(e[t : t + tile]))
        t += tile
    return out


def tiles_of(value):
    """Lengths of tiles; anything but the digits 1 and 2 is 0, which no rule lets pass."""
    return [int(c) if c in "12" else 0 for c in text_of(value)]


def tally(changes):
    total = {}
    for c in changes:
        total[c] = total.get(c, 0) + 1
    return total


def function_knots(problem, statement, rule):
    """The knots of the function or pieces, which pass through all points."""
    if "function" in statement:
        return knots_of_function(problem, check_function(problem, statement["function"]))
    check_pieces(problem, statement["pieces"])
    return knots_of_pieces(problem, statement["pieces"], rule)


def long_number(q, limit, rule):
    guard(len(str(abs(q.numerator))) <= limit and len(str(q.denominator)) <= limit, rule)


def products_of(e):
    """Products of slope changes of the tilings with the fewest tiles, by the even offset of the tile 1 (None: no tile 1)."""
    L = len(e)
    if L % 2 == 0:
        return {None: product(e[t] + e[t + 1] for t in range(0, L, 2))}
    pairs = [e[t] + e[t + 1] for t in range(L - 1)]
    value = product([e[0]] + pairs[1::2])
    out = {0: value}
    for k in range(2, L, 2):
        value = value / e[k - 2] / pairs[k - 1] * pairs[k - 2] * e[k]
        out[k] = value
    return out


def product(values):
    total = Fraction(1)
    for v in values:
        total *= v
    return total


def offset_of(tiles):
    """The offset of the one tile 1; None without."""
    t = 0
    for tile in tiles:
        if tile == 1:
            return t
        t += tile
    return None


def check_lp_minimum(problem, statement, claim, proof):
    p, lower, upper = claim["p"], claim["lower"], claim["upper"]
    guard(problem.dimension == 1 and problem.exact, "lp-minimum-problem")
    guard(("function" in statement) != ("pieces" in statement) and "network" not in statement, "claim-network")
    guard(proof["kind"] == "prices", "claim-proof")
    guard(0 <= p <= 1, "lp-minimum-number")
    for q in (p, lower, upper):
        long_number(q, 400, "lp-minimum-number")
    runs = runs_of(problem)
    knots = function_knots(problem, statement, "lp-minimum-vertex")
    tilings = tilings_of(problem, knots, runs, "lp-minimum-vertex")
    for (_, e, _), tiles in zip(runs, tilings):
        guard(len(e) != 2 or tiles == [2], "lp-minimum-vertex")
    fewest = sum((len(e) + 1) // 2 for _, e, _ in runs)
    guard(claim["sparsest"] == (len(knots) == fewest), "lp-minimum-sparsest")
    shares, other = proof["shares"], proof.get("other")
    inner = 0 < p < 1
    guard(inner or not shares, "lp-minimum-shares")
    guard((other is not None) == (inner and claim.get("unique") is False), "lp-minimum-unique")
    unique = claim.get("unique")
    changes = [c for (_, e, _), tiles in zip(runs, tilings) for c in changes_of(e, tiles)]
    if p == 0:
        alone = True
        for (_, e, _), tiles in zip(runs, tilings):
            guard(len(tiles) == (len(e) + 1) // 2, "lp-minimum-product")
            guard(len(e) <= 2**14, "lp-minimum-size")
            products = products_of(e)
            mine = products[offset_of(tiles)]
            guard(all(mine <= q for q in products.values()), "lp-minimum-product")
            alone = alone and sum(q == mine for q in products.values()) == 1
        if unique is not None:
            guard(unique == alone, "lp-minimum-unique")
        guard(lower <= len(knots) <= upper, "lp-minimum-cost")
        return
    if p == 1:
        if unique is not None:
            guard(unique == all(len(e) == 1 for _, e, _ in runs), "lp-minimum-unique")
        guard(lower <= sum(changes) <= upper, "lp-minimum-cost")
        return
    at, strict = 0, True
    for (_, e, _), tiles in zip(runs, tilings):
        L = len(e)
        if L < 3:
            continue
        price, t = [None] * L, 0
        tied = False
        for tile in tiles:
            if tile == 1:
                price[t] = {e[t]: Fraction(1)}
                tied = True
            else:
                guard(at < len(shares), "lp-minimum-shares")
                entry = shares[at]
                at += 1
                w2 = {e[t] + e[t + 1]: Fraction(1)}
                if type(entry) is int and entry == -1:
                    price[t] = {e[t]: Fraction(1)}
                    tied = True
                elif type(entry) is int and entry == -2:
                    guard(t > 0 and tied, "lp-minimum-shares")
                    price[t] = plus((1, {e[t - 1] + e[t]: Fraction(1)}), (-1, price[t - 1]))
                else:
                    r = Fraction(entry, 2**31) if type(entry) is int else entry
                    guard(r >= 0, "lp-minimum-shares")
                    if type(entry) is not int:
                        long_number(r, 4000, "lp-minimum-number")
                    price[t] = {e[t] + e[t + 1]: r}
                    tied = False
                price[t + 1] = plus((1, w2), (-1, price[t]))
            t += tile
        own, t = set(), 0
        for tile in tiles:
            own.add((tile, t))
            t += tile
        for t in range(L):
            for tile in (1, 2):
                if (tile, t) in own or t + tile > L:
                    continue
                gap = plus((1, {sum(e[t : t + tile]): Fraction(1)}), *((-1, price[i]) for i in range(t, t + tile)))
                sign = sign_of(gap, p)
                guard(sign >= 0, "lp-minimum-prices", f"tile {tile} at {t}")
                strict = strict and sign > 0
    guard(at == len(shares), "lp-minimum-shares")
    if unique is True:
        guard(strict and not any(type(v) is int and v < 0 for v in shares), "lp-minimum-unique")
    if unique is False:
        match = [(e, tiles) for (first, e, _), tiles in zip(runs, tilings) if first == other[0]]
        guard(len(match) == 1, "lp-minimum-unique")
        e, tiles = match[0]
        guard(0 not in other[1] and sum(other[1]) == len(e) and other[1] != tiles, "lp-minimum-unique")
        difference = plus((1, tally(changes_of(e, tiles))), (-1, tally(changes_of(e, other[1]))))
        guard(sign_of({c: Fraction(k) for c, k in difference.items()}, p) == 0, "lp-minimum-unique")
    cost = tally(changes)
    check_bracket(cost, p, lower, upper)


def check_bracket(cost, p, lower, upper, rule="lp-minimum-cost"):
    """lower <= sum of powers <= upper."""
    guard(lower <= upper, "lp-minimum-cost")
    one = {Fraction(1): Fraction(1)}
    terms = {Fraction(c): Fraction(k) for c, k in cost.items()}
    guard(sign_of(plus((1, terms), (-lower, one)), p) >= 0, rule)
    guard(sign_of(plus((1, terms), (-upper, one)), p) <= 0, rule)


# ------------------------------------------------------------------------------------------------------- p*, uniqueness


class Savings:
    """s_t of a run at p, and derivatives, in one of three forms; values of `digits` digits."""

    def __init__(self, e, digits=90):
        big = max((a + b for a, b in zip(e, e[1:])), default=Fraction(1))
        scale = Fraction(1)
        while big / scale > 1:
            scale *= 2
        while big / scale * 2 <= 1:
            scale /= 2
        self.e = [c / scale for c in e]
        self.powers = Powers(digits)

    def derivatives(self, t, p, order):
        """s, s', .., up to `order`, at p."""
        w, ctx = self.powers, self.powers.context
        out = []
        for k in range(order + 1):
            total = Decimal(0)
            for sign, c in ((1, self.e[t]), (1, self.e[t + 1]), (-1, self.e[t] + self.e[t + 1])):
                term = ctx.multiply(w.power(c, p), ctx.power(w.ln(c), k)) if k else w.power(c, p)
                total = ctx.add(total, term if sign == 1 else -term)
            out.append(total)
        return out

    def value(self, t, p, form):
        """(the form, its second derivative) at p. form: 's', 'unit' for s / (1 - p), 'log' for (s - 1) / p."""
        w, ctx = self.powers, self.powers.context
        if form == "s":
            d = self.derivatives(t, p, 2)
            return d[0], d[2]
        q = Fraction(1) - p if form == "unit" else p
        if q == 0:
            d = self.derivatives(t, p, 3)
            if form == "unit":
                return -d[1], -d[3] / 3
            return d[1], d[3] / 3
        d = self.derivatives(t, p, 2)
        r = w.decimal(q)
        div, mul, add = ctx.divide, ctx.multiply, ctx.add
        r2, r3 = mul(r, r), mul(mul(r, r), r)
        if form == "unit":
            return div(d[0], r), add(add(div(d[2], r), div(2 * d[1], r2)), div(2 * d[0], r3))
        s = ctx.subtract(d[0], Decimal(1))
        return div(s, r), add(ctx.subtract(div(d[2], r), div(2 * d[1], r2)), div(2 * s, r3))


def margin(a, b):
    """What rounding may do to a sum of values of Savings: they have 90 digits, and lose those of 1 - p and p cubed."""
    lost = 1
    for q in (a, b, 1 - a, 1 - b):
        if q > 0:
            lost = max(lost, q.denominator // q.numerator + 1)
    return lost


def digits_for(a, b):
    return 70 + 3 * len(str(margin(a, b)))


def least_of_others(e_length, in_reference, r, o):
    """min over tilings that are not sparsest (no neighbouring tiles 1, some tile 1 at an odd place) of D."""
    start = sum((r[t] for t in in_reference), Decimal(0))
    reference = set(in_reference)
    gain = [r[t] if t in reference else o[t] for t in range(e_length - 1)]
    best = {0: {(0, 0): Decimal(0)}}
    table = [dict() for _ in range(e_length + 2)]
    table[0][0, 0] = Decimal(0)
    for i in range(e_length):
        for (odd, single), value in table[i].items():
            if not single:
                key = (odd | (i & 1), 1)
                if key not in table[i + 1] or table[i + 1][key] < value:
                    table[i + 1][key] = value
            if i + 2 <= e_length:
                v = value + gain[i]
                key = (odd, 0)
                if key not in table[i + 2] or table[i + 2][key] < v:
                    table[i + 2][key] = v
    ends = [v for (odd, _), v in table[e_length].items() if odd]
    return None if not ends else start - max(ends)


def twos(L, offset):
    """Offsets of the tiles 2 of the sparsest tiling with its tile 1 at `offset` (None: even L)."""
    if offset is None:
        return list(range(0, L, 2))
    return list(range(0, offset, 2)) + list(range(offset + 1, L, 2))


def interval_holds(e, a, b, form, offset, depth=0):
    """Each tiling that is not sparsest costs more than a sparsest one on [a, b]."""
    L = len(e)
    digits = digits_for(a, b)
    savings = Savings(e, digits)
    ctx = savings.powers.context
    values = {p: [savings.value(t, p, form) for t in range(L - 1)] for p in (a, b)}
    if offset == "own":
        choices = [None] if L % 2 == 0 else list(range(0, L, 2))
        # The cheapest at b.
        chosen = max(choices, key=lambda k: sum((values[b][t][0] for t in twos(L, k)), Decimal(0)))
    else:
        chosen = offset if L % 2 else None
    reference = twos(L, chosen)
    k = savings.powers.decimal((b - a) ** 2 / 8)
    error = Decimal(10) ** (-30) * L
    good = True
    for p in (a, b):
        s = [v[0] for v in values[p]]
        plain = least_of_others(L, reference, s, s)
        bent = least_of_others(
            L,
            reference,
            [ctx.subtract(s[t], ctx.multiply(k, values[a][t][1])) for t in range(L - 1)],
            [ctx.subtract(s[t], ctx.multiply(k, values[b][t][1])) for t in range(L - 1)],
        )
        if plain is not None and (plain <= error or bent <= error):
            good = False
            break
    if good:
        return True
    if depth == 4:
        return False
    middle = (a + b) / 2
    return interval_holds(e, a, middle, form, offset, depth + 1) and interval_holds(e, middle, b, form, offset, depth + 1)


def check_threshold(problem, claim, proof):
    guard(problem.dimension == 1 and problem.exact, "threshold-problem")
    guard(proof["kind"] == "threshold", "claim-proof")
    lower, upper, breaks = claim["lower"], claim["upper"], proof["breakpoints"]
    unit = proof.get("unitFrom", Fraction(63, 64))
    for q in (lower, upper, unit, *breaks):
        guard(0 <= q <= 1, "threshold-number")
        long_number(q, 400, "threshold-number")
    guard(lower <= upper, "threshold-claim")
    guard(breaks and breaks[0] == 0 and breaks[-1] == lower and all(a < b for a, b in zip(breaks, breaks[1:])), "threshold-breakpoints")
    runs = runs_of(problem)
    by_first = {first: e for first, e, _ in runs}
    references = proof.get("references")
    offsets = {}
    if references is not None:
        guard(len(references) == len(breaks) - 1, "threshold-references")
        for changes in references:
            for first, offset in changes:
                guard(first in by_first and len(by_first[first]) % 2 == 1, "threshold-references")
                guard(offset % 2 == 0 and 0 <= offset < len(by_first[first]), "threshold-references")
    for j, (a, b) in enumerate(zip(breaks, breaks[1:])):
        if references is not None:
            offsets.update(dict(references[j]))
        form = "s" if a < unit else "unit"
        for first, e, _ in runs:
            if len(e) != 4 and len(e) < 6:
                continue
            offset = offsets.get(first, 0) if references is not None else "own"
            guard(interval_holds(e, a, b, form, offset), "threshold-interval", f"[{a}, {b}], run at {first}")
    crossing = proof.get("crossing")
    guard((crossing is not None) == (upper < 1), "threshold-crossing")
    if crossing is not None:
        first, tiles = crossing
        guard(first in by_first, "threshold-crossing")
        e = by_first[first]
        guard(0 not in tiles and sum(tiles) == len(e) and len(tiles) > (len(e) + 1) // 2, "threshold-crossing")
        mine = tally(changes_of(e, tiles))
        for offset in [None] if len(e) % 2 == 0 else range(0, len(e), 2):
            sparse = tally(sparsest_changes(e, offset))
            guard(costs_less(mine, sparse, upper), "threshold-crossing")
    check_unique(problem, claim, proof, runs, unit)


def sparsest_changes(e, offset):
    return ([] if offset is None else [e[offset]]) + [e[t] + e[t + 1] for t in twos(len(e), offset)]


def costs_less(mine, other, p):
    terms = {c: Fraction(k) for c, k in plus((1, mine), (-1, other)).items() if k}
    if p == 0:
        return sum(terms.values()) < 0
    return sign_of(terms, p) < 0


def check_unique(problem, claim, proof, runs, unit):
    rule = "threshold-unique-claim"
    guard(("unique" in claim) == ("unique" in proof), rule)
    if "unique" not in claim:
        return
    below, multisets = claim["unique"]["below"], claim["unique"]["upToMultisetsBelow"]
    u = proof["unique"]
    for q in (*below, *multisets, *u["breakpoints"]):
        guard(0 <= q <= 1, "threshold-number")
        long_number(q, 400, "threshold-number")
    lower, upper = multisets
    guard(lower <= upper and lower <= claim["lower"] and upper <= claim["upper"], rule)
    guard(below == multisets or below == (0, 0), rule)
    breaks = u["breakpoints"]
    guard(breaks and breaks[0] == 0 and breaks[-1] == lower and all(a < b for a, b in zip(breaks, breaks[1:])), "threshold-unique-breakpoints")
    by_first = {first: e for first, e, _ in runs}
    limits, last = {}, -1
    for first, offset in u["limits"]:
        guard(first > last and first in by_first, "threshold-unique-limits")
        L = len(by_first[first])
        guard(L % 2 == 1 and L >= 5 and offset % 2 == 0 and 0 <= offset < L, "threshold-unique-limits")
        limits[first] = offset
        last = first
    long_runs = [(first, e) for first, e, _ in runs if len(e) % 2 == 1 and len(e) >= 5]
    others = {}
    for first, e in long_runs:
        mine = tally(sparsest_changes(e, limits.get(first, 0)))
        offsets = [k for k in range(0, len(e), 2) if k != limits.get(first, 0)]
        others[first] = ([k for k in offsets if tally(sparsest_changes(e, k)) != mine], [k for k in offsets if tally(sparsest_changes(e, k)) == mine])
    for a, b in zip(breaks, breaks[1:]):
        for first, e in long_runs:
            for k in others[first][0]:
                guard(unique_interval(e, limits.get(first, 0), k, a, b, unit), "threshold-unique-interval", f"[{a}, {b}], run at {first}")
    crossing = u.get("crossing")
    guard((crossing is not None) == (upper < claim["upper"]), "threshold-unique-crossing")
    if crossing is not None:
        first, k = crossing
        guard(lower > 0 and first in dict(long_runs), "threshold-unique-crossing")
        e = by_first[first]
        guard(k % 2 == 0 and 0 <= k < len(e), "threshold-unique-crossing")
        guard(costs_less(tally(sparsest_changes(e, k)), tally(sparsest_changes(e, limits.get(first, 0))), upper), "threshold-unique-crossing")
    tie = u.get("tie")
    zero = below == (0, 0)
    guard((tie is not None) == zero, "threshold-unique-tie")
    threes = {first for first, e, _ in runs if len(e) == 3 and e[0] == e[2]}
    if tie is not None:
        first, k = tie
        if first in dict(long_runs):
            guard(lower > 0 and k in others[first][1], "threshold-unique-tie")
        else:
            guard(first in threes and k == 2, "threshold-unique-tie")
    elif lower > 0:
        guard(not threes and not any(same for _, same in others.values()), "threshold-unique-tie")


def unique_interval(e, limit, k, a, b, unit, depth=0):
    """The limit costs less than the tiling of offset k on [a, b], p > 0."""
    L = len(e)
    mine, other = set(twos(L, limit)), set(twos(L, k))
    mine, other = mine - other, other - mine
    digits = digits_for(a, b)
    savings = Savings(e, digits)
    ctx = savings.powers.context
    bend = savings.powers.decimal((b - a) ** 2 / 8)
    error = Decimal(10) ** (-30) * L
    total = lambda places, values, i: sum((values[t][i] for t in places), Decimal(0))

    def holds(form, down):
        at = {p: {t: savings.value(t, p, form) for t in mine | other} for p in (a, b)}
        curve = total(mine, at[b if down else a], 1) - total(other, at[a if down else b], 1)
        for p in (a, b):
            D = total(mine, at[p], 0) - total(other, at[p], 0)
            if D <= error or ctx.subtract(D, ctx.multiply(bend, curve)) <= error:
                return False
        return True

    if a == 0:
        # With second derivatives that are negative and grow the bend is at most their difference the other way round.
        at = {p: {t: savings.value(t, p, "log") for t in mine | other} for p in (a, b)}
        curve = total(mine, at[b], 1) - total(other, at[a], 1)
        if all(
            (D := total(mine, at[p], 0) - total(other, at[p], 0)) > error and ctx.subtract(D, ctx.multiply(bend, max(curve, Decimal(0)))) > error
            for p in (a, b)
        ):
            return True
        if product(sparsest_changes(e, limit)) <= product(sparsest_changes(e, k)):
            plain = {p: {t: savings.value(t, p, "s") for t in mine | other} for p in (a, b)}
            if total(mine, plain[b], 1) - total(other, plain[a], 1) > error:
                return True
    elif holds("unit" if a >= unit else "s", False):
        return True
    if depth == 4:
        return False
    middle = (a + b) / 2
    return unique_interval(e, limit, k, a, middle, unit, depth + 1) and unique_interval(e, limit, k, middle, b, unit, depth + 1)


# ------------------------------------------------------------------------------------------------ several inputs, l^p


def penalised(problem):
    """Which entries of z in R^(d + 1) count, and the free columns of a skip."""
    d = problem.dimension
    return range(1) if d == 1 else range(d + 1)


def free_columns(problem, skip):
    n, d = problem.size, problem.dimension
    ones = [Fraction(1)] * n
    if skip == "affine":
        return [[x[i] for x in problem.x] for i in range(d)] + [ones]
    return [ones] if skip == "bias" or d == 1 else []


def rank_of(rows):
    return len(echelon(rows))


def echelon(rows):
    """Independent rows, each with its pivot."""
    out = []
    for row in rows:
        row = list(row)
        for pivot, other in out:
            if row[pivot]:
                k = row[pivot] / other[pivot]
                row = [v - k * w for v, w in zip(row, other)]
        pivot = next((i for i, v in enumerate(row) if v), None)
        if pivot is not None:
            out.append((pivot, row))
    return out


def kernel_vector(rows, width):
    """The one direction orthogonal to width - 1 independent rows; None when they are dependent."""
    basis = echelon([[Fraction(v) for v in row] for row in rows])
    if len(basis) != width - 1:
        return None
    free = next(i for i in range(width) if all(i != p for p, _ in basis))
    vector = [Fraction(0)] * width
    vector[free] = Fraction(1)
    for pivot, row in reversed(basis):
        vector[pivot] = -sum((row[i] * vector[i] for i in range(width) if i != pivot), Fraction(0)) / row[pivot]
    return tuple(vector)


def normalised(ray):
    """Positive multiples are one ray."""
    d = common(ray)
    values = [int(v * d) for v in ray]
    g = 0
    for v in values:
        g = gcd(g, v)
    return tuple(Fraction(v // g) for v in values)


def all_rays(problem):
    D = problem.dimension + 1
    X = [tuple(x) + (Fraction(1),) for x in problem.x]
    pen = penalised(problem)
    normals = X + [tuple(Fraction(int(i == j)) for j in range(D)) for i in pen]
    total = 1
    for i in range(D - 1):
        total = total * (len(normals) - i) // (i + 1)
    guard(total <= 300000, "several-rays")
    rays = {}
    for chosen in itertools.combinations(normals, D - 1):
        v = kernel_vector(chosen, D)
        if v is None:
            continue
        for ray in (v, tuple(-c for c in v)):
            if any(ray[i] for i in pen):
                rays[normalised(ray)] = None
    return X, normals, list(rays)


def phi_terms(z, pen):
    terms = {}
    for i in pen:
        if z[i]:
            c = abs(z[i])
            terms[c] = terms.get(c, Fraction(0)) + 1
    return terms


class Ball:
    """Numbers enclosed by decimals: (low, high)."""

    DIGITS = 120

    @staticmethod
    def of(terms, p):
        if not terms:
            return Decimal(0), Decimal(0)
        return enclosed(terms, p, Ball.DIGITS)


def check_lp_several(problem, statement, claim, proof):
    p, skip, lower, upper = claim["p"], claim["skip"], claim["lowerBound"], claim["upperBound"]
    guard(set(statement) & {"network", "function", "pieces"} == {"network"}, "claim-network")
    guard(proof["kind"] == "lp-minimum-several", "claim-proof")
    guard(Fraction(1, 1000) <= p <= 1 and 0 <= lower <= upper, "several-claim")
    for q in (p, lower, upper, proof["tau"]):
        guard(len(str(q)) <= 2000, "several-number")
    tau = proof["tau"]
    network = statement["network"]
    check_network(problem, network, skip, "neurons")
    pen = penalised(problem)
    terms = {}
    for w, b, v in network.alive():
        for c, k in phi_terms([abs(v) * c for c in [*w, b]], pen).items():
            terms[c] = terms.get(c, Fraction(0)) + k
    one = {Fraction(1): Fraction(1)}
    guard(sign_of(plus((1, terms), (-upper, one)), p) <= 0, "several-upper-bound")
    guard(tau > 0 and sign_of({tau: Fraction(1), **({Fraction(1): -upper} if tau != 1 else {})}, p) >= 0 if tau != 1 else upper <= 1, "several-tau")
    free = free_columns(problem, skip)
    most = problem.size - rank_of(free)
    D = problem.dimension + 1
    by_rays = proof["majorant"] == "rays"
    guard(by_rays or problem.dimension > 1, "several-patterns")
    if by_rays:
        X, normals, rays = all_rays(problem)
    else:
        X = [tuple(x) + (Fraction(1),) for x in problem.x]
        normals, rays = None, []
    norms = {}

    def norm(z):
        """phi(z) enclosed; |z| is its power 1 / p."""
        if z not in norms:
            norms[z] = Ball.of(phi_terms(z, pen), p)
        return norms[z]

    ctx = POWERS[Ball.DIGITS].context
    slack = Decimal(10) ** (15 - Ball.DIGITS)

    def outward(low, high):
        size = max(abs(low), abs(high))
        return low - size * slack, high + size * slack

    def power(c, q):
        """c^q for a rational c > 0 and a rational q."""
        return Ball.of({c: Fraction(1)}, q)

    def activation(z, lam):
        return sum((l * v for l, x in zip(lam, X) if (v := dot(z, x)) > 0), Fraction(0))

    def ratio_at_most(value, z):
        """value / |z| -> an upper bound, as Decimal."""
        if value <= 0:
            return Decimal(0)
        low, _ = norm(z)
        size_low = ctx.exp(ctx.divide(ctx.ln(low), POWERS[Ball.DIGITS].decimal(p))) * (1 - slack * 1000)
        top = POWERS[Ball.DIGITS].decimal(value)
        return ctx.divide(top, size_low) * (1 + slack * 1000)

    rest = list(proof["nodes"])
    rest.reverse()
    seen = [0]

    def take():
        guard(rest, "several-tree")
        node = rest.pop()
        for entry in node:
            guard(type(entry) is dict or abs(entry) < 10**2000, "several-number")
        guard(node and (node[0] == 0 or all(type(v) is int for v in node)), "several-node")
        return node

    def rational(a, b):
        guard(int(b) > 0 and int(a) > 0, "several-node")
        return Fraction(int(a), int(b))

    def pattern_bound(tree, c):
        """The largest of s lambda . a(z) over |z|_1 = 1, from a tree."""
        positive = [n for n in range(problem.size) if c[n] > 0]
        negative = [n for n in range(problem.size) if c[n] < 0]
        guard(sorted(tree["order"]) == positive, "several-patterns")
        order = tree["order"]
        leaves = list(reversed(tree["leaves"]))
        best = [Fraction(0)]
        stack = [[]]
        while stack:
            decided = stack.pop()
            guard(leaves and leaves[-1], "several-patterns")
            depth = leaves[-1][0]
            if depth > len(decided):
                guard(len(decided) < len(order) and len(decided) < 1000, "several-patterns")
                stack.append(decided + [True])
                stack.append(decided + [False])
                continue
            guard(depth == len(decided), "several-patterns")
            thetas = leaves.pop()[1:]
            guard(len(thetas) == len(negative) and all(0 <= t <= 2**30 for t in thetas), "several-patterns")
            low = [Fraction(0)] * D
            high = [Fraction(0)] * D
            for n, t in zip(negative, thetas):
                for i in range(D):
                    v = Fraction(t, 2**30) * c[n] * X[n][i]
                    low[i] += v
                    high[i] += v
            for k, n in enumerate(order):
                for i in range(D):
                    v = c[n] * X[n][i]
                    if k < len(decided):
                        if decided[k]:
                            low[i] += v
                            high[i] += v
                    else:
                        low[i] += min(v, 0)
                        high[i] += max(v, 0)
            best.append(max(max(abs(l), abs(h)) for l, h in zip(low, high)))
        guard(not leaves, "several-patterns")
        return max(best)

    def cut(rays, planes, q, side):
        """The rays of a region on one side of a plane that is none of the arrangement."""
        values = [dot(q, r) for r in rays]
        out = [r for r, v in zip(rays, values) if v * side >= 0]
        signs = normals + planes
        inside = [(r, v) for r, v in zip(rays, values) if v * side > 0]
        beyond = [(r, v) for r, v in zip(rays, values) if v * side < 0]
        on = {r: [dot(h, r) for h in signs] for r in rays}
        for r, v in inside:
            for t, w in beyond:
                a, b = on[r], on[t]
                m = len(normals)
                if any(x * y < 0 for x, y in zip(a[:m], b[:m])):
                    continue
                if sum(1 for x, y in zip(a, b) if x == 0 and y == 0) < D - 2:
                    continue
                new = normalised(tuple(x * abs(w) + y * abs(v) for x, y in zip(r, t)))
                out.append(new)
        out = list(dict.fromkeys(out))
        seen[0] += len(out)
        guard(len(out) <= 200000, "several-rays")
        return out

    def part(named, tau, others, reach):
        """named: [sign, low, high, rays, planes]."""
        node = take()
        kind = node[0] if node else None
        if kind == 0:
            trees = [] if by_rays else node[2 + problem.size :]
            node = node if by_rays else node[: 2 + problem.size]
            guard(len(node) == 2 + problem.size and len(trees) == (0 if by_rays else 2), "several-node")
            guard(all(type(v) is int for v in node) and all(type(t) is dict for t in trees), "several-node")
            guard(node[1] > 0, "several-number")
            m = int(node[1])
            lam = [Fraction(int(v), m) for v in node[2:]]
            for column in free:
                guard(dot(lam, column) == 0, "several-orthogonal")
            bounds = {}
            if not by_rays:
                for s, tree in zip((1, -1), trees):
                    bounds[s] = pattern_bound(tree, [s * v for v in lam])
            if others:
                top = power(tau, p - 1)[0] if p != 1 else Decimal(1)
                if by_rays:
                    for z in rays:
                        value = abs(activation(z, lam))
                        if p == 1:
                            guard(value <= sum(abs(z[i]) for i in pen), "several-others")
                        else:
                            guard(ratio_at_most(value, z) <= top, "several-others")
                else:
                    for s in (1, -1):
                        b = bounds[s]
                        guard(b <= 1 if p == 1 else POWERS[Ball.DIGITS].decimal(b) * (1 + slack) <= top, "several-others")
            total = dot([v for v in lam], [problem.lower[n] if lam[n] > 0 else problem.upper[n] for n in range(problem.size)])
            if not named:
                guard(total >= lower, "several-leaf")
                return
            value = POWERS[Ball.DIGITS].decimal(total)
            value -= abs(value) * slack
            size = abs(value)
            for sign, low, high, region, _ in named:
                if by_rays:
                    M = Decimal(0)
                    for z in region:
                        M = max(M, ratio_at_most(sign * activation(z, lam), z))
                else:
                    b = bounds[sign]
                    M = POWERS[Ball.DIGITS].decimal(b) * (1 + slack)
                worst = None
                for t in (low, high):
                    gain = power(t, p)[0] if t else Decimal(0)
                    d = gain - M * POWERS[Ball.DIGITS].decimal(t) * (1 + slack)
                    worst = d if worst is None else min(worst, d)
                value = ctx.add(value, worst)
                size = ctx.add(size, abs(worst))
            guard(value - size * slack * 10 >= POWERS[Ball.DIGITS].decimal(lower), "several-leaf")
            return
        if kind == 1:
            guard(len(node) == 3, "several-node")
            t = rational(node[1], node[2])
            guard(others and t <= tau, "several-name")
            part([list(n) for n in named], t, others, reach)
            for sign in (1, -1):
                raised = [[s, max(l, t), u, r, q] for s, l, u, r, q in named]
                raised.append([sign, t, tau, rays, []])
                part(raised, tau, len(raised) < most, reach)
            return
        if kind == 2:
            guard(len(node) == 4 and 0 <= int(node[1]) < len(named), "several-node")
            j, t = int(node[1]), rational(node[2], node[3])
            part([[s, l, min(u, t) if i >= j else u, r, q] for i, (s, l, u, r, q) in enumerate(named)], min(tau, t), others, reach)
            part([[s, max(l, t) if i <= j else l, u, r, q] for i, (s, l, u, r, q) in enumerate(named)], tau, others, reach)
            return
        guard(kind in (3, 4) and by_rays and len(node) >= 2 and 0 <= int(node[1]) < len(named), "several-node")
        j = int(node[1])
        sign, low, high, region, planes = named[j]
        if kind == 3:
            guard(len(node) == 3 and 0 <= int(node[2]) < len(normals), "several-node")
            q = normals[int(node[2])]
            sides = [[r for r in region if dot(q, r) * side >= 0] for side in (-1, 1)]
            kept = planes
        else:
            guard(len(node) == 2 + D and problem.dimension > 1, "several-node")
            q = tuple(Fraction(int(v)) for v in node[2:])
            sides = [cut(region, planes, q, side) for side in (-1, 1)]
            kept = planes + [q]
        for r in sides:
            part([list(n) if i != j else [sign, low, high, r, kept] for i, n in enumerate(named)], tau, others, reach)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20000))
    part([], tau, most > 0, None)
    guard(not rest, "several-tree")


def check_threshold_several(problem, claim, proof):
    guard(proof["kind"] == "threshold-several", "claim-proof")
    guard(problem.exact, "threshold-several-problem")
    lower, upper, breaks = claim["lower"], claim["upper"], proof["breakpoints"]
    for q in (lower, upper, *breaks):
        guard(len(str(q)) <= 400, "threshold-several-claim")
    guard(0 <= lower <= upper <= 1, "threshold-several-claim")
    guard(breaks and breaks[0] == 0 and breaks[-1] == lower and all(a < b for a, b in zip(breaks, breaks[1:])), "threshold-several-breakpoints")
    vertices = all_vertices(problem, claim["skip"])
    fewest = min(sum(v.values()) for v in vertices)
    sparse = [v for v in vertices if sum(v.values()) == fewest]
    others = [v for v in vertices if sum(v.values()) > fewest]
    for a, b in zip(breaks, breaks[1:]):
        for other in others:
            guard(any(costs_more_on(other, v, a, b) for v in sparse) or any(costs_more_on(other, v, a, b) for v in others if v is not other), "threshold-several-interval")
    if upper < 1:
        guard(any(all(costs_less(other, v, upper) for v in sparse) for other in others), "threshold-several-crossing")


def all_vertices(problem, skip):
    """The penalised entries (as absolute values, with how often) of all candidates for a least path norm."""
    X, normals, rays = all_rays(problem)
    n = problem.size
    pen = penalised(problem)
    free = free_columns(problem, skip)
    basis = echelon(free)
    reduce_by = lambda v, rows: reduced(v, rows)
    columns = []
    for z in rays:
        a = [max(dot(z, x), Fraction(0)) for x in X]
        if any(a):
            columns.append((z, a))
    most = n - len(basis)
    total, choices = 1, 1
    for k in range(1, most + 1):
        choices = choices * (len(columns) - k + 1) // k
        total += choices
    guard(total <= 4000000, "threshold-several-problem")
    signs = {z: [(v > 0) - (v < 0) for v in (dot(h, z) for h in normals)] for z, _ in columns}
    together = lambda a, b: all(s * t >= 0 for s, t in zip(signs[a], signs[b]))
    y = problem.lower
    found = {}

    def collect(chosen):
        """Chosen rays with independent activations: is y in their span, all factors nonzero?"""
        factors = solve([a for _, a in chosen] + free, y, len(chosen))
        if factors is None or any(c == 0 for c in factors):
            return
        for neurons in groupings([(z, c) for (z, _), c in zip(chosen, factors)]):
            entries = {}
            for z in neurons:
                for i in pen:
                    if z[i]:
                        entries[abs(z[i])] = entries.get(abs(z[i]), 0) + 1
            found[frozenset(entries.items())] = entries

    def groupings(parts):
        """Rays of one sign that lie pairwise in one closed cone -> neurons, in every way that leaves no two to put together."""

        def place(i, groups):
            if i == len(parts):
                for a, b in itertools.combinations(groups, 2):
                    if a[1] == b[1] and all(together(p, q) for p in a[0] for q in b[0]):
                        return
                yield [g[2] for g in groups]
                return
            z, c = parts[i]
            sign = 1 if c > 0 else -1
            scaled = [abs(c) * v for v in z]
            for g, (members, s, total) in enumerate(groups):
                if s == sign and all(together(z, m) for m in members):
                    yield from place(i + 1, groups[:g] + [(members + [z], s, [u + v for u, v in zip(total, scaled)])] + groups[g + 1 :])
            yield from place(i + 1, groups + [([z], sign, scaled)])

        return place(0, [])

    def extend(start, chosen, rows):
        collect(chosen)
        if len(chosen) == most:
            return
        for i in range(start, len(columns)):
            z, a = columns[i]
            left = reduce_by(a, rows)
            pivot = next((j for j, v in enumerate(left) if v), None)
            if pivot is not None:
                extend(i + 1, chosen + [columns[i]], rows + [(pivot, left)])

    extend(0, [], basis)
    guard(all(Fraction(1, 2**300) <= c <= 2**300 for v in found.values() for c in v), "threshold-several-problem")
    return list(found.values())


def reduced(row, basis):
    row = list(row)
    for pivot, other in basis:
        if row[pivot]:
            k = row[pivot] / other[pivot]
            row = [v - k * w for v, w in zip(row, other)]
    return row


def solve(columns, y, first):
    """Factors of the first columns in y = sum of factors * columns; None when y is not in the span."""
    rows = [[c[i] for c in columns] + [y[i]] for i in range(len(y))]
    basis = echelon(rows)
    width = len(columns)
    if any(pivot == width for pivot, _ in basis):
        return None
    value = [Fraction(0)] * width
    for pivot, row in reversed(basis):
        value[pivot] = (row[width] - sum((row[j] * value[j] for j in range(width) if j != pivot), Fraction(0))) / row[pivot]
    return value[:first]


def costs_more_on(other, v, a, b):
    """The sum of powers of `other` is above that of `v` on [a, b]: chord less what it may bend, or exactly at 1."""
    terms = {c: Fraction(k) for c, k in plus((1, other), (-1, v)).items() if k}
    if not terms:
        return False
    powers = POWERS[120]
    ctx = powers.context
    unit = b == 1 and sum(c * k for c, k in terms.items()) == 0

    def ends(p):
        if not unit:
            return enclosed(terms, p, 120)[0] if p else Decimal(int(sum(terms.values())))
        if p == 1:
            # (c - c^p) / (1 - p) tends to c ln c; D / (1 - p) is minus their sum.
            total = sum((ctx.multiply(powers.decimal(k * c), powers.ln(c)) for c, k in terms.items()), Decimal(0))
            return -total - Decimal(10) ** -90
        total = enclosed(terms, p, 120)[0] if p else Decimal(int(sum(terms.values())))
        return ctx.divide(total, powers.decimal(1 - p))

    low, high = ends(a), ends(b)
    tiny = Decimal(10) ** -60
    if low > tiny and high > tiny:
        if unit:
            # -h_c falls for k > 0 and grows for k < 0: bound each by the worse end.
            def h(c, p):
                if p == 1:
                    return ctx.multiply(powers.decimal(c), powers.ln(c))
                value = powers.power(c, p) if p else Decimal(1)
                return ctx.divide(ctx.subtract(powers.decimal(c), value), powers.decimal(1 - p))

            worst = sum((powers.decimal(-k) * (h(c, b) if k > 0 else h(c, a)) for c, k in terms.items()), Decimal(0))
            if worst > tiny:
                return True
        else:
            curve = Decimal(0)
            for c, k in terms.items():
                ln2 = ctx.multiply(powers.ln(c), powers.ln(c))
                at = [powers.power(c, p) if p else Decimal(1) for p in (a, b)]
                curve += powers.decimal(k) * (max(at) if k > 0 else min(at)) * ln2
            bend = powers.decimal((b - a) ** 2 / 8) * max(curve, Decimal(0))
            if min(low, high) - bend > tiny:
                return True
    return False


# ------------------------------------------------------------------------------------------------------- other claims


def check_patterns(problem, claim, proof):
    guard(proof["kind"] == "pattern-tree", "claim-proof")
    X = [tuple(x) + (Fraction(1),) for x in problem.x]
    n, found = problem.size, 0
    path, is_open = [], True
    for node in proof["nodes"]:
        guard(is_open, "patterns-tree")
        if node == 0 and type(node) is int:
            guard(len(path) < n, "patterns-tree")
            path.append(1)
            continue
        if node and type(node[0]) is Fraction:
            guard(len(path) == n, "patterns-tree")
            guard(len(node) == problem.dimension + 1, "patterns-witness")
            guard(all(s * dot(node, x) > 0 for s, x in zip(path, X)), "patterns-witness")
            found += 1
        else:
            guard(len(node) >= 2 and len(node) % 2 == 0, "patterns-refutation")
            total = [Fraction(0)] * (problem.dimension + 1)
            for m, y in zip(node[::2], node[1::2]):
                guard(type(m) is int and 0 <= m < len(path), "patterns-refutation")
                y = multiplier(y, "patterns-refutation")
                total = [t + y * path[m] * v for t, v in zip(total, X[m])]
            guard(not any(total), "patterns-refutation")
        while path and path[-1] == -1:
            path.pop()
        if path:
            path[-1] = -1
        else:
            is_open = False
    guard(not is_open, "patterns-tree")
    guard(claim["count"] == found, "patterns-count")


def check_solution_set(problem, statement, claim, proof):
    guard(("function" in statement) != ("pieces" in statement) and "network" not in statement, "claim-network")
    guard(proof["kind"] == "free-runs", "claim-proof")
    guard(problem.dimension == 1 and problem.exact, "solution-set-problem")
    runs = runs_of(problem)
    fewest = sum((len(e) + 1) // 2 for _, e, _ in runs)
    guard(claim["knots"] == fewest, "solution-set-knots")
    knots = function_knots(problem, statement, "solution-set-function")
    guard(len(knots) == fewest, "solution-set-function")
    tilings_of(problem, knots, runs, "solution-set-function")
    free = [(first, first + len(e) - 1, sign) for first, e, sign in runs if len(e) % 2 == 1 and len(e) >= 3]
    guard(proof["runs"] == free, "solution-set-runs")
    functions = vertices = 1
    for a, b, _ in free:
        functions *= (b - a + 2) // 2
        vertices *= b - a
    guard(claim["functions"] == str(functions) and claim["vertices"] == str(vertices), "solution-set-count")


def check_restricted(problem, statement, claim, proof):
    guard(problem.dimension == 1 and not problem.empty, "restricted-problem")
    guard(proof["kind"] == "knot-tree", "claim-proof")
    positions, most = claim["positions"], claim.get("maxSlopeChange")
    guard(all(a < b for a, b in zip(positions, positions[1:])) and (most is None or most > 0), "restricted-positions")
    bound, attained = claim.get("lowerBound"), claim.get("upperBound")
    guard("network" not in statement and "pieces" not in statement, "claim-network")
    guard(("function" in statement) == (attained is not None), "claim-network")
    guard(attained is None or bound is not None, "claim-network")
    x, lower, upper = problem.line(), problem.lower, problem.upper

    def forced(refutation, S, E):
        weights = {}
        guard(len(refutation) % 2 == 0, "restricted-refutation")
        for i, w in zip(refutation[::2], refutation[1::2]):
            guard(type(i) is int and 0 <= i < problem.size, "restricted-refutation")
            guard(abs((lower if int(w) > 0 else upper)[i]) != OPEN, "restricted-refutation")
            weights[i] = weights.get(i, 0) + int(w)
        guard(sum(weights.values()) == 0 and sum(w * x[i] for i, w in weights.items()) == 0, "restricted-refutation")
        demand = sum((w * (lower[i] if w > 0 else upper[i]) for i, w in weights.items() if w), Fraction(0))
        phi = [sum((w * max(x[i] - t, 0) for i, w in weights.items()), Fraction(0)) for t in positions]
        sign = lambda v: (v > 0) - (v < 0)
        within = [abs(v) for j, v in enumerate(phi) if v and (j, sign(v)) in S and (j, sign(v)) not in E]
        if most is None:
            guard(not within and demand > 0, "restricted-refutation")
        else:
            guard(demand > most * sum(within, Fraction(0)), "restricted-refutation")
        return [(j, sign(v)) for j, v in enumerate(phi) if v and (j, sign(v)) not in S and (j, sign(v)) not in E]

    nodes = proof["nodes"]
    if bound is None:
        guard(len(nodes) == 1 and nodes[0][0] is None and len(nodes[0]) == 2, "restricted-tree")
        everything = {(j, s) for j in range(len(positions)) for s in (1, -1)}
        guard(not forced(nodes[0][1], everything, set()), "restricted-refutation")
        return
    rest = list(reversed(nodes))
    work = [(frozenset(), frozenset())]
    while work:
        used, excluded = work.pop()
        guard(rest, "restricted-tree")
        branch, *refutations = rest.pop()
        S, sets, closed = set(used), [], False
        for r in refutations:
            new = forced(r, S, excluded)
            sets.append(new)
            S |= set(new)
        closed = any(not s for s in sets) or len(used) + len(sets) >= bound
        guard(closed == (branch is None), "restricted-tree")
        if closed:
            continue
        guard(0 <= branch < len(sets) and len(used) < 1000, "restricted-tree")
        children, gone = [], set(excluded)
        for j, s in sets[branch]:
            children.append((used | {(j, s)}, frozenset(gone | {(j, -s)})))
            gone.add((j, s))
        work.extend(reversed(children))
    guard(not rest, "restricted-tree")
    if attained is None:
        return
    corners = check_function(problem, statement["function"])
    slopes = slopes_of(corners)
    for (at, _), s, t in zip(corners[1:-1], slopes, slopes[1:]):
        guard(at in positions and (most is None or abs(t - s) <= most), "restricted-function")
    guard(attained == len(corners) - 2 and attained >= bound, "claim-upper-bound")


def windows_at(problem, e):
    w = problem.weights or [Fraction(1)] * problem.size
    rows = [(x, l - e * k, u + e * k) for x, l, u, k in zip(problem.x, problem.lower, problem.upper, w)]
    return merged(rows, Fraction(0), False)


def check_least_tolerance(problem, statement, claim, proof):
    guard(problem.dimension == 1 and statement["problem"]["tolerance"] == 0, "least-tolerance-problem")
    guard(not set(statement) & {"network", "function", "pieces"}, "claim-network")
    guard(proof["kind"] == "least-tolerance", "claim-proof")
    curve, steps = claim["curve"], proof["steps"]
    guard(curve and len(curve) == len(steps), "least-tolerance-curve")
    last = -1
    shape = claim["shape"]
    if shape is not None:
        check_limits(shape)
    for (knots, e, least), step in zip(curve, steps):
        guard(last < knots, "least-tolerance-curve")
        last = knots
        at = windows_at(problem, e)
        guard(not at.empty, "least-tolerance-windows")
        below = at if least == e else windows_at(problem, least)
        guard(least <= e and not below.empty, "least-tolerance-bracket")
        if "points" in step:
            guard(shape is not None, "least-tolerance-shape")
            check_conflict(below, shape, step["points"], touch=True)
        elif "point" in step:
            point = step["point"]
            guard(point < below.size and below.lower[point] == below.upper[point], "least-tolerance-floor")
        else:
            check_witnesses(below, step["witnesses"], touch=True)
            guard(len(step["witnesses"]) == knots + 1, "least-tolerance-witnesses")
        guard(("function" in step) == (shape is not None), "claim-network")
        if shape is None:
            changes = check_pieces(at, step["pieces"])
        else:
            corners = check_function(at, step["function"])
            check_function_shape(corners, shape)
            changes = len(corners) - 2
        guard(changes <= knots, "least-tolerance-knots")


def check_limits(shape):
    low, high = shape.get("minSlope"), shape.get("maxSlope")
    guard(shape and (low is None or high is None or low <= high), "shape-limits")


def check_conflict(problem, shape, points, touch=False):
    """No function of the shape keeps the windows of these points; with `touch` they may be just within reach."""
    low, high, curvature = (shape.get(k) for k in ("minSlope", "maxSlope", "curvature"))
    x, lower, upper = problem.line(), problem.lower, problem.upper
    guard(len(points) in (2, 3) and all(a < b for a, b in zip(points, points[1:])) and points[-1] < problem.size, "shape-conflict")
    if len(points) == 3:
        guard(curvature is not None, "shape-conflict")
        return check_witnesses(problem, [(-1 if curvature == "convex" else 1, *points)], touch)
    i, j = points
    run = x[j] - x[i]
    excess = [] if high is None else [lower[j] - upper[i] - high * run]
    excess += [] if low is None else [low * run - (upper[j] - lower[i])]
    guard(any(v > 0 or (touch and v == 0) for v in excess), "shape-conflict")


def check_function_shape(corners, shape):
    low, high, curvature = (shape.get(k) for k in ("minSlope", "maxSlope", "curvature"))
    slopes = slopes_of(corners)
    guard(all((low is None or s >= low) and (high is None or s <= high) for s in slopes), "shape-function")
    for s, t in zip(slopes, slopes[1:]):
        guard(curvature is None or (s <= t if curvature == "convex" else s >= t), "shape-function")


def check_shape(problem, statement, claim, proof):
    guard(problem.dimension == 1 and not problem.empty, "shape-problem")
    shape = claim["shape"]
    check_limits(shape)
    bounds = claim.get("lowerBound"), claim.get("upperBound")
    guard("network" not in statement and "pieces" not in statement, "claim-network")
    guard(("function" in statement) == (bounds[1] is not None), "claim-network")
    if bounds == (None, None):
        guard(proof["kind"] == "shape-conflict", "claim-proof")
        return check_conflict(problem, shape, proof["points"])
    guard(proof["kind"] == "witnesses" and "zeroNeurons" not in proof, "claim-proof")
    count_ = check_witnesses(problem, proof["witnesses"])
    guard("function" in statement, "claim-network")
    corners = check_function(problem, statement["function"])
    check_function_shape(corners, shape)
    guard(bounds == (count_, count_) and len(corners) - 2 == count_, "claim-upper-bound")


def check_model(problem, model, claim):
    guard(model is not None and model.dimension == problem.dimension, "model-network")
    guard(claim["sha256"] == model.hash(), "model-hash")
    values = model.values(problem.x)
    distance = max([Fraction(0)] + [max(l - v, v - u) for l, v, u in zip(problem.lower, values, problem.upper)])
    guard(claim["distance"] == distance, "model-distance")
    least = claim["activeThreshold"]
    active = sum(1 for w, b, v in model.alive() if any(abs(v * c) > least for c in w) or (b > 0 and abs(v * b) > least))
    guard(least >= 0 and active == claim["active"], "model-active")
    bound = claim["bound"]
    guard(("cost" in claim) == (bound["kind"] == "lp-minimum"), "model-cost")
    if "cost" in claim:
        p, (lower, upper) = bound["p"], claim["cost"]
        guard(0 < p <= 1, "model-cost")
        for q in (p, lower, upper):
            long_number(q, 400, "lp-minimum-number")
        terms = {}
        for w, b, v in model.neurons:
            for c in w:
                if v * c:
                    terms[abs(v * c)] = terms.get(abs(v * c), Fraction(0)) + 1
        check_bracket(terms, p, lower, upper, "model-cost")


PRIMES = (67108859, 67108837, 67108819, 67108777, 67108763)


def check_vertex(problem, model, claim, proof):
    kind = proof["kind"]
    guard(kind == "full-rank" if claim["holds"] else kind in ("direction", "counting"), "claim-proof")
    guard(model is not None and model.dimension == problem.dimension, "vertex-model")
    skip = claim["skip"]
    guard(model.belongs(skip), "vertex-skip")
    guard(claim["sha256"] == model.hash(), "vertex-hash")
    d = problem.dimension
    X = [tuple(x) + (Fraction(1),) for x in problem.x]
    values = model.values(problem.x)
    held = [n for n in range(problem.size) if not problem.lower[n] < values[n] < problem.upper[n]]
    pen = penalised(problem)
    rays = {}
    for k, neuron in enumerate(model.neurons):
        if not is_dead(neuron):
            w, b, v = neuron
            z = [abs(v) * c for c in [*w, b]]
            rays[k] = (1 if v > 0 else -1, z, [i for i in pen if z[i]], {n: dot(z, X[n]) for n in held})
    products = sum(len(entries) for _, _, entries, _ in rays.values())
    if kind == "counting":
        conditions = len(held) + sum(sum(1 for v in at.values() if v == 0) for *_, at in rays.values())
        guard(products > conditions, "vertex-counting")
        return
    if kind == "direction":
        rule = "vertex-direction"
        changes, last, moved = {}, -1, False
        for k, c in proof["neurons"]:
            guard(k > last and k in rays and len(c) == d + 1, rule)
            last = k
            entries = rays[k][2]
            for i, v in enumerate(c):
                guard(v == 0 or i in entries or (d == 1 and i == 1), rule)
                moved = moved or (v != 0 and i in entries)
            changes[k] = c
        s = proof.get("skip")
        if s is not None:
            guard(len(s) == d + 1, rule)
            guard(skip == "affine" or not any(s[:-1]), rule)
            guard(skip != "none" or not any(s), rule)
        guard(moved, rule)
        for n in held:
            total = Fraction(0) if s is None else dot(s, X[n])
            for k, c in changes.items():
                sign, _, _, at = rays[k]
                value = dot(c, X[n])
                if at[n] > 0:
                    total += sign * value
                guard(at[n] != 0 or value == 0, rule)
            guard(total == 0, rule)
        return
    prime = proof["prime"]
    guard(prime in PRIMES, "vertex-prime")
    # Integers proportional to the entries of (x_n, 1), column by column.
    scale = [common([x[i] for x in X]) for i in range(d + 1)]
    whole = [[int(v * s) for v, s in zip(x, scale)] for x in X]
    rows = [("sum", n) for n in held] + [(k, n) for k, (*_, at) in rays.items() for n in held if at[n] == 0]

    def column(k, i):
        sign, _, _, at = rays[k]
        out = []
        for which, n in rows:
            if which == "sum":
                out.append(sign * whole[n][i] if at[n] > 0 else 0)
            else:
                out.append(whole[n][i] if which == k else 0)
        return out

    free = []
    if d == 1:
        free += [column(k, 1) for k in rays]
    ends = {"none": [], "bias": [d], "affine": range(d + 1)}[skip]
    free += [[whole[n][i] if which == "sum" else 0 for which, n in rows] for i in ends]
    columns = [column(k, i) for k, (_, _, entries, _) in rays.items() for i in entries]
    guard((len(columns) + len(free)) * max(1, len(rows)) <= 2**26, "vertex-size")
    free_rank = rank_of([[Fraction(v) for v in c] for c in free])
    guard(rank_modulo(columns + free, prime) == products + free_rank, "vertex-rank")


def rank_modulo(rows, prime):
    basis = {}
    for row in rows:
        row = [v % prime for v in row]
        for i in range(len(row)):
            if not row[i]:
                continue
            if i in basis:
                k = row[i]
                row = [(v - k * w) % prime for v, w in zip(row, basis[i])]
            else:
                inverse = pow(row[i], -1, prime)
                basis[i] = [v * inverse % prime for v in row]
                break
    return len(basis)


# ------------------------------------------------------------------------------------------------------------ reading


def read_minimum(value):
    keys(value, ("kind", "objective", "skip", "lowerBound"), ("upperBound",))
    one_of(value["objective"], "neurons", "parameters")
    one_of(value["skip"], "affine", "bias", "none")
    for key in ("lowerBound", "upperBound"):
        if key in value:
            count(value[key])
    return value


def read_bracket(value):
    keys(value, ("lower", "upper"))
    return lowest(value["lower"]), lowest(value["upper"])


def read_shape(value):
    keys(value, (), ("minSlope", "maxSlope", "curvature"))
    shape = {key: lowest(value[key]) for key in value if key != "curvature"}
    if "curvature" in value:
        shape["curvature"] = one_of(value["curvature"], "convex", "concave")
    return shape


def read_claim(value, version, inner=False):
    if type(value) is not dict or type(value.get("kind")) is not str:
        raise Unreadable("expected a claim")
    kind = value["kind"]
    if inner and kind not in ("minimum", "infeasible", "lp-minimum"):
        raise Unreadable("a bound of another kind")
    if kind == "minimum":
        return read_minimum(value)
    if kind == "infeasible":
        return keys(value, ("kind",))
    if kind == "threshold":
        keys(value, ("kind", "lower", "upper"), ("unique",) if version > 1 else ())
        out = {"kind": kind, "lower": lowest(value["lower"]), "upper": lowest(value["upper"])}
        if "unique" in value:
            u = keys(value["unique"], ("below", "upToMultisetsBelow"))
            out["unique"] = {key: read_bracket(u[key]) for key in u}
        return out
    if version == 1:
        raise Unreadable("a claim of this kind is of version 2")
    if kind == "lp-minimum":
        keys(value, ("kind", "p", "lower", "upper", "sparsest"), ("unique",))
        out = {"kind": kind, "sparsest": truth(value["sparsest"])}
        if "unique" in value:
            out["unique"] = truth(value["unique"])
        return {**out, **{key: lowest(value[key]) for key in ("p", "lower", "upper")}}
    if kind == "lp-minimum-several":
        keys(value, ("kind", "p", "skip", "lowerBound", "upperBound"))
        return {"kind": kind, "skip": one_of(value["skip"], "affine", "bias", "none"), **{key: lowest(value[key]) for key in ("p", "lowerBound", "upperBound")}}
    if kind == "threshold-several":
        keys(value, ("kind", "skip", "lower", "upper"))
        return {"kind": kind, "skip": one_of(value["skip"], "affine", "bias", "none"), "lower": lowest(value["lower"]), "upper": lowest(value["upper"])}
    if kind == "patterns":
        keys(value, ("kind", "count"))
        count(value["count"])
        return value
    if kind == "solution-set":
        keys(value, ("kind", "knots", "functions", "vertices"))
        count(value["knots"])
        digits(value["functions"])
        digits(value["vertices"])
        return value
    if kind == "restricted":
        keys(value, ("kind", "positions"), ("maxSlopeChange", "valuesOn", "lowerBound", "upperBound"))
        if "valuesOn" in value:
            raise NotCovered("restricted questions with valuesOn")
        out = {"kind": kind, "positions": [lowest(v) for v in listed(value["positions"])]}
        if "maxSlopeChange" in value:
            out["maxSlopeChange"] = lowest(value["maxSlopeChange"])
        for key in ("lowerBound", "upperBound"):
            if key in value:
                out[key] = count(value[key])
        return out
    if kind == "model":
        keys(value, ("kind", "sha256", "distance", "active", "activeThreshold", "bound"), ("cost",))
        out = {"kind": kind, "sha256": sha(value["sha256"]), "active": count(value["active"]), "distance": lowest(value["distance"])}
        out["activeThreshold"] = lowest(value["activeThreshold"])
        out["bound"] = read_claim(value["bound"], version, inner=True)
        if "cost" in value:
            out["cost"] = read_bracket(value["cost"])
        return out
    if kind == "least-tolerance":
        keys(value, ("kind", "curve"), ("shape",))
        curve = [keys(entry, ("knots", "tolerance"), ("atLeast",)) for entry in listed(value["curve"])]
        shape = read_shape(value["shape"]) if "shape" in value else None
        entries = [(count(entry["knots"]), lowest(entry["tolerance"]), lowest(entry.get("atLeast", entry["tolerance"]))) for entry in curve]
        return {"kind": kind, "curve": entries, "shape": shape}
    if kind == "shape":
        keys(value, ("kind", "shape"), ("lowerBound", "upperBound"))
        out = {"kind": kind, "shape": read_shape(value["shape"])}
        for key in ("lowerBound", "upperBound"):
            if key in value:
                out[key] = count(value[key])
        return out
    if kind == "vertex":
        keys(value, ("kind", "sha256", "skip", "holds"))
        sha(value["sha256"])
        one_of(value["skip"], "affine", "bias", "none")
        truth(value["holds"])
        return value
    raise Unreadable(f"no claim is of kind {kind}")


def pair(value):
    if type(value) is not list or len(value) != 2:
        raise Unreadable("expected a pair")
    return value


def read_proof(value, version):
    if type(value) is not dict or type(value.get("kind")) is not str:
        raise Unreadable("expected a proof")
    kind = value["kind"]
    if kind == "witnesses":
        keys(value, ("kind", "witnesses"), ("zeroNeurons",))
        out = {"kind": kind, "witnesses": read_witnesses(value["witnesses"], version > 1)}
        if "zeroNeurons" in value:
            out["zeroNeurons"] = [count(i) for i in listed(value["zeroNeurons"])]
        return out
    if kind == "one-input":
        keys(value, ("kind", "witnesses"), ("tree", "opposite"))
        out = {"kind": kind, "witnesses": read_witnesses(value["witnesses"], version > 1)}
        if "tree" in value:
            out["tree"] = [[int32(v) for v in listed(node)] for node in listed(value["tree"])]
        if "opposite" in value:
            out["opposite"] = tuple(int32(i) for i in pair(value["opposite"]))
        return out
    if kind == "search":
        keys(value, ("kind", "trees"), ("skip",))
        out = {"kind": kind, "trees": []}
        if "skip" in value:
            out["skip"] = one_of(value["skip"], "affine", "bias")
        for tree in listed(value["trees"]):
            keys(tree, ("plus", "minus", "budget", "pivot", "nodes"))
            entry = {key: count(tree[key]) for key in ("plus", "minus", "pivot")}
            entry["budget"] = None if tree["budget"] is None else count(tree["budget"])
            entry["nodes"] = [read_node(node) for node in listed(tree["nodes"])]
            out["trees"].append(entry)
        return out
    if kind == "empty-window":
        keys(value, ("kind", "point"))
        return {"kind": kind, "point": count(value["point"])}
    if kind == "threshold":
        keys(value, ("kind", "breakpoints"), ("crossing",) + (("references", "unitFrom", "unique") if version > 1 else ()))
        out = {"kind": kind, "breakpoints": [lowest(v) for v in listed(value["breakpoints"])]}
        if "crossing" in value:
            crossing = keys(value["crossing"], ("point", "tiles"))
            out["crossing"] = (count(crossing["point"]), tiles_of(crossing["tiles"]))
        if "references" in value:
            out["references"] = [[tuple(count(v) for v in pair(p)) for p in listed(entry)] for entry in listed(value["references"])]
        if "unitFrom" in value:
            out["unitFrom"] = lowest(value["unitFrom"])
        if "unique" in value:
            u = keys(value["unique"], ("limits", "breakpoints"), ("crossing", "tie"))
            out["unique"] = {
                "limits": [tuple(count(v) for v in pair(p)) for p in listed(u["limits"])],
                "breakpoints": [lowest(v) for v in listed(u["breakpoints"])],
                **{key: tuple(count(v) for v in pair(u[key])) for key in ("crossing", "tie") if key in u},
            }
        return out
    if version == 1:
        raise Unreadable("a proof of this kind is of version 2")
    if kind == "threshold-several":
        keys(value, ("kind", "breakpoints"))
        return {"kind": kind, "breakpoints": [lowest(v) for v in listed(value["breakpoints"])]}
    if kind == "prices":
        keys(value, ("kind", "shares"), ("other",))
        out = {"kind": kind, "shares": [lowest(v) if type(v) is str and not isinstance(v, Plain) else int32(v) for v in listed(value["shares"])]}
        if "other" in value:
            other = keys(value["other"], ("point", "tiles"))
            out["other"] = (count(other["point"]), tiles_of(other["tiles"]))
        return out
    if kind == "lp-minimum-several":
        keys(value, ("kind", "majorant", "tau", "nodes"))
        nodes = []
        for node in listed(value["nodes"]):
            entries = []
            for entry in listed(node):
                if type(entry) is dict:
                    keys(entry, ("order", "leaves"))
                    order = [small(v) for v in listed(entry["order"])]
                    entries.append({"order": order, "leaves": [[small(v) for v in listed(leaf)] for leaf in listed(entry["leaves"])]})
                elif type(entry) is str and re.fullmatch("-?[1-9][0-9]*", entry):
                    entries.append(int(entry))
                else:
                    entries.append(small(entry))
            nodes.append(entries)
        return {"kind": kind, "majorant": one_of(value["majorant"], "rays", "patterns"), "tau": lowest(value["tau"]), "nodes": nodes}
    if kind == "pattern-tree":
        keys(value, ("kind", "nodes"))
        nodes = []
        for node in listed(value["nodes"]):
            if type(node) is int and node == 0:
                nodes.append(0)
            elif node and type(node) is list and type(node[0]) is str:
                nodes.append([lowest(v) for v in node])
            else:
                nodes.append([int32(v) if i % 2 == 0 else positive_or_small(v) for i, v in enumerate(listed(node))])
        return {"kind": kind, "nodes": nodes}
    if kind == "free-runs":
        keys(value, ("kind", "runs"))
        runs = []
        for run in listed(value["runs"]):
            if len(listed(run)) != 3:
                raise Unreadable("a run is a list of three integers")
            runs.append(tuple(int32(v) for v in run))
        return {"kind": kind, "runs": runs}
    if kind == "knot-tree":
        keys(value, ("kind", "nodes"))
        nodes = []
        for node in listed(value["nodes"]):
            if not listed(node):
                raise Unreadable("an empty node")
            branch = None if node[0] is None else count(node[0])
            refutations = []
            for refutation in node[1:]:
                entries = []
                for i, v in enumerate(listed(refutation)):
                    if i % 2 == 0:
                        entries.append(int32(v))
                    elif type(v) is str and re.fullmatch("-?[1-9][0-9]*", v):
                        entries.append(int(v))
                    elif type(v) is int and v != 0:
                        entries.append(small(v))
                    else:
                        raise Unreadable("a weight is an integer other than 0")
                refutations.append(entries)
            nodes.append([branch, *refutations])
        return {"kind": kind, "nodes": nodes}
    if kind == "least-tolerance":
        keys(value, ("kind", "steps"))
        steps = []
        for step in listed(value["steps"]):
            form = "function" if type(step) is dict and "function" in step else "pieces"
            keys(step, (form,), ("witnesses", "point", "points"))
            if len(step) != 2:
                raise Unreadable("a step has witnesses, a point or points")
            out = {form: read_function(step[form]) if form == "function" else read_pieces(step[form])}
            if "witnesses" in step:
                out["witnesses"] = read_witnesses(step["witnesses"], True)
            elif "point" in step:
                out["point"] = count(step["point"])
            else:
                out["points"] = [count(i) for i in listed(step["points"])]
            steps.append(out)
        return {"kind": kind, "steps": steps}
    if kind == "reachable":
        raise NotCovered("proofs of kind reachable")
    if kind == "shape-conflict":
        keys(value, ("kind", "points"))
        return {"kind": kind, "points": [count(i) for i in listed(value["points"])]}
    if kind == "direction":
        keys(value, ("kind", "neurons"), ("skip",))
        neurons = []
        for entry in listed(value["neurons"]):
            if not listed(entry):
                raise Unreadable("an empty entry")
            neurons.append((count(entry[0]), [lowest(v) for v in entry[1:]]))
        out = {"kind": kind, "neurons": neurons}
        if "skip" in value:
            out["skip"] = [lowest(v) for v in listed(value["skip"])]
        return out
    if kind == "counting":
        return keys(value, ("kind",))
    if kind == "full-rank":
        keys(value, ("kind", "prime"))
        return {"kind": kind, "prime": count(value["prime"])}
    raise Unreadable(f"no proof is of kind {kind}")


def read_certificate(value):
    """A certificate from its JSON value; only its form is judged."""
    if type(value) is not dict:
        raise Unreadable("expected an object")
    version = value.get("version")
    if value.get("format") != "sparsest-certificate" or type(version) is not int or version not in (1, 2):
        raise Unreadable("expected a sparsest-certificate of version 1 or 2")
    keys(value, ("format", "version", "problem", "claim", "proof"), ("network",) if version == 1 else ("network", "function", "pieces", "model"))
    named = keys(value["problem"], ("sha256", "tolerance") + (("dimension", "points") if version > 1 else ()))
    problem = {"sha256": sha(named["sha256"]), "tolerance": lowest(named["tolerance"])}
    for key in ("dimension", "points"):
        if key in named:
            problem[key] = count(named[key])
    out = {"problem": problem, "claim": read_claim(value["claim"], version), "proof": read_proof(value["proof"], version)}
    if "network" in value:
        out["network"] = Network(value["network"])
    if "function" in value:
        out["function"] = read_function(value["function"])
    if "pieces" in value:
        out["pieces"] = read_pieces(value["pieces"])
    if "model" in value:
        out["model"] = Network(value["model"])
    return out


# ------------------------------------------------------------------------------------------------------------ verdict


def check(problem, certificate):
    """Raises Rejected with the first broken rule."""
    named = certificate["problem"]
    if "points" in named:
        guard(named["dimension"] == problem.dimension and named["points"] == problem.size, "problem-size")
    guard(named["tolerance"] == problem.tolerance, "problem-tolerance")
    guard(named["sha256"] == hashlib.sha256(problem.text().encode()).hexdigest(), "problem-hash")
    # Operators on decimals keep all digits that any of them has.
    with localcontext(Context(prec=4200, rounding=ROUND_HALF_EVEN, Emax=10**12, Emin=-(10**12))):
        check_claim(problem, certificate, certificate["claim"])


def check_claim(problem, certificate, claim):
    proof, kind, model = certificate["proof"], claim["kind"], certificate.get("model")
    forms = set(certificate) & {"network", "function", "pieces"}
    guard(not problem.open or kind in ("minimum", "infeasible", "restricted"), "claim-open")
    if kind == "vertex":
        guard(not forms, "claim-network")
        return check_vertex(problem, model, claim, proof)
    if kind == "model":
        check_model(problem, model, claim)
        certificate = {key: v for key, v in certificate.items() if key != "model"}
        return check_claim(problem, certificate, claim["bound"])
    guard(model is None, "model-network")
    if kind == "least-tolerance":
        return check_least_tolerance(problem, certificate, claim, proof)
    guard(problem.weights is None, "least-tolerance-weights")
    if kind == "minimum":
        return check_minimum(problem, certificate, claim, proof, forms)
    if kind == "infeasible":
        guard(not forms, "claim-network")
        guard(proof["kind"] == "empty-window", "claim-proof")
        i = proof["point"]
        return guard(i < problem.size and problem.lower[i] > problem.upper[i], "empty-window")
    if kind == "lp-minimum":
        return check_lp_minimum(problem, certificate, claim, proof)
    if kind == "solution-set":
        return check_solution_set(problem, certificate, claim, proof)
    if kind == "shape":
        return check_shape(problem, certificate, claim, proof)
    if kind == "restricted":
        return check_restricted(problem, certificate, claim, proof)
    if kind == "lp-minimum-several":
        return check_lp_several(problem, certificate, claim, proof)
    guard(not forms, "claim-network")
    if kind == "threshold":
        return check_threshold(problem, claim, proof)
    if kind == "patterns":
        return check_patterns(problem, claim, proof)
    return check_threshold_several(problem, claim, proof)


def check_minimum(problem, certificate, claim, proof, forms):
    objective, skip = claim["objective"], claim["skip"]
    guard(not problem.empty, "claim-proof")
    kind = proof["kind"]
    guard(kind == "search" or (objective == "neurons" and kind in ("witnesses", "one-input")), "claim-proof")
    if kind == "search":
        proved = check_search(problem, proof, objective, skip)
    elif kind == "one-input":
        guard(not problem.open, "claim-open")
        proved = check_one_input(problem, proof, skip)
    elif "zeroNeurons" in proof:
        guard(not proof["witnesses"], "zero-neurons")
        check_zero_neurons(problem, proof["zeroNeurons"], skip)
        proved = 1
    else:
        proved = check_witnesses(problem, proof["witnesses"])
    guard(claim["lowerBound"] == proved, "claim-lower-bound", f"the proof shows {proved}")
    guard(len(forms) <= 1, "claim-network")
    counted = None
    if forms == {"network"}:
        counted = check_network(problem, certificate["network"], skip, objective)
    elif forms:
        guard(objective == "neurons" and skip == "affine", "claim-network")
        if "function" in forms:
            counted = len(check_function(problem, certificate["function"])) - 2
        else:
            counted = check_pieces(problem, certificate["pieces"])
    guard((counted is None) == ("upperBound" not in claim), "claim-network")
    if counted is not None:
        guard(claim["upperBound"] == counted, "claim-upper-bound")
        guard(claim["lowerBound"] <= counted, "claim-lower-bound")


def problem_for(data, certificate):
    claim = certificate["claim"]["kind"]
    return data.problem(claim, certificate["problem"]["tolerance"])


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="sparsest.check", description="Check a certificate against the data, by the rules of FORMAT.md.")
    parser.add_argument("data", help="CSV, instance JSON or npz, as it was solved")
    parser.add_argument("certificate", help="certificate (.json or .json.gz)")
    parser.add_argument("--target", help="column of the label (default: the last)")
    parser.add_argument("--inputs", help="input columns, separated by commas (default: all others)")
    parser.add_argument("--weights", help="column of positive weights")
    parser.add_argument("--no-header", action="store_true", help="the table has no header; columns are column1, column2, ..")
    parser.add_argument("--float64", action="store_true", help="numbers in text mean the nearest double")
    options = parser.parse_args(arguments)
    try:
        with open(options.certificate, "rb") as file:
            text = file.read()
        if options.certificate.endswith(".gz"):
            text = gzip.decompress(text)
        certificate = read_certificate(parse_json(text.decode("utf-8-sig")))
        data = read_data(options.data, options, certificate["claim"]["kind"] == "patterns")
        problem = problem_for(data, certificate)
        check(problem, certificate)
    except Rejected as rejection:
        print(f"rejected by rule {rejection.rule}" + (f": {rejection.reason}" if rejection.reason else ""))
        return 1
    except NotCovered as error:
        print(f"not covered: {error}", file=sys.stderr)
        return 2
    except (Unreadable, OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        print(f"unreadable: {error}", file=sys.stderr)
        return 2
    print(f"accepted: {json.dumps(certificate['claim'], default=str)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
