"""The graph on kglite, an embedded Cypher engine: the whole graph in memory, kept as generation files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import kglite

from midspan.db.cypher_guard import check_read_only
from midspan.db.generations import Generations
from midspan.db.graph_schema import COUNTS, FULL_TEXT, SCHEMA_VERSION, SET_UP, apply_batch
from midspan.db.stores import GraphFact, GraphStore, Lease, RecordStore, Rows
from midspan.errors import DamagedGeneration, QueryTimeout, WrongUse

WORK_UNITS = 5_000_000
"""Intermediate rows a query may make; bounds its memory to about half a gigabyte."""

_MADE_UP = ("id", "title", "type")
"""Properties that kglite adds to nodes and relations and nobody has stored."""


class EmbeddedGraph(GraphStore):
    """Facts in ``folder`` as files ``graph.gNNNNNN...``; safe to share between threads.

    Each ``apply`` rewrites the file (about 0.3 s for 100,000 nodes), so batches should be large.
    """

    def __init__(self, folder: Path, store: RecordStore) -> None:
        kglite.set_query_warning_policy("silent")  # they would go to standard error
        self._folder = folder
        self._generations = Generations(
            folder, store, "graph", suffix=".kgl", read=_read, model=f"schema-{SCHEMA_VERSION}"
        )

    def apply(self, upserts: Sequence[GraphFact], removed: Sequence[str], through: int, lease: Lease) -> None:
        snapshot = self._generations.current()
        graph, applied = _empty(), 0
        if snapshot is not None:
            graph = _parse(self._folder / snapshot.generation.file)
            applied = snapshot.generation.applied
        apply_batch(lambda cypher, rows: _run(graph, cypher, rows), upserts, removed)
        self._publish(graph, max(through, applied), lease)

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        seconds: float = 10.0,
    ) -> Rows:
        check_read_only(cypher)
        frozen = self._frozen()
        try:
            found = frozen.cypher(
                cypher,
                params=dict(parameters or {}),
                timeout_ms=max(1, int(seconds * 1000)),
                row_limit=limit + 1,
                max_work_units=WORK_UNITS,
            )
        except (kglite.KgError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise _translation(error, seconds) from error
        columns = tuple(found.columns)
        rows = [tuple(plain(row[column]) for column in columns) for row in found]
        return Rows(columns, tuple(rows[:limit]), truncated=len(rows) > limit)

    def applied(self) -> int:
        snapshot = self._generations.current()
        return 0 if snapshot is None else snapshot.generation.applied

    def counts(self) -> dict[str, int]:
        snapshot = self._generations.current()
        return dict.fromkeys(COUNTS, 0) if snapshot is None else dict(snapshot.generation.counts)

    def clear(self, lease: Lease) -> None:
        self._publish(_empty(), 0, lease)

    def close(self) -> None:
        """Nothing is held open: files are read whole."""

    def _frozen(self) -> Any:
        snapshot = self._generations.current()
        return _empty().freeze() if snapshot is None else snapshot.value

    def _publish(self, graph: Any, applied: int, lease: Lease) -> None:
        counts = {name: _run(graph, cypher, {})[0]["n"] for name, cypher in COUNTS.items()}
        for label, property_name in FULL_TEXT.values():
            if label in graph.node_types:
                graph.build_text_index(label, property_name)  # many changes leave it stale
        file: bytes = graph.to_bytes()
        self._generations.publish(
            kglite.from_bytes(file).freeze(),
            lambda path: _write(path, file),
            applied=applied,
            counts=counts,
            lease=lease,
        )


def _translation(error: Exception, seconds: float) -> QueryTimeout | WrongUse:
    narrower = "begin it with a narrower MATCH, as a node by its uid"
    if isinstance(error, kglite.CypherTimeoutError):
        return QueryTimeout(f"the query ran longer than {seconds:g} s; {narrower}, or allow more time")
    if isinstance(error, kglite.CypherExecutionError) and "max_work_units" in str(error):
        return QueryTimeout(f"the query makes more than {WORK_UNITS:,} rows on its way; {narrower}")
    return WrongUse(f"the query cannot be run: {error}")


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


def _empty() -> Any:
    graph = kglite.KnowledgeGraph()
    for statement in SET_UP:
        graph.cypher(statement)
    return graph


def _run(graph: Any, cypher: str, parameters: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows: list[dict[str, Any]] = graph.cypher(cypher, params=dict(parameters), timeout_ms=0).to_list()
    return rows


def _write(path: Path, file: bytes) -> None:
    path.write_bytes(file)


def _read(path: Path) -> Any:
    """A ``kglite.FrozenGraph``, which any number of threads may query."""
    return _parse(path).freeze()


def _parse(path: Path) -> Any:
    file = path.read_bytes()
    try:
        return kglite.from_bytes(file)
    except kglite.KgError as error:
        raise DamagedGeneration(
            f"{path.name}: kglite {kglite.__version__} cannot read it: {error}"
        ) from error
