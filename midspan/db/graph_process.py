"""A graph in a process of its own (see ``graph_engine.py``), used like an object."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from midspan.db.stores import Rows
from midspan.errors import DamagedGeneration, QueryTimeout, StoreUnavailable, WrongUse

WORK_UNITS = 5_000_000
"""Intermediate rows a query may make; bounds its memory to about half a gigabyte."""
GRACE_SECONDS = 5.0
"""What a query may take beyond its limit before its process is killed."""
NARROWER = "begin it with a narrower MATCH, as a node by its uid"


class GraphProcess:
    """One graph, empty or from a file; threads take turns. Ends with its last reference."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises ``DamagedGeneration`` for a file that the engine cannot read."""
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "midspan.db.graph_engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONSAFEPATH": "1"},
        )
        self.close = weakref.finalize(self, _end, self._process)
        if path is not None:
            reply = self._call("load", {"path": str(path)})
            if "error" in reply:
                self.close()
                raise DamagedGeneration(f"{path.name} cannot be read: {reply['message']}")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, cypher: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A statement of our own. Raises ``StoreUnavailable``."""
        rows: list[dict[str, Any]] = self._must("run", {"cypher": cypher, "parameters": dict(parameters)})
        return rows

    def save(self, path: Path, indexes: Sequence[tuple[str, str]]) -> None:
        """Write the graph to a file, with full-text indexes over (label, property). Raises ``OSError``."""
        reply = self._call("save", {"path": str(path), "indexes": [list(pair) for pair in indexes]})
        if reply.get("errno") is not None:
            raise OSError(reply["errno"], os.strerror(reply["errno"]))
        if "error" in reply:
            raise StoreUnavailable(f"the graph cannot be written: {reply['message']}")

    def query(self, cypher: str, parameters: Mapping[str, Any], limit: int, seconds: float) -> Rows:
        """A user's read, already checked. Raises ``QueryTimeout``, ``WrongUse``."""
        wanted = {
            "cypher": cypher,
            "parameters": dict(parameters),
            "rows": limit + 1,
            "milliseconds": max(1, int(seconds * 1000)),
            "work_units": WORK_UNITS,
        }
        reply = self._call("query", wanted, seconds + GRACE_SECONDS)
        if reply.get("error") == "timeout":
            raise QueryTimeout(f"the query ran longer than {seconds:g} s; {NARROWER}, or allow more time")
        if reply.get("error") == "work":
            raise QueryTimeout(f"the query makes more than {WORK_UNITS:,} rows on its way; {NARROWER}")
        if "error" in reply:
            raise WrongUse(f"the query cannot be run: {reply['message']}")
        rows = [tuple(row) for row in reply["value"]["rows"]]
        return Rows(tuple(reply["value"]["columns"]), tuple(rows[:limit]), truncated=len(rows) > limit)

    def _must(self, call: str, values: dict[str, Any]) -> Any:
        reply = self._call(call, values)
        if "error" in reply:
            raise StoreUnavailable(f"the embedded graph failed: {reply['message']}")
        return reply["value"]

    def _call(self, call: str, values: dict[str, Any], seconds: float | None = None) -> dict[str, Any]:
        try:
            request = json.dumps({"call": call, "with": values}).encode() + b"\n"
        except (TypeError, ValueError, RecursionError) as error:
            raise WrongUse(f"a parameter is no plain JSON value: {error}") from error
        with self._turn:
            try:
                line = self._exchange(request, seconds)
            except OSError as error:
                raise StoreUnavailable(
                    f"the embedded graph's process is gone ({error}); try again"
                ) from error
        if not line:
            raise StoreUnavailable("the embedded graph's process ended in mid-call; try again")
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
                    self._process.kill()
                    self._process.wait()
                    raise QueryTimeout(f"the query did not stop at its time limit and was ended; {NARROWER}")
        return answers.readline()


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
