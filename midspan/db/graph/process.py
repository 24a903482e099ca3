"""A graph in a process of its own (see ``engine.py``), used like an object."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from midspan.db.graph.child import NARROWER, OUT_OF_MEMORY, QUERY_MEMORY, Child, encoded
from midspan.db.graph.forks import GRACE_SECONDS, Asking
from midspan.db.graph_store import Rows
from midspan.errors import DamagedGeneration, QueryTimeout, StoreUnavailable, WrongUse

WORK_UNITS = 5_000_000
"""Intermediate rows a query may make."""


class GraphProcess:
    """One graph, empty or from a file. Ends with its last reference.

    Threads take turns to change it; their queries run beside each other.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Raises ``DamagedGeneration`` for a file that the engine cannot read."""
        self._asking = Asking()
        with self._asking.theirs as theirs:
            self._child = Child("midspan.db.graph.engine", theirs.fileno())
        self.close = self._child.close
        if path is not None:
            reply = self._child.call("load", {"path": str(path)})
            if "error" in reply:
                self.close()
                raise DamagedGeneration(f"{path.name} cannot be read: {reply['message']}")

    @property
    def alive(self) -> bool:
        return self._child.alive

    def run(self, cypher: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A statement of our own. Raises ``StoreUnavailable``."""
        reply = self._child.call("run", {"cypher": cypher, "parameters": dict(parameters)})
        if "error" in reply:
            raise StoreUnavailable(f"the embedded graph failed: {reply['message']}")
        rows: list[dict[str, Any]] = reply["value"]
        return rows

    def apply(self, batch: bytes) -> None:
        """Change the graph by the JSON of a batch; no query sees half of it. Raises ``StoreUnavailable``.

        After an error the graph may hold half of it: close the process.
        """
        reply = self._child.send(b'{"call": "apply", "with": {"batch": ' + batch + b"}}\n")
        if "error" in reply:
            raise StoreUnavailable(f"the embedded graph failed: {reply['message']}")

    def save(self, path: Path) -> None:
        """Write the graph to a file, with its full-text indexes. Raises ``OSError``."""
        reply = self._child.call("save", {"path": str(path)})
        if reply.get("errno") is not None:
            raise OSError(reply["errno"], os.strerror(reply["errno"]))
        if "error" in reply:
            raise StoreUnavailable(f"the graph cannot be written: {reply['message']}")

    def query(self, cypher: str, parameters: Mapping[str, Any], limit: int, seconds: float) -> Rows:
        """A user's read, already checked. Raises ``QueryTimeout``, ``WrongUse``."""
        wanted = {
            "cypher": cypher,
            "parameters": dict(parameters),
            "limit": limit,
            "milliseconds": max(1, int(seconds * 1000)),
            "work_units": WORK_UNITS,
        }
        request = encoded("query", wanted, seconds=seconds + GRACE_SECONDS)
        try:
            reply = self._asking.ask(request, seconds)
        except TimeoutError as error:
            self._child.kill()
            raise StoreUnavailable("the graph's process hung and was ended; try again") from error
        if "ended" in reply:
            raise _why_it_ended(reply["ended"], seconds)
        if reply.get("error") == "timeout":
            raise _too_long(seconds)
        if reply.get("error") == "work":
            raise QueryTimeout(f"the query makes more than {WORK_UNITS:,} rows on its way; {NARROWER}")
        return rows_of(reply)


def _why_it_ended(status: int, seconds: float) -> QueryTimeout | WrongUse:
    """For the exit status of a fork that gave no answer."""
    if status == -signal.SIGALRM:
        return _too_long(seconds)
    if status in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL):
        return QueryTimeout(f"the query needs more than {QUERY_MEMORY >> 20:,} MiB of memory; {NARROWER}")
    return WrongUse("the query cannot be run: it breaks the engine; write it in a simpler way")


def _too_long(seconds: float) -> QueryTimeout:
    return QueryTimeout(f"the query ran longer than {seconds:g} s; {NARROWER}, or allow more time")


def rows_of(reply: Mapping[str, Any]) -> Rows:
    """What a child answered to a query. Raises ``QueryTimeout``, ``WrongUse``."""
    if reply.get("error") == "large":
        raise QueryTimeout(f"the query is too large: {reply['message']}; {NARROWER}, and return less of it")
    if "error" in reply:
        raise WrongUse(f"the query cannot be run: {reply['message']}")
    value = reply["value"]
    return Rows(tuple(value["columns"]), tuple(tuple(row) for row in value["rows"]), value["truncated"])
