"""Installs the wheel into a virtual environment, runs the tests there, and checks types where a checker is installed.

    npm run test:python

It takes the first interpreter on PATH that has PyTorch, else the first one; SPARSEST_PYTHON names another.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import List

HERE = Path(__file__).parent


def interpreter() -> str:
    """The Python that the tests run in."""
    named = os.environ.get("SPARSEST_PYTHON")
    if named:
        return named
    found: List[str] = [sys.executable]
    for directory in os.environ.get("PATH", "").split(os.pathsep):
        path = shutil.which("python3", path=directory)
        if path is not None:
            found.append(path)
    for path in found:
        asked = "import sys, importlib.util as u; sys.exit(sys.version_info < (3, 9) or u.find_spec('torch') is None)"
        if subprocess.run([path, "-c", asked], capture_output=True).returncode == 0:
            return path
    return sys.executable


def install(python: str, wheel: Path, place: Path) -> str:
    """A virtual environment that sees the packages of its interpreter, with the wheel in it."""
    # pip takes the wheel where it is there; a wheel can also be unpacked, which is all that pip does.
    subprocess.run([python, "-m", "venv", "--system-site-packages", "--without-pip", str(place)], check=True)
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    own = str(next(path for path in (scripts / "python", scripts / "python.exe") if path.exists()))
    pip = [own, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    if subprocess.run([*pip, str(wheel)], capture_output=True).returncode == 0:
        print("installed by pip")
        return own
    where = subprocess.run(
        [own, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True, text=True
    ).stdout.strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(where)
    print("unpacked: pip is not there")
    return own


def check_types() -> int:
    """mypy --strict, else pyright, else nothing."""
    for program, words in (("mypy", ["--config-file", "pyproject.toml"]), ("pyright", ["src/sparsest"])):
        path = shutil.which(program)
        if path is not None:
            print(f"types: {program}", flush=True)
            return subprocess.run([path, *words], cwd=HERE).returncode
    print("types: neither mypy nor pyright is installed")
    return 0


def main() -> int:
    """0: all is well."""
    wheels = sorted((HERE / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        sys.exit("python/dist: expected a wheel, found none; npm run build:python")
    python = interpreter()
    with tempfile.TemporaryDirectory(prefix="sparsest-") as place:
        own = install(python, wheels[-1], Path(place, "venv"))
        print(f"{python}, {wheels[-1].name}", flush=True)
        # Only what is installed: neither the sources nor the directory of the tests is looked at for the package.
        left_out = ("PYTHONPATH", "SPARSEST_PROGRAM")
        environment = {name: value for name, value in os.environ.items() if name not in left_out}
        tests = [own, "-m", "unittest", "discover", "-s", str(HERE / "tests"), *sys.argv[1:]]
        result = subprocess.run(tests, cwd=place, env=environment).returncode
    return result or check_types()


if __name__ == "__main__":
    sys.exit(main())
