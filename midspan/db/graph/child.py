"""A Python process of our own that answers requests: killed when it does not end, kept to a memory limit.

Both ends are here. The parent holds a :class:`Child`; the child's module calls :func:`serve`. Requests and
answers are JSON lines on standard input and output, so that secrets stand in no command line.
"""

from __future__ import annotations

import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from midspan.errors import QueryTimeout, StoreUnavailable, WrongUse

GRACE_SECONDS = 5.0
"""What a query may take beyond its limit before its process is killed."""
QUERY_MEMORY = 512 << 20
"""Bytes that a process may take for a query, beyond what it holds already."""
ANSWER_BYTES = 16 << 20
"""Bytes of JSON in the rows of one answer."""
NESTING = 100
"""Lists and maps within each other in one value: whoever shows an answer goes down by recursion."""
NARROWER = "begin it with a narrower MATCH, as a node by its uid"


class AnswerTooLarge(ValueError):
    """One row is larger, or nests deeper, than an answer may."""


OUT_OF_MEMORY = 86
"""Exit status of a child that met its limit in Python; in native code it aborts."""


class Child:
    """``python -m MODULE``; threads take turns. Ends with its last reference."""

    def __init__(self, module: str, *descriptors: int) -> None:
        """``descriptors`` are passed on, and named as arguments."""
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, descriptors)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=descriptors,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONSAFEPATH": "1"},
        )
        self.close = weakref.finalize(self, _end, self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def call(self, name: str, values: Mapping[str, Any], seconds: float | None = None) -> dict[str, Any]:
        """The answer, ``{"value"}`` or ``{"error", "message", ...}``; at most ``seconds`` are waited.

        Raises ``TimeoutError`` having killed the child, ``QueryTimeout`` when it ran out of memory,
        ``StoreUnavailable`` when it is gone for another reason, ``WrongUse`` for values that are no JSON.
        """
        return self.send(encoded(name, values), seconds)

    def send(self, request: bytes, seconds: float | None = None) -> dict[str, Any]:
        """As :meth:`call`, for a request that is a line already."""
        with self._turn:
            try:
                line = self._exchange(request, seconds)
            except BrokenPipeError as error:
                raise StoreUnavailable("the graph's process is gone; try again") from error
            if not line.endswith(b"\n"):
                raise self._why_it_ended()
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _exchange(self, request: bytes, seconds: float | None) -> bytes:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        requests.write(request)
        requests.flush()
        if seconds is not None:
            with selectors.DefaultSelector() as selector:
                selector.register(answers, selectors.EVENT_READ)
                if not selector.select(seconds):
                    self.kill()
                    raise TimeoutError
        return answers.readline()

    def _why_it_ended(self) -> QueryTimeout | StoreUnavailable:
        if self._process.wait() in (OUT_OF_MEMORY, -signal.SIGABRT):
            return QueryTimeout(f"the query needs more than {QUERY_MEMORY >> 20:,} MiB of memory; {NARROWER}")
        return StoreUnavailable("the graph's process ended in mid-call; try again")


def encoded(name: str, values: Mapping[str, Any], **more: Any) -> bytes:
    """A request as a line. Raises ``WrongUse`` for values that are no JSON."""
    try:
        return json.dumps({"call": name, "with": dict(values), **more}).encode() + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise WrongUse(f"a parameter is no plain JSON value: {error}") from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close both pipes, upon which the process ends; make sure that it has."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue  # it has died with a request unread
    try:
        process.wait(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# --- the child's end ---


def serve(
    calls: Mapping[str, Callable[..., Any]],
    failed: Callable[[BaseException], dict[str, Any]],
    requests: Iterable[str] | None = None,
) -> None:
    """Answer the lines of ``requests`` (standard input's) until they end, as they do when the parent does.

    ``failed`` makes ``{"error", "message"}`` of an exception.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print must not get between the answers
    for line in sys.stdin if requests is None else requests:
        try:
            text = answer(calls, failed, json.loads(line))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)  # orderly ends need memory too
        answers.write(text + "\n")
        answers.flush()


def answer(
    calls: Mapping[str, Callable[..., Any]],
    failed: Callable[[BaseException], dict[str, Any]],
    request: Mapping[str, Any],
) -> str:
    """JSON of what the call gives or of what ``failed`` makes of its error. Raises ``MemoryError``."""
    try:
        return json.dumps({"value": calls[request["call"]](**request["with"])})
    except (MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a panic of native code is no Exception
        return json.dumps(failed(error))


def limit_memory() -> None:
    """Let this process grow by ``QUERY_MEMORY`` from where it is now."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        held = next(int(line.split()[1]) for line in status if line.startswith("VmData:"))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held * 1024 + QUERY_MEMORY, hard))


def deeper(level: int) -> int:
    """One level deeper in a value. Raises ``AnswerTooLarge`` beyond ``NESTING``."""
    if level == NESTING:
        raise AnswerTooLarge(f"a value nests more than {NESTING} deep")
    return level + 1


def take_rows(found: Iterable[Sequence[Any]], limit: int) -> tuple[list[Sequence[Any]], bool]:
    """At most ``limit`` rows and ``ANSWER_BYTES``, and whether there are more.

    Raises ``AnswerTooLarge`` when the first row alone is larger.
    """
    rows: list[Sequence[Any]] = []
    size = 0
    for row in found:
        if len(rows) == limit:
            return rows, True
        size += len(json.dumps(row))
        if size > ANSWER_BYTES:
            if rows:
                return rows, True
            raise AnswerTooLarge(f"its first row has more than {ANSWER_BYTES >> 20:,} MiB")
        rows.append(row)
    return rows, False
