"""Facts a second projected into the graph, against the raw driver's UNWIND of the same rows.

    python -m benchmarks.graph_rate [--facts N] [--batch N] [--rounds N]

Made-up facts go into an empty graph in batches: by ``GraphStore.apply`` on Neo4j and on the embedded engine,
and by the driver alone on Neo4j: the rows are made before the clocks start, it is the same nodes, relations,
constraints and statements, one transaction a batch, but there is no look at what is there, no counting of
support and no applied entry. The ways take turns in one run, and all must end with the same counts. CPU time
is that of this process, the server and the engine together, which the machine's other work changes little.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import neo4j

from benchmarks.common import Spent, clocked, spread, write
from benchmarks.growth import made_fact
from midspan.db import migrate
from midspan.db.graph.batch import batch_of
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import CHANGES_A_TRANSACTION, Neo4jGraph
from midspan.db.graph.rows import assertion_uid, slot_uid
from midspan.db.graph.schema import apply_batch
from midspan.db.graph.statements import ROWS_A_STATEMENT
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, Lease
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from services.neo4j import Neo4j

Statement = tuple[str, dict[str, Any]]
"""Cypher and its parameters."""
Batches = Sequence[Sequence[GraphFact]]
Counts = dict[str, int]

FACT_EDGES = """
UNWIND $rows AS row MATCH (e:Entity {uid: row.subject}) MATCH (o:Entity {uid: row.object})
MERGE (e)-[f:FACT {assertion: row.assertion}]->(o)
SET f.pid = row.pid, f.name = row.name, f.polarity = row.polarity, f.modality = row.modality,
    f.support = 1, f.confidence = row.confidence
"""


def statements(batch: Sequence[GraphFact], asserted: set[str]) -> list[Statement]:
    """What adds a batch to a graph that began empty: the statements over rows that ``apply`` runs too, and
    the FACT relations, which ``apply`` draws from what it has counted.

    ``asserted`` holds the assertions of the batches before, and behind the call those of this one.
    """
    made: list[Statement] = []

    def note(cypher: str, parameters: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        if "rows" in parameters:
            made.append((cypher, dict(parameters)))
            return []
        return [{"uid": uid} for uid in parameters["uids"] if uid in asserted]

    apply_batch(note, batch_of(batch, []))
    asserted.update(assertion_uid(item.fact) for item in batch)
    edges = [
        {
            "subject": slot_uid(item.fact.subject, item.fact.provenance.source_id),
            "object": slot_uid(item.fact.object, item.fact.provenance.source_id),
            "assertion": assertion_uid(item.fact),
            "pid": slot_uid(item.fact.predicate, item.fact.provenance.source_id),
            "name": item.fact.predicate.name,
            "polarity": item.fact.polarity,
            "modality": item.fact.modality,
            "confidence": item.fact.score,
        }
        for item in batch
    ]
    parts = range(0, len(edges), ROWS_A_STATEMENT)
    return made + [(FACT_EDGES, {"rows": edges[start : start + ROWS_A_STATEMENT]}) for start in parts]


def through_the_store(graph: GraphStore, batches: Batches, lease: Lease) -> tuple[Spent, Counts]:
    graph.clear(lease)

    def work() -> None:
        for through, batch in enumerate(batches, start=1):
            graph.apply(batch, [], through, lease)
        graph.query("RETURN 1")  # the embedded graph takes in what it is asked for

    return clocked(work), graph.counts()


def by_the_driver(
    driver: neo4j.Driver, graph: GraphStore, batches: Batches, lease: Lease
) -> tuple[Spent, Counts]:
    """``graph`` is another look at the same server: it empties it, and counts."""
    graph.clear(lease)
    asserted: set[str] = set()
    prepared = [statements(batch, asserted) for batch in batches]

    def add(transaction: neo4j.ManagedTransaction, batch: list[Statement]) -> None:
        for cypher, parameters in batch:
            transaction.run(cypher, parameters).consume()

    def work() -> None:
        with driver.session() as session:
            for batch in prepared:
                session.execute_write(add, batch)

    return clocked(work), graph.counts()


def compare(server: Neo4j, folder: Path, batches: Batches, rounds: int) -> dict[str, list[Spent]]:
    """What each way took, in turns; the first round warms the server up and is left out."""
    url = f"sqlite:///{folder / 'store.db'}"
    migrate.upgrade(url)
    store = SqlRecordStore(make_engine(url))
    lease = store.acquire("projector", "benchmark", 86_400.0)
    assert lease is not None
    served, embedded = Neo4jGraph.at(server.url), EmbeddedGraph(folder / "graph", store)
    with neo4j.GraphDatabase.driver(server.address, auth=(server.user, server.password)) as driver:
        ways: dict[str, Callable[[], tuple[Spent, Counts]]] = {
            "neo4j": lambda: through_the_store(served, batches, lease),
            "driver": lambda: by_the_driver(driver, served, batches, lease),
            "embedded": lambda: through_the_store(embedded, batches, lease),
        }
        taken: dict[str, list[Spent]] = {name: [] for name in ways}
        for turn in range(rounds + 1):
            counts = []
            for name in list(ways) if turn % 2 else list(reversed(ways)):
                spent, counted = ways[name]()
                counts.append(counted)
                if turn:
                    taken[name].append(spent)
            assert all(found == counts[0] for found in counts), counts
    for graph in (served, embedded):
        graph.close()
    store.close()
    return taken


def told(values: list[float], form: str) -> str:
    found = spread(values)
    return f"{found['median']:{form}} ({found['min']:{form}} to {found['max']:{form}})"


def cells(facts: int, driver: list[Spent], way: list[Spent]) -> list[str]:
    """Facts a second and a CPU second, then the ratios to the driver's."""
    rates = [told([facts / spent for spent in taken], ",.0f") for taken in zip(*way, strict=True)]
    pairs = zip(zip(*driver, strict=True), zip(*way, strict=True), strict=True)
    ratios = [[raw / spent for raw, spent in zip(*pair, strict=True)] for pair in pairs]
    return [*rates, *(told(ratio, ".2f") for ratio in ratios)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=5000)
    parser.add_argument("--batch", type=int, default=1000, help="facts a transaction")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    facts = [made_fact(number) for number in range(given.facts)]
    batches = [facts[start : start + given.batch] for start in range(0, given.facts, given.batch)]
    with tempfile.TemporaryDirectory() as name:
        server = Neo4j(Path(name) / "neo4j")
        server.start()
        try:
            taken = compare(server, Path(name), batches, given.rounds)
        finally:
            server.stop()
    shown = {
        "neo4j": "GraphStore.apply, Neo4j",
        "driver": "driver's UNWIND, Neo4j",
        "embedded": "GraphStore.apply, embedded",
    }
    table = [[name, *cells(given.facts, taken["driver"], taken[way])] for way, name in shown.items()]
    write(
        "graph_rate",
        "Facts a second into the graph",
        [
            *("way", "facts/s", "facts a CPU second"),
            *("facts/s / driver's", "facts a CPU second / driver's"),
        ],
        table,
        [
            f"{given.facts:,} facts in batches of {given.batch:,} (the store takes them into Neo4j "
            f"{CHANGES_A_TRANSACTION} a transaction, the driver at once; embedded it is a row of the tail) "
            "into an empty graph with its constraints and full-text indexes; a fact here is a mention, its "
            "assertion and sentence, a quarter of a document, up to two entities and a predicate.",
            "The driver's way runs apply's own UNWIND statements from rows made before the clocks "
            "start, draws the FACT relations from rows too, and leaves out the look at what is there, "
            "counting support, dropping what nobody says any more, and the applied entry.",
            f"{given.rounds} rounds after one that warms up, the ways in turns, every other round backwards; "
            "median (least to greatest), ratios by round. Server and client share the machine, and a "
            "CPU second is one of both together. All ways end with the same counts.",
        ],
    )


if __name__ == "__main__":
    main()
