"""The process that holds one kglite graph: JSON requests on standard input, answers on standard output.

kglite has a process of its own because its shared object takes 1.5 kB of static thread-local storage, of
which glibc keeps about 1.7 kB for libraries that are loaded later: beside it the OpenMP runtimes of torch
and FAISS cannot both be loaded. It also means that a query that will not end can be killed.

``python -m midspan.db.graph_engine``; :class:`midspan.db.graph_process.GraphProcess` is the other end.
"""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import kglite

_MADE_UP = ("id", "title", "type")
"""Properties that kglite adds to nodes and relations and nobody has stored."""


class Engine:
    """One graph: changed by ``run`` until the first ``query`` freezes it."""

    def __init__(self) -> None:
        self._graph: Any = kglite.KnowledgeGraph()
        self._frozen: Any = None

    def load(self, path: str) -> None:
        """Take a graph file instead of the empty graph."""
        self._graph = kglite.from_bytes(Path(path).read_bytes())

    def run(self, cypher: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        """A statement of our own, which may write; its rows."""
        rows = self._graph.cypher(cypher, params=parameters, timeout_ms=0).to_list()
        return [{name: plain(value) for name, value in row.items()} for row in rows]

    def save(self, path: str, indexes: list[list[str]]) -> None:
        """Write the graph to a file, its full-text indexes (label, property) brought up first."""
        for label, name in indexes:
            if label in self._graph.node_types:
                self._graph.build_text_index(label, name)  # many changes leave it stale
        file: bytes = self._graph.to_bytes()
        Path(path).write_bytes(file)
        self._graph = kglite.from_bytes(file)

    def query(
        self, cypher: str, parameters: dict[str, Any], rows: int, milliseconds: int, work_units: int
    ) -> dict[str, Any]:
        """A user's read, already checked: at most ``rows`` rows."""
        if self._frozen is None:
            self._frozen = self._graph.freeze()
        found = self._frozen.cypher(
            cypher,
            params=parameters,
            timeout_ms=milliseconds,
            row_limit=rows,
            max_work_units=work_units,
        )
        columns = list(found.columns)
        return {
            "columns": columns,
            "rows": [[plain(row[column]) for column in columns] for row in found],
        }


def plain(value: Any) -> Any:
    """A JSON value for what kglite answers.

    A node becomes ``{"id", "labels", "properties"}``, a relation ``{"id", "type", "start", "end",
    "properties"}`` (ids are strings that hold within one generation), a path ``{"nodes",
    "relationships"}``; dates and times become ISO 8601, numbers that are not finite None.
    """
    if isinstance(value, dict):
        if value.keys() == {"id", "labels", "properties"}:
            return {"id": str(value["id"]), "labels": list(value["labels"]), "properties": _stored(value)}
        if value.keys() == {"id", "start", "end", "type", "properties"}:
            ends = {name: str(value[name]) for name in ("start", "end")}
            return {"id": str(value["id"]), "type": value["type"], **ends, "properties": _stored(value)}
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (str, int, float)) or value is None else str(value)


def _stored(element: Mapping[str, Any]) -> dict[str, Any]:
    return {k: plain(v) for k, v in element["properties"].items() if k not in _MADE_UP}


def _kind(error: Exception) -> str:
    if isinstance(error, kglite.CypherTimeoutError):
        return "timeout"
    if isinstance(error, kglite.CypherExecutionError) and "max_work_units" in str(error):
        return "work"
    return "full" if isinstance(error, OSError) else "refused"


def answer(calls: Mapping[str, Callable[..., Any]], line: str) -> str:
    """One request line to one answer line: ``{"value"}`` or ``{"error", "message"}``."""
    request = json.loads(line)
    try:
        return json.dumps({"value": calls[request["call"]](**request["with"])})
    except (kglite.KgError, ValueError, TypeError, OverflowError, RecursionError, OSError) as error:
        errno = error.errno if isinstance(error, OSError) else None
        return json.dumps({"error": _kind(error), "message": str(error), "errno": errno})


def main() -> None:
    """Serve until standard input ends, which it does when the other process does."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the engine itself prints must not get between the answers
    kglite.set_query_warning_policy("silent")
    engine = Engine()
    calls: dict[str, Callable[..., Any]] = {}
    calls |= {"load": engine.load, "run": engine.run, "save": engine.save, "query": engine.query}
    for line in sys.stdin:
        answers.write(answer(calls, line) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
