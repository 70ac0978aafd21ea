"""What every answer of the program has in common."""

from __future__ import annotations

import gzip
import html
import json
import os
from functools import cached_property
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

from ._arrays import NAME, Data
from ._client import Answer as Raw
from ._client import Payload, ask
from .errors import CheckFailed, SparsestError

CERTIFICATE = "certificate.json"

#: Up to so many points a certificate comes along with the answer; of more it is asked for when it is wanted.
CERTIFIED_AT_ONCE = 10_000


class Certificate:
    """A proof, as the checker reads it: what is claimed, of which problem, and why it holds."""

    def __init__(self, content: bytes, data: Data) -> None:
        self._content = content
        self._data = data

    @cached_property
    def json(self) -> Dict[str, Any]:
        """Its content, see the certificate format."""
        parsed: Dict[str, Any] = json.loads(self._content)
        return parsed

    @property
    def claim(self) -> Dict[str, Any]:
        """What it claims."""
        claimed: Dict[str, Any] = self.json["claim"]
        return claimed

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes it to a file, compressed when the name ends in .gz, for `sparsest check` and `python -m sparsest.check`."""
        content = gzip.compress(self._content, mtime=0) if os.fspath(path).endswith(".gz") else self._content
        with open(path, "wb") as file:
            file.write(content)

    def check(self) -> bool:
        """Hands it to the independent checker, with the data.

        :returns: True
        :raises CheckFailed: when it is rejected
        """
        files = (*self._data.files, (CERTIFICATE, self._content))
        options = {name: value for name, value in self._data.options.items() if name == "format"}
        verdict = ask("check", [NAME, CERTIFICATE], options, files).json
        if verdict["accepted"] is not True:
            raise CheckFailed(verdict["rule"], verdict["reason"])
        return True


class Question(NamedTuple):
    """What was asked, so that more of the same answer can be had later."""

    method: str
    data: Data
    options: Mapping[str, object]
    #: Before the data.
    arguments: Tuple[str, ...] = ()
    files: Tuple[Tuple[str, Payload], ...] = ()

    def ask(self, options: Optional[Mapping[str, object]] = None, take: Tuple[str, ...] = ()) -> Raw:
        """Asks the program."""
        given = {name: value for name, value in {**self.data.options, **self.options, **(options or {})}.items() if value is not None}
        return ask(self.method, [*self.arguments, NAME], given, (*self.data.files, *self.files), take)


class Answer:
    """An answer of the program."""

    #: Option of the command that writes the certificate; None where there is none.
    _has_certificate = True

    def __init__(self, question: Question, certified: bool = True) -> None:
        self._question = question
        at_once = self._has_certificate and certified and question.data.size <= CERTIFIED_AT_ONCE
        answer = question.ask({"certificate": CERTIFICATE}, (CERTIFICATE,)) if at_once else question.ask()
        self._files = answer.files
        #: The JSON object that the command prints, field by field as documented.
        self.raw: Dict[str, Any] = answer.json
        #: The keyboard ended it before it was done: it says what had been reached.
        self.interrupted = answer.interrupted
        #: "optimal", "bracket", "infeasible" and the like, as the command prints it.
        self.status: str = answer.json.get("status", "")
        #: Seconds that the program took.
        self.seconds = float(answer.json["seconds"])

    @cached_property
    def certificate(self) -> Certificate:
        """The proof.

        :raises SparsestError: when nothing is claimed
        """
        content = self._files.get(CERTIFICATE)
        if content is None and self._has_certificate:
            content = self._question.ask({"certificate": CERTIFICATE}, (CERTIFICATE,)).files.get(CERTIFICATE)
        if content is None:
            raise SparsestError("there is no certificate: nothing is claimed here")
        return Certificate(content, self._question.data)

    def check(self) -> bool:
        """Hands the certificate to the independent checker.

        :returns: True
        :raises CheckFailed: when it is rejected
        """
        return self.certificate.check()


def table_html(title: str, rows: List[Tuple[str, str]], picture: str = "") -> str:
    """What a notebook shows: a title, a table of two columns and a picture."""
    cells = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th><td style='text-align:left'>{html.escape(value)}</td></tr>"
        for name, value in rows
    )
    return f"<div><strong>{html.escape(title)}</strong><table>{cells}</table>{picture}</div>"
