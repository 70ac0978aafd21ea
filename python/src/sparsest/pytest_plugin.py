"""The pytest plugin: the fixture `assert_sparsest`. It is loaded by pytest where the package is installed."""

from __future__ import annotations

import importlib
from typing import Any, Callable

from .report import Report
from .testing import assert_sparsest as _assert_sparsest

pytest: Any = importlib.import_module("pytest")


def _fixture() -> Callable[..., Report]:
    """`assert_sparsest(model, X, y, tolerance=..)`: see `sparsest.testing`."""
    return _assert_sparsest


assert_sparsest = pytest.fixture(name="assert_sparsest", scope="session")(_fixture)
