"""A graph in a process of its own (see ``engine.py``), used like an object."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from midspan.db.graph.child import GRACE_SECONDS, NARROWER, Child
from midspan.db.graph_store import Rows
from midspan.errors import DamagedGeneration, QueryTimeout, StoreUnavailable, WrongUse

WORK_UNITS = 5_000_000
"""Intermediate rows a query may make."""


class GraphProcess:
    """One graph, empty or from a file; threads take turns. Ends with its last reference."""

    def __init__(self, path: Path | None = None) -> None:
        """Raises ``DamagedGeneration`` for a file that the engine cannot read."""
        self._child = Child("midspan.db.graph.engine")
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

    def save(self, path: Path, indexes: Sequence[tuple[str, str]]) -> None:
        """Write the graph to a file, with full-text indexes over (label, property). Raises ``OSError``."""
        reply = self._child.call("save", {"path": str(path), "indexes": [list(pair) for pair in indexes]})
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
        try:
            reply = self._child.call("query", wanted, seconds + GRACE_SECONDS)
        except TimeoutError as error:
            raise QueryTimeout(
                f"the query did not stop at its time limit and was ended; {NARROWER}"
            ) from error
        if reply.get("error") == "timeout":
            raise QueryTimeout(f"the query ran longer than {seconds:g} s; {NARROWER}, or allow more time")
        if reply.get("error") == "work":
            raise QueryTimeout(f"the query makes more than {WORK_UNITS:,} rows on its way; {NARROWER}")
        return rows_of(reply)


def rows_of(reply: Mapping[str, Any]) -> Rows:
    """What a child answered to a query. Raises ``QueryTimeout``, ``WrongUse``."""
    if reply.get("error") == "large":
        raise QueryTimeout(f"the query is too large: {reply['message']}; {NARROWER}, and return less of it")
    if "error" in reply:
        raise WrongUse(f"the query cannot be run: {reply['message']}")
    value = reply["value"]
    return Rows(tuple(value["columns"]), tuple(tuple(row) for row in value["rows"]), value["truncated"])
