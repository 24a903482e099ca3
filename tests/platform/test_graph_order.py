"""Whatever the order, however often, and wherever the projector dies: the same sources and decisions make the
same graph, and linking again moves what was outside the knowledge graph into it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midspan.db.graph import embedded
from midspan.db.graph import neo4j as neo4j_graph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph.process import GraphProcess
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import LOCAL
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import WrongUse
from midspan.records import Named, digest
from services.neo4j import Neo4j
from tests.db.graph.graph_model import expected, read
from tests.platform.machines import Boot, Machine
from tests.platform.told import SAID, graph_facts, outside, told

KONRAD, HENSCHEL = outside("Konrad Zuse"), outside("Henschel")
ZUSE, OTHER_ZUSE = outside("Zuse", "one"), outside("Zuse", "two")
KNOWN = Named("wd:Q7", "Konrad Zuse, engineer")

Act = tuple[Any, ...]


@pytest.fixture(scope="module")
def served(neo4j_server: Neo4j) -> Iterator[Neo4jGraph]:
    opened = Neo4jGraph.at(neo4j_server.url)
    yield opened
    opened.close()


acts = st.one_of(
    st.tuples(st.just("ingest"), st.sampled_from(sorted(SAID)), st.sampled_from([0, 1])),
    st.tuples(st.just("retire"), st.sampled_from(sorted(SAID))),
    st.tuples(
        st.sampled_from(["same", "different"]),
        st.sampled_from([KONRAD, ZUSE]),
        st.sampled_from([KNOWN, OTHER_ZUSE]),
    ),
    st.tuples(st.just("undo")),
    st.tuples(st.just("project"), st.sampled_from([0, 1, 2, 3, 17, 23])),
    st.tuples(st.just("rebuild")),
)


class Died(BaseException):
    """As kill -9 would end it, but that the lease is given back; ``faults`` kills real processes."""


STEPS = ((SqlRecordStore, "append"), (GraphProcess, "apply"), (GraphProcess, "save"))
"""Of the embedded graph: a batch is kept, taken in, and written into a file."""


@contextmanager
def dying(points: Sequence[tuple[Any, str]], nth: int) -> Iterator[None]:
    """The ``nth`` call to any of these is never made; with 0 all are."""
    seen = 0

    def stopping(real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == nth:
                raise Died
            return real(*arguments, **named)

        return call

    with pytest.MonkeyPatch.context() as patch, suppress(Died):
        for owner, name in points:
            patch.setattr(owner, name, stopping(getattr(owner, name)))
        yield


class Played:
    """Acts on a machine, and beside them what should be there in the end."""

    def __init__(self, folder: Path, template: Path, graph: GraphStore | None) -> None:
        shutil.copy(template, folder / "store.db")
        self._folder, self._graph = folder, graph
        self.machine = self._boot()
        self.there: dict[str, int] = {}

    def _boot(self) -> Machine:
        return Machine(self._folder, f"sqlite:///{self._folder / 'store.db'}", LOCAL, self._graph)

    def ingest(self, name: str, graph: int) -> None:
        self.machine.store.commit(told(name, graph))
        self.there[name] = graph

    def retire(self, name: str) -> None:
        if name in self.there:
            self.machine.store.retire(digest(name), None)
            del self.there[name]

    def same(self, one: Named, other: Named) -> None:
        with suppress(WrongUse):
            self.machine.store.decide("same", one, other, "me", "")

    def different(self, one: Named, other: Named) -> None:
        with suppress(WrongUse):
            self.machine.store.decide("different", one, other, "me", "")

    def undo(self) -> None:
        for decision in self.machine.store.decisions()[:1]:
            with suppress(WrongUse):
                self.machine.store.undo(decision.number, "me", "")

    def project(self, nth: int) -> None:
        """Up to the statement at which it dies; then a new process has the folder."""
        points = ((neo4j_graph, "_rows"),) if self._graph else STEPS
        with dying(points, nth):
            assert self.machine.projector.project().complete
        if nth:
            self.close()
            self.machine = self._boot()

    def rebuild(self) -> None:
        assert self.machine.projector.rebuild().complete

    def close(self) -> None:
        self.machine.projector.close()
        self.machine.store.close()
        if self._graph is None:
            self.machine.graph.close()


def play(played: Played, work: list[Act]) -> None:
    for act, *what in work:
        getattr(played, act)(*what)
    played.project(0)
    store = played.machine.store
    merges = store.merges([item for ids in store.all_ids("graph") for item in ids])
    assert read(played.machine.graph) == expected([*graph_facts(played.there), *merges.values()])
    assert played.machine.is_equal()
    played.close()


@pytest.mark.parametrize("record_store_url", ["sqlite"], indirect=True)
def test_linking_again_supersedes_in_one_transaction(machine: Boot) -> None:
    one = machine()
    one.store.commit(told("one", 0))
    assert one.projector.project().complete
    before = one.store.outbox_end("graph")
    one.store.commit(told("one", 1))

    (entry,) = one.store.outbox("graph", before, 10)
    assert set(entry.ids) == {item.id for graph in (0, 1) for item in graph_facts({"one": graph})}
    assert one.projector.project().complete
    assert read(one.graph) == expected(graph_facts({"one": 1}))


@pytest.mark.parametrize("record_store_url", ["sqlite"], indirect=True)
def test_support_is_counted_anew_where_one_of_two_sources_is_linked_again(machine: Boot) -> None:
    one = machine()
    asked = (
        "MATCH (:Entity)-[f:FACT {name: 'worked at'}]->(o:Entity) RETURN o.in_kg, f.support ORDER BY o.uid"
    )
    for name in ("one", "two"):
        one.store.commit(told(name, 0))
    assert one.projector.project().complete
    assert one.graph.query(asked).rows == ((False, 2),)

    one.store.commit(told("one", 1))
    assert one.projector.project().complete
    assert one.graph.query(asked).rows == ((False, 1), (True, 1))

    one.store.commit(told("two", 1))
    assert one.projector.project().complete
    assert one.graph.query(asked).rows == ((True, 2),)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=st.lists(acts, max_size=8))
def test_the_embedded_graph_is_that_of_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, work: list[Act]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "TAIL_LEAST", 2 * embedded.BATCH_WEIGHT)
        play(Played(tmp_path_factory.mktemp("played"), sqlite_template, None), work)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(work=st.lists(acts, max_size=8))
def test_the_graph_on_neo4j_is_that_of_what_is_there(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, served: Neo4jGraph, work: list[Act]
) -> None:
    with served._session("WRITE") as session:
        session.run("MATCH (n) DETACH DELETE n").consume()
    play(Played(tmp_path_factory.mktemp("played"), sqlite_template, served), work)
