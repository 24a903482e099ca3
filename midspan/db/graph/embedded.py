"""The graph on kglite, an embedded Cypher engine: the whole graph in memory, kept as a file and its tail.

A batch is applied by being kept: behind the newest file, as rows in the record store. Every process with a
graph in memory brings it up by those rows when it is asked, so that a batch costs what is in the batch,
however large the graph. When the tail has grown to a share of the graph it is written into a new file.

kglite has a log of its own, which would do for one process; here several read one folder while one writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from midspan.db.generations import Generations
from midspan.db.graph.batch import batch_of, packed, size
from midspan.db.graph.cypher_guard import check_limits, check_read_only
from midspan.db.graph.live import LiveGraph
from midspan.db.graph.process import GraphProcess
from midspan.db.graph.schema import COUNTS, SCHEMA_VERSION
from midspan.db.graph.steps import steps
from midspan.db.graph_store import GraphStore, Rows
from midspan.db.record_store import LOCAL, GraphItem, Lease, Outbox, TailSize

TAIL_SHARE = 0.05
"""Of a graph's facts that its tail may change before a new file is written. Whoever opens the graph applies
its tail, and a twentieth takes about as long as reading the file does."""
TAIL_LEAST = 2000
"""Facts that any graph's tail may change."""
BATCH_WEIGHT = 25
"""Facts that a batch counts for by being one, however small."""


class EmbeddedGraph(GraphStore):
    """Facts in ``folder`` as files ``graph.gNNNNNN...``; safe to share between threads."""

    def __init__(self, folder: Path, store: Outbox, replica: str = LOCAL) -> None:
        self._store = store
        self._generations = Generations(
            folder,
            store,
            "graph",
            suffix=".kgl",
            read=lambda path: LiveGraph(GraphProcess(path)),
            model=f"schema-{SCHEMA_VERSION}",
            replica=replica,
        )
        self._nothing: GraphProcess | None = None

    def apply(self, upserts: Sequence[GraphItem], removed: Sequence[str], through: int, lease: Lease) -> None:
        batch = batch_of(upserts, removed)
        newest = self._generations.newest()
        if newest is None:
            graph = _empty()
            graph.apply(json.dumps(batch).encode())
            self._publish(graph, through, lease)
            return
        applied = max(through, newest.applied)
        tail = self._generations.extend(packed(batch), changes=size(batch), applied=applied, lease=lease)
        if _weight(tail) > max(TAIL_LEAST, TAIL_SHARE * newest.counts["Mention"]):
            self._publish(self._current(fresh=True), applied, lease)

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int = 1000,
        seconds: float = 10.0,
    ) -> Rows:
        check_read_only(cypher)
        check_limits(limit, seconds)
        return self._current().query(cypher, parameters or {}, limit, seconds)

    def applied(self) -> int:
        newest = self._generations.newest()
        return 0 if newest is None else newest.applied

    def counts(self) -> dict[str, int]:
        newest = self._generations.newest()
        if newest is None:
            return dict.fromkeys(COUNTS, 0)
        return _counts(self._current()) if self._store.tail_size(newest).batches else dict(newest.counts)

    def describe(self) -> str:
        return f"embedded kglite {version('kglite')}, schema {SCHEMA_VERSION}"

    def clear(self, lease: Lease) -> None:
        self._publish(_empty(), 0, lease)

    def rebuild(
        self, batches: Iterable[Sequence[GraphItem]], through: int, prolong: Callable[[], Lease]
    ) -> None:
        graph = _empty()
        for batch in batches:
            prolong()
            graph.apply(json.dumps(batch_of(batch, [])).encode())
        self._publish(graph, through, prolong())

    def close(self) -> None:
        self._generations.forget()
        if self._nothing is not None:
            self._nothing.close()
            self._nothing = None

    def _current(self, *, fresh: bool = False) -> GraphProcess:
        """What is applied by now: by all means where it is to be published (``fresh``), for what another
        thread's look still had would be published as if it were all. Raises ``DamagedGeneration``,
        ``StoreUnavailable``."""
        snapshot = self._generations.current(fresh=fresh)
        if snapshot is not None and not snapshot.value.alive:
            self._generations.forget()
            snapshot = self._generations.current(fresh=fresh)
        if snapshot is not None:
            return snapshot.value.brought_up(partial(self._store.tail, snapshot.generation))
        if self._nothing is None or not self._nothing.alive:
            self._nothing = _empty()
        return self._nothing

    def _publish(self, graph: GraphProcess, applied: int, lease: Lease) -> None:
        self._generations.publish(
            LiveGraph(graph), graph.save, applied=applied, counts=_counts(graph), lease=lease
        )


def _weight(tail: TailSize) -> int:
    return tail.changes + BATCH_WEIGHT * tail.batches


def _counts(graph: GraphProcess) -> dict[str, int]:
    return {name: graph.run(cypher, {})[0]["n"] for name, cypher in COUNTS.items()}


def _empty() -> GraphProcess:
    graph = GraphProcess()
    for step in steps():
        for statement in step.statements:
            graph.run(statement, {})
    return graph
