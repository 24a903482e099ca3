"""The graph on kglite, an embedded Cypher engine: the whole graph in memory, kept as generation files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from midspan.db.generations import Generations
from midspan.db.graph.cypher_guard import check_limits, check_read_only
from midspan.db.graph.process import GraphProcess
from midspan.db.graph.schema import COUNTS, FULL_TEXT, SCHEMA_VERSION, apply_batch
from midspan.db.graph.steps import steps
from midspan.db.graph_store import GraphStore, Rows
from midspan.db.record_store import LOCAL, GraphItem, Lease, Outbox


class EmbeddedGraph(GraphStore):
    """Facts in ``folder`` as files ``graph.gNNNNNN...``; safe to share between threads.

    Each ``apply`` rewrites the file (about 0.3 s for 100,000 nodes), so batches should be large.
    """

    def __init__(self, folder: Path, store: Outbox, replica: str = LOCAL) -> None:
        self._folder = folder
        self._generations = Generations(
            folder,
            store,
            "graph",
            suffix=".kgl",
            read=GraphProcess,
            model=f"schema-{SCHEMA_VERSION}",
            replica=replica,
        )
        self._nothing: GraphProcess | None = None

    def apply(self, upserts: Sequence[GraphItem], removed: Sequence[str], through: int, lease: Lease) -> None:
        snapshot = self._generations.current()
        if snapshot is None:
            graph, applied = _empty(), 0
        else:
            graph = GraphProcess(self._folder / snapshot.generation.file)
            applied = snapshot.generation.applied
        apply_batch(graph.run, upserts, removed)
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
        check_limits(limit, seconds)
        return self._frozen().query(cypher, parameters or {}, limit, seconds)

    def applied(self) -> int:
        snapshot = self._generations.current()
        return 0 if snapshot is None else snapshot.generation.applied

    def counts(self) -> dict[str, int]:
        snapshot = self._generations.current()
        return dict.fromkeys(COUNTS, 0) if snapshot is None else dict(snapshot.generation.counts)

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
            apply_batch(graph.run, batch, [])
        self._publish(graph, through, prolong())

    def close(self) -> None:
        self._generations.forget()
        if self._nothing is not None:
            self._nothing.close()
            self._nothing = None

    def _frozen(self) -> GraphProcess:
        snapshot = self._generations.current()
        if snapshot is not None and not snapshot.value.alive:
            self._generations.forget()
            snapshot = self._generations.current()
        if snapshot is not None:
            return snapshot.value
        if self._nothing is None or not self._nothing.alive:
            self._nothing = _empty()
        return self._nothing

    def _publish(self, graph: GraphProcess, applied: int, lease: Lease) -> None:
        counts = {name: graph.run(cypher, {})[0]["n"] for name, cypher in COUNTS.items()}
        self._generations.publish(
            graph,
            lambda path: graph.save(path, list(FULL_TEXT.values())),
            applied=applied,
            counts=counts,
            lease=lease,
        )


def _empty() -> GraphProcess:
    graph = GraphProcess()
    for step in steps():
        for statement in step.statements:
            graph.run(statement, {})
    return graph
