"""A dozen cases of the fault campaign: after each, the stores hold what an undisturbed run's hold.

``python -m benchmarks.faults`` runs every fault over many seeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from faults import child
from faults.arena import Arena, EmbeddedArena, ServerArena, good
from faults.campaign import run_case
from faults.child import Order, Site
from faults.contents import differences
from faults.kinds import may_mount
from faults.points import points
from faults.processes import Child, run
from midspan.db.records.engine import make_engine, writing
from midspan.db.records.kinds.fact import fact
from midspan.db.records.tables import embedding, job_item
from services.neo4j import Neo4j
from services.postgres import Postgres

pytestmark = pytest.mark.slow

EMBEDDED = (
    "kill before record commit",
    "kill after publish",
    "kill after graph tail",
    "kill in half a generation file",
    "kill in half a segment",
    "kill in half a log",
    "kill before vector installation",
    "kill after vector merge",
    "kill after claim",
    "kill after decision",
    "kill one of two workers",
    "clock wrong, then killed",
    "clocks of two workers apart",
    "no space for a generation file",
)
SERVERS = (
    "kill after SQL commit",
    "kill after graph transaction",
    "kill after decision",
    "kill one of two workers",
    "clocks of two workers apart",
    "PostgreSQL killed",
    "PostgreSQL hangs for a while",
    "Neo4j killed",
    "Neo4j hangs for a while",
)
BY_CHANCE = ("kill one of two workers",)
"""Faults that a run may escape: the other worker may have done the work already."""


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Arena:
    return EmbeddedArena(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres, neo4j_server: Neo4j
) -> Iterator[Arena]:
    yield ServerArena(tmp_path_factory.mktemp("faults"), postgres, neo4j_server)
    neo4j_server.wipe()


def check(arena: Arena, fault: str) -> None:
    outcome = run_case(arena, fault, seed=7)
    assert outcome.fired or fault in BY_CHANCE, f"the run never met the fault: {outcome.how}"
    assert outcome.equal, f"{outcome.how}: {'; '.join(outcome.problems)}"


@pytest.mark.parametrize("fault", EMBEDDED)
def test_the_embedded_stores_come_out_equal(embedded: Arena, fault: str) -> None:
    if "space" in fault and not may_mount():
        pytest.skip("a full disk needs the right to mount a file system")
    check(embedded, fault)


@pytest.mark.parametrize("fault", SERVERS)
def test_the_servers_come_out_equal(servers: Arena, fault: str) -> None:
    check(servers, fault)


def test_a_lost_row_a_doubled_row_and_a_changed_value_are_seen() -> None:
    there = {"rows": [["a", 1], ["b", 2]], "count": 2}
    assert differences(there, {"rows": [["a", 1], ["b", 2]], "count": 2}) == []
    assert differences(there, {"rows": [["a", 1]], "count": 2})
    assert differences(there, {"rows": [["a", 1], ["a", 1], ["b", 2]], "count": 2})
    assert differences(there, {"rows": [["a", 1], ["b", 3]], "count": 2})
    assert differences(there, {"rows": [["a", 1], ["b", 2]], "count": 3})


# --- the harness itself: it reaches what it names, and sees what it looks for ---


def test_every_point_of_the_embedded_profile_is_reached(embedded: Arena) -> None:
    assert [point for point in points("embedded") if not embedded.reference.hits.get(point)] == []


def test_every_point_of_the_server_profile_is_reached(servers: Arena) -> None:
    assert [point for point in points("servers") if not servers.reference.hits.get(point)] == []


@pytest.fixture
def site(embedded: Arena) -> Iterator[Site]:
    """After a run that nothing broke."""
    made = embedded.fresh()
    good(run(child.ingest, made, Order()))
    yield made
    embedded.drop(made)


@contextmanager
def database(site: Site) -> Iterator[Connection]:
    """A write transaction behind midspan's back."""
    engine = make_engine(f"sqlite:///{site.folder}/midspan.db")
    with writing(engine) as connection:
        yield connection
    engine.dispose()


def told(arena: Arena, site: Site) -> str:
    """What a look at the site finds that the reference does not hold."""
    seen = good(run(child.look, site))
    return "\n".join(differences(arena.reference.contents, seen["contents"]))


def test_two_runs_that_nothing_broke_are_equal(embedded: Arena, site: Site) -> None:
    assert told(embedded, site) == ""


def test_a_lost_fact_is_seen(embedded: Arena, site: Site) -> None:
    with database(site) as connection:
        one = connection.scalar(select(fact.c.id).order_by(fact.c.id).limit(1))
        connection.execute(delete(fact).where(fact.c.id == one))
    found = told(embedded, site)
    assert "table fact" in found
    assert "doctor" in found


def test_a_doubled_fact_is_seen(embedded: Arena, site: Site) -> None:
    with database(site) as connection:
        row = dict(connection.execute(select(fact).limit(1)).mappings().one())
        connection.execute(insert(fact).values(row | {"id": "fact-doubled"}))
    assert "table fact" in told(embedded, site)


def test_an_index_that_holds_another_vector_is_seen(embedded: Arena, site: Site) -> None:
    with database(site) as connection:
        key, vector = embedding.c.segment_key, embedding.c.vector
        first, second = connection.execute(select(key, vector).order_by(key).limit(2)).all()
        assert first.vector != second.vector
        connection.execute(update(embedding).where(key == first.segment_key).values(vector=second.vector))
    found = told(embedded, site)
    assert "table embedding" in found
    assert "vector index" in found


def test_a_job_that_is_done_with_an_item_at_work_is_seen(embedded: Arena, site: Site) -> None:
    with database(site) as connection:
        connection.execute(update(job_item).where(job_item.c.idx == 0).values(state="running"))
    found = told(embedded, site)
    assert "jobs" in found
    assert "running" in found


def test_a_process_that_does_not_end_is_called_stuck(embedded: Arena) -> None:
    site = embedded.fresh()
    process = Child(child.ingest, site, Order("before record commit", 1, "ask"))
    assert process.reached()
    assert process.end(1.0).how == "stuck"
    embedded.drop(site)
