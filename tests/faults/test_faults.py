"""A dozen cases of the fault campaign: after each, the stores hold what an undisturbed run's hold.

``python -m benchmarks.faults`` runs every fault over many seeds.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faults.arena import Arena, EmbeddedArena, ServerArena
from faults.campaign import run_case
from faults.contents import differences
from faults.kinds import may_mount
from services.neo4j import Neo4j
from services.postgres import Postgres

pytestmark = pytest.mark.slow

EMBEDDED = (
    "kill before record commit",
    "kill after publish",
    "kill in half a generation file",
    "kill after claim",
    "kill one of two workers",
    "clock wrong, then killed",
    "clocks of two workers apart",
    "no space for a generation file",
)
SERVERS = (
    "kill after SQL commit",
    "kill after graph transaction",
    "kill one of two workers",
    "clocks of two workers apart",
    "PostgreSQL killed",
    "PostgreSQL hangs for a while",
    "Neo4j killed",
    "Neo4j hangs for a while",
)


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
