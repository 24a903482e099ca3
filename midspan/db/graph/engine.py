"""The process that holds one kglite graph and answers requests (see ``child.py``).

kglite has a process of its own because its shared object takes 1.5 kB of static thread-local storage, of
which glibc keeps about 1.7 kB for libraries that are loaded later: beside it the OpenMP runtimes of torch
and FAISS cannot both be loaded. Users' questions are answered in forks of it (see ``forks.py``), which an
alarm ends in the middle of whatever the engine does: it looks at its own time limit only between steps.

``python -m midspan.db.graph.engine DESCRIPTOR``, the socket through which questions come;
:class:`midspan.db.graph.process.GraphProcess` is the other end.
"""

from __future__ import annotations

import math
import socket
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import kglite

from midspan.db.graph.child import AnswerTooLarge, deeper, limit_memory, serve, take_rows
from midspan.db.graph.forks import Forks
from midspan.db.graph.schema import FULL_TEXT, apply_batch
from midspan.db.graph.statements import Batch

MANY = 1_000_000_000
"""Changes that a full-text index takes in without being built anew: no limit."""
_READ_WORDS = "MATCH (n:{label}) WITH n LIMIT 1 RETURN text_bm25(n, '{of}', 'a')"

_MADE_UP = ("id", "title", "type")
"""Properties that kglite adds to nodes and relations and nobody has stored."""


class Engine:
    """One graph. A fork for a query is made between two changes, and so never sees half of one."""

    def __init__(self) -> None:
        self._graph: Any = kglite.KnowledgeGraph()

    def load(self, path: str) -> None:
        """Take a graph file instead of the empty graph."""
        self._graph = kglite.from_bytes(Path(path).read_bytes())

    def run(self, cypher: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A statement of our own, which may write; its rows."""
        rows = self._graph.cypher(cypher, params=dict(parameters), timeout_ms=0).to_list()
        return [{name: plain(value) for name, value in row.items()} for row in rows]

    def apply(self, batch: Batch) -> None:
        """Change the graph, full-text indexes included."""
        apply_batch(self.run, batch)
        for name, (label, of) in FULL_TEXT.items():
            self._freshen(name, label, of)

    def save(self, path: str) -> None:
        Path(path).write_bytes(self._graph.to_bytes())

    def _freshen(self, name: str, label: str, of: str) -> None:
        """Bring a full-text index up: it follows changes when it is read, which in a fork is for nothing.

        Reading the words of one node does so, for a few milliseconds. It is built anew where many deletions
        made the engine drop it, and where it takes in fewer changes than there were, of which the engine
        warns: as it was first made it lets a query take in a thousand.
        """
        if label not in self._graph.node_types:
            return
        if not self._graph.has_text_index(label, of):
            self._graph.build_text_index(label, of, MANY, name=name)
        elif self._graph.cypher(_READ_WORDS.format(label=label, of=of)).warnings:
            self._graph.build_text_index(label, of, MANY)

    def query(
        self, cypher: str, parameters: dict[str, Any], limit: int, milliseconds: int, work_units: int
    ) -> dict[str, Any]:
        """A user's read, already checked: at most ``limit`` rows. For a fork, whose memory it limits."""
        limit_memory()
        found = self._graph.freeze().cypher(
            cypher,
            params=parameters,
            timeout_ms=milliseconds,
            row_limit=limit + 1,
            max_work_units=work_units,
        )
        columns = list(found.columns)
        rows = ([plain(row[column]) for column in columns] for row in found)
        taken, truncated = take_rows(rows, limit)
        return {"columns": columns, "rows": taken, "truncated": truncated}


def plain(value: Any, level: int = 0) -> Any:
    """A JSON value for what kglite answers, at a level of lists and maps within each other.

    A node becomes ``{"id", "labels", "properties"}``, a relation ``{"id", "type", "start", "end",
    "properties"}`` (ids are strings that hold within one generation), a path ``{"nodes",
    "relationships"}``; dates and times become ISO 8601, numbers that are not finite None. Raises
    ``AnswerTooLarge`` for what nests too deep.
    """
    if isinstance(value, dict):
        inner = deeper(level)
        if value.keys() == {"id", "labels", "properties"}:
            return {"id": str(value["id"]), "labels": list(value["labels"]), "properties": _stored(value)}
        if value.keys() == {"id", "start", "end", "type", "properties"}:
            ends = {name: str(value[name]) for name in ("start", "end")}
            return {"id": str(value["id"]), "type": value["type"], **ends, "properties": _stored(value)}
        return {str(key): plain(item, inner) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        inner = deeper(level)
        return [plain(item, inner) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float)) or value is None else str(value)


def _stored(element: Mapping[str, Any]) -> dict[str, Any]:
    return {k: plain(v) for k, v in element["properties"].items() if k not in _MADE_UP}


def failed(error: BaseException) -> dict[str, Any]:
    """What is answered for an error, also for the engine's panics."""
    errno = error.errno if isinstance(error, OSError) else None
    return {"error": _kind(error), "message": str(error), "errno": errno}


def _kind(error: BaseException) -> str:
    if isinstance(error, AnswerTooLarge):
        return "large"
    if isinstance(error, kglite.CypherTimeoutError):
        return "timeout"
    if isinstance(error, kglite.CypherExecutionError) and "max_work_units" in str(error):
        return "work"
    return "full" if isinstance(error, OSError) else "refused"


def main() -> None:
    kglite.set_query_warning_policy("silent")
    engine = Engine()
    names = ("load", "run", "apply", "save")
    calls: dict[str, Callable[..., Any]] = {name: getattr(engine, name) for name in names}
    control = socket.socket(fileno=int(sys.argv[1]))
    forks = Forks(control, {"query": engine.query}, failed)
    serve(calls, failed, forks.lines())


if __name__ == "__main__":
    main()
