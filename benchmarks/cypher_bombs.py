"""How long a plain question waits beside three queries that will not end, and how long these go on.

    python -m benchmarks.cypher_bombs [--facts N] [--questions N]

On both engines, over made-up facts: three bombs of one kind run with a limit of BOMB_SECONDS while plain
questions are asked one after the other.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.common import spread, write
from benchmarks.growth import made_fact
from midspan.db import migrate
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import CypherRefused, MidspanError
from services.neo4j import Neo4j

BATCH = 1000
BOMB_SECONDS = 10.0
TEXT = "WITH reduce(s = 'ab', i IN range(1, 20) | s + s) AS t "
BOMBS: Mapping[str, str] = {
    "none": "",
    "reduce": TEXT
    + "RETURN reduce(n = 0, x IN range(1, 4000000) | n + size(replace(t, 'a', toString(x)))) AS n",
    "all within all": "RETURN all(x IN range(1, 100000) WHERE all(y IN range(1, 100000) WHERE y > 0)) AS yes",
    "EXISTS": "MATCH (a:Entity) WHERE EXISTS { MATCH (a)-[*1..12]-(b) WHERE b.name = 'x' } RETURN count(a)",
    "COUNT": "MATCH (a:Entity) RETURN COUNT { MATCH (a)-[*1..12]-(b) } AS n",
    "shortestPath": (
        "MATCH (a:Entity), (b:Entity) WHERE a.uid < b.uid MATCH p = shortestPath((a)-[*..30]-(b)) "
        "RETURN count(p) AS n"
    ),
    "join": "MATCH (a:Entity), (b:Entity), (c:Entity) WHERE a.name + b.name = c.name RETURN count(*) AS n",
    "gathering": "UNWIND range(1, 1000000000) AS x RETURN collect(toString(x)) AS l",
}
PLAIN = "MATCH (a:Entity)-[f:FACT]->(b:Entity) RETURN a.name, f.name, b.name LIMIT 20"


def explode(graph: GraphStore, cypher: str) -> tuple[float, str]:
    """Seconds until it ended, and how."""
    start = time.perf_counter()
    try:
        graph.query(cypher, seconds=BOMB_SECONDS)
        how = "answered"
    except CypherRefused:
        how = "refused"
    except MidspanError as error:
        how = (
            "memory"
            if "memory" in str(error) or "MiB" in str(error)
            else "rows"
            if "rows" in str(error)
            else "time"
        )
    return time.perf_counter() - start, how


def measure(graph: GraphStore, bomb: str, questions: int) -> tuple[list[float], list[tuple[float, str]]]:
    """Seconds of each plain question, and what became of three bombs beside them."""
    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(explode, graph, bomb) for _ in range(3 if bomb else 0)]
        time.sleep(0.5 if bomb else 0.0)
        waited = []
        for _ in range(questions):
            start = time.perf_counter()
            graph.query(PLAIN)
            waited.append(time.perf_counter() - start)
        return waited, [one.result() for one in running]


def rows(name: str, graph: GraphStore, questions: int) -> list[list[str]]:
    graph.query(PLAIN)
    table = []
    for bomb, cypher in BOMBS.items():
        waited, ends = measure(graph, cypher, questions)
        found = spread(waited)
        table.append(
            [
                name,
                bomb,
                f"{found['median']:.2f}",
                f"{found['max']:.2f}",
                f"{max(spent for spent, _ in ends):.1f}" if ends else "",
                ", ".join(sorted({how for _, how in ends})),
            ]
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=10)
    given = parser.parse_args()
    facts = [made_fact(number) for number in range(given.facts)]
    table: list[list[str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'store.db'}"
        migrate.upgrade(url)
        store = SqlRecordStore(make_engine(url))
        lease = store.acquire("projector", "benchmark", 86_400.0)
        assert lease is not None
        server = Neo4j(folder / "neo4j")
        server.start()
        try:
            graphs: dict[str, GraphStore] = {
                "embedded": EmbeddedGraph(folder / "graph", store),
                "neo4j": Neo4jGraph.at(server.url),
            }
            for engine, graph in graphs.items():
                for through, start in enumerate(range(0, given.facts, BATCH), start=1):
                    graph.apply(facts[start : start + BATCH], [], through, lease)
                table += rows(engine, graph, given.questions)
                graph.close()
        finally:
            server.kill()
            store.close()
    write(
        "cypher_bombs",
        "A plain question beside three bombs",
        ["engine", "three of", "plain, median s", "plain, longest s", "bomb ends after s", "by"],
        table,
        [
            f"{given.facts:,} made-up facts; {given.questions} plain questions one after the other, the "
            f"first half a second after three bombs with a limit of {BOMB_SECONDS:g} s; a bomb that ends "
            "sooner leaves the later questions alone.",
            "By: its limit of time, of memory or of rows on the way, an answer, or a refusal before the "
            "engine sees it.",
            "Server and client share the machine.",
        ],
    )


if __name__ == "__main__":
    main()
