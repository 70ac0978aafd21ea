"""One long-lived `sparsest serve` for this interpreter, started when it is first asked (docs/serve.md).

A message is a line with a JSON object, then the bytes of the files that it announces. A thread reads the answers; whoever
asked waits for his own. The process is in a group of its own, so that Ctrl-C reaches Python alone, which then asks it to
end the request with what it has reached.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ._node import REMEDY, find_node, find_program
from .errors import InputError, InternalError, NodeNotFound, SparsestError

PROTOCOL = 1

#: Seconds between two looks at the keyboard where waiting cannot be interrupted (Windows).
TURN = 0.5

#: Error codes of the protocol that are about what was asked.
ABOUT_THE_INPUT = (2, -32602)
CANCELLED = -32800

Payload = Union[bytes, bytearray, memoryview]


class Answer(NamedTuple):
    """What a request ended with."""

    #: The JSON that the command prints.
    json: Dict[str, Any]
    exit_code: int
    #: The files that were asked back.
    files: Dict[str, bytes]
    #: The keyboard interrupted it: it says what had been reached.
    interrupted: bool


class _Failure(NamedTuple):
    code: int
    message: str


_Reply = Union[Tuple[Dict[str, Any], Dict[str, bytes]], _Failure]


class Client:
    """A conversation with one process."""

    def __init__(self) -> None:
        node = find_node()
        self._diagnostics = tempfile.TemporaryFile()
        group: Dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP")}
            if sys.platform == "win32"
            else {"start_new_session": True}
        )
        self._process = subprocess.Popen(
            [node, find_program(), "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._diagnostics,
            # No buffers of Python's: their locks would be held for ever in the child of a fork.
            bufsize=0,
            **group,
        )
        self._writing = threading.Lock()
        self._waiting: Dict[int, "queue.SimpleQueue[_Reply]"] = {}
        self._next = 0
        self._reader = threading.Thread(target=self._read, name="sparsest", daemon=True)
        self._reader.start()
        try:
            reply = self._ask("initialize", {"protocol": PROTOCOL}, ())
        except InternalError as error:
            self.close()
            raise NodeNotFound(f"{node}: expected Node.js 20 or later, found one that does not run the program; {REMEDY}\n{error}") from None
        self.server = reply.json

    @property
    def alive(self) -> bool:
        """Can be asked."""
        return self._process.poll() is None

    def ask(
        self,
        method: str,
        arguments: Sequence[str],
        options: Mapping[str, object],
        files: Sequence[Tuple[str, Payload]],
        take: Sequence[str],
    ) -> Answer:
        """Runs a command.

        :param files: name and content of files that the command reads
        :param take: names of files that the command writes, which come back instead
        :raises InputError: when the command cannot use what it is given
        """
        params = {
            "arguments": arguments,
            "options": options,
            "files": [{"name": name, "bytes": len(content)} for name, content in files],
            "take": take,
        }
        return self._ask(method, params, [content for _, content in files])

    def leave(self) -> None:
        """Closes this end of the conversation, in the child of a fork: the other one is the parent's."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def close(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._diagnostics):
            try:
                if stream is not None:
                    stream.close()
            except OSError:
                # What was not sent before it ended.
                pass

    def _ask(self, method: str, params: Mapping[str, Any], contents: Sequence[Payload]) -> Answer:
        with self._writing:
            request = self._next
            self._next += 1
        mine: "queue.SimpleQueue[_Reply]" = queue.SimpleQueue()
        self._waiting[request] = mine
        interrupted = False
        try:
            try:
                self._send({"jsonrpc": "2.0", "id": request, "method": method, "params": params}, contents)
            except OSError:
                # It has ended; the thread that reads says why.
                pass
            while True:
                try:
                    reply = self._wait(mine)
                    break
                except KeyboardInterrupt:
                    # The first time it ends with what it has, the second time at once.
                    self._send({"jsonrpc": "2.0", "method": "cancel", "params": {"id": request, "hard": interrupted}}, ())
                    if interrupted:
                        raise
                    interrupted = True
        finally:
            self._waiting.pop(request, None)
        if isinstance(reply, _Failure):
            if interrupted:
                raise KeyboardInterrupt
            raise _error(reply)
        result, files = reply
        if method == "initialize":
            return Answer(result, 0, {}, False)
        if interrupted and not isinstance(result["answer"], dict):
            raise KeyboardInterrupt
        if not isinstance(result["answer"], dict):
            raise SparsestError(result["notices"].strip() or f"{method}: no answer")
        return Answer(result["answer"], result["exitCode"], files, interrupted)

    def _wait(self, mine: "queue.SimpleQueue[_Reply]") -> _Reply:
        while True:
            try:
                return mine.get(timeout=TURN)
            except queue.Empty:
                # The thread that reads may have ended before this request began to wait.
                if self._process.poll() is not None and mine.empty():
                    return self._ended()

    def _send(self, message: Mapping[str, Any], contents: Sequence[Payload]) -> None:
        line = json.dumps(message, separators=(",", ":")).encode() + b"\n"
        stream = self._process.stdin
        assert stream is not None
        with self._writing:
            try:
                for part in (line, *contents):
                    rest = memoryview(part)
                    while len(rest) > 0:
                        rest = rest[os.write(stream.fileno(), rest) :]
            except BaseException:
                # Half a message: what follows could not be understood.
                self._process.kill()
                raise

    def _read(self) -> None:
        """The thread: gives every answer to whoever waits for it."""
        assert self._process.stdout is not None
        stream = _Stream(self._process.stdout.fileno())
        while True:
            line = stream.line()
            if line is None:
                break
            message = json.loads(line)
            result = message.get("result")
            if result is None:
                reply: _Reply = _Failure(message["error"]["code"], message["error"]["message"])
            else:
                files = {file["name"]: stream.read(file["bytes"]) for file in result.get("files", ())}
                reply = (result, files)
            mine = self._waiting.get(message["id"])
            if mine is not None:
                mine.put(reply)
        self._process.wait()
        failure = self._ended()
        for mine in list(self._waiting.values()):
            mine.put(failure)

    def _ended(self) -> _Failure:
        try:
            self._diagnostics.seek(0)
            said = self._diagnostics.read()[-2000:].decode(errors="replace").strip()
        except ValueError:
            said = ""
        return _Failure(4, f"the program ended (exit code {self._process.returncode})" + (f": {said}" if said else ""))


class _Stream:
    """What arrives, line by line and in pieces of a given size."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = bytearray()

    def _more(self) -> bool:
        try:
            found = os.read(self._descriptor, 1 << 20)
        except OSError:
            found = b""
        self._rest += found
        return len(found) > 0

    def line(self) -> Optional[bytes]:
        """The next line; None at the end."""
        seen = 0
        while True:
            end = self._rest.find(b"\n", seen)
            if end >= 0:
                return self.read(end + 1)
            seen = len(self._rest)
            if not self._more():
                return None

    def read(self, size: int) -> bytes:
        """So many bytes; fewer at the end."""
        while len(self._rest) < size and self._more():
            pass
        found = bytes(self._rest[:size])
        del self._rest[:size]
        return found


def _error(failure: _Failure) -> SparsestError:
    if failure.code in ABOUT_THE_INPUT:
        return InputError(failure.message)
    return InternalError(failure.message)


_lock = threading.Lock()
_client: Optional[Client] = None


def client() -> Client:
    """The process of this interpreter; a new one when it has ended."""
    global _client
    with _lock:
        if _client is not None and not _client.alive:
            _client.close()
            _client = None
        if _client is None:
            _client = Client()
        return _client


def close() -> None:
    """Ends the process; the next question starts another one."""
    global _client
    with _lock:
        if _client is not None:
            _client.close()
        _client = None


#: Processes of the parents of forks: they are not ours to end.
_parents: List[Client] = []


def _after_fork() -> None:
    """In the child of a fork: the process belongs to the parent, and locks may be held by threads that are not here."""
    global _client, _lock
    _lock = threading.Lock()
    if _client is not None:
        _client.leave()
        _parents.append(_client)
    _client = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(close)


def ask(
    method: str,
    arguments: Sequence[str],
    options: Mapping[str, object],
    files: Sequence[Tuple[str, Payload]] = (),
    take: Sequence[str] = (),
) -> Answer:
    """Runs a command in the process of this interpreter, see `Client.ask`."""
    return client().ask(method, list(arguments), options, list(files), list(take))


__all__: List[str] = ["Answer", "Payload", "ask", "client", "close"]
