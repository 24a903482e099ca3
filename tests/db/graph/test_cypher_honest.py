"""A hundred honest questions pass and are answered alike by both engines; docs/cypher.md lists them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from midspan.db import migrate
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.graph.neo4j import Neo4jGraph
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.errors import WrongUse
from midspan.records import Fact, FactSlot, Provenance
from services.neo4j import Neo4j
from tests.db.graph.cypher_honest import DIFFERENT, QUESTIONS, SERVER_ALONE

PAGE = Path(__file__).parents[3] / "docs" / "cypher.md"
ALL = [question for questions in QUESTIONS.values() for question in questions]
PARAMETERS = {"uid": "wd:Q1", "uids": ["wd:Q1", "wd:Q2"]}


def slot(surface: str, uid: str | None, name: str, literal: Any = "") -> FactSlot:
    return FactSlot(surface, 0, len(surface), uid, name, 0.9, literal)


ADA, BABBAGE = slot("Ada", "wd:Q1", "Ada Lovelace"), slot("he", "wd:Q2", "Charles Babbage")
ENGINE, LONDON = slot("engine", "wd:Q3", "Analytical Engine"), slot("London", "wd:Q4", "London")
MARY, DAY = slot("Mary", None, "Mary"), slot("1815", None, "1815-12-10", "date")
KNEW, BORN = slot("knew", "wd:P1", "acquaintance"), slot("born", "wd:P2", "date of birth")
INVENTED, PLACE = slot("invented", "wd:P3", "invented"), slot("stood in", "wd:P4", "location")

SAID = (
    (ADA, KNEW, BABBAGE, "affirmed", 0.9),
    (ADA, KNEW, BABBAGE, "affirmed", 0.5),
    (BABBAGE, INVENTED, ENGINE, "affirmed", 0.8),
    (ENGINE, PLACE, LONDON, "affirmed", 0.7),
    (ADA, INVENTED, ENGINE, "negated", 0.6),
    (ADA, BORN, DAY, "affirmed", 0.4),
    (MARY, KNEW, ADA, "affirmed", 0.3),
    (ADA, PLACE, LONDON, "hedged", 0.2),
)


def facts() -> Iterator[GraphFact]:
    for number, (subject, predicate, object_, polarity, score) in enumerate(SAID):
        source = f"source-{number // 3}"
        place = Provenance(source, "run", f"segment-{number}", "char", 10.0 * number, 10.0 * number + 9)
        text = f"{subject.surface} {predicate.surface} {object_.surface}."
        said = Fact(
            id=f"fact-{number}",
            provenance=place,
            text=text,
            subject=subject,
            predicate=predicate,
            object=object_,
            polarity=polarity,  # type: ignore[arg-type]
            status="linked",
            score=score,
        )
        yield GraphFact(said, f"Title of {source}", f"/library/{source}.txt", page=number)


@dataclass(frozen=True)
class Both:
    embedded: GraphStore
    server: GraphStore


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, neo4j_server: Neo4j) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("honest")
    url = f"sqlite:///{folder / 'store.db'}"
    migrate.upgrade(url)
    store = SqlRecordStore(make_engine(url))
    neo4j_server.wipe()
    lease = store.acquire("projector", "here", 600.0)
    assert lease is not None
    graphs = Both(EmbeddedGraph(folder / "graph", store), Neo4jGraph.at(neo4j_server.url))
    for graph in (graphs.embedded, graphs.server):
        graph.apply(list(facts()), [], 1, lease)
    yield graphs
    for graph in (graphs.embedded, graphs.server):
        graph.close()
    store.close()
    neo4j_server.wipe()


def comparable(question: str, rows: Any) -> list[str]:
    """Rows as JSON, numbers alike whether an engine calls them integers or floats; in the order of the answer
    where the question asks for one."""
    told = [json.dumps(_plain(row), sort_keys=True) for row in rows]
    return told if "ORDER BY" in question.rpartition("RETURN")[2] else sorted(told)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return round(float(value), 9) if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize("question", ALL)
def test_both_engines_give_the_same_answer(both: Both, question: str) -> None:
    answers = [graph.query(question, PARAMETERS) for graph in (both.embedded, both.server)]
    first, second = (comparable(question, answer.rows) for answer in answers)
    assert first == second
    assert answers[0].columns == answers[1].columns
    assert first, "an honest question that finds nothing shows nothing"


@pytest.mark.parametrize("shown", SERVER_ALONE)
def test_what_the_server_alone_understands_is_an_error_of_the_askers_on_the_other(
    both: Both, shown: str
) -> None:
    assert both.server.query(SERVER_ALONE[shown]).rows
    with pytest.raises(WrongUse, match="cannot be run"):
        both.embedded.query(SERVER_ALONE[shown])


def test_the_servers_own_nodes_are_found_without_a_label(both: Both) -> None:
    ask = "MATCH (n) RETURN DISTINCT labels(n)[0] AS label"
    embedded, server = (
        {label for (label,) in graph.query(ask).rows} for graph in (both.embedded, both.server)
    )
    assert server - embedded == {"Projection", "Migration"}
    assert not embedded - server


def test_there_are_a_hundred() -> None:
    assert len(set(ALL)) >= 100


INTRODUCTION = """\
# The Cypher that both profiles understand

Each of these questions is asked of the embedded engine and of Neo4j 5.26 by the tests, over one small
graph, and must be let through and answered alike. The page is made from them (`MIDSPAN_WRITE_DOCS=1 make
test ARGS=tests/db/graph/test_cypher_honest.py`). What nodes, relations and properties there are is said at
the top of [schema.py](../midspan/db/graph/schema.py).

Typed-in queries may only read: clauses that write, LOAD CSV, administration and all but a few named
procedures are refused before an engine sees them. They have limits of time, rows, memory and size of the
answer; one that meets its limit is ended by itself, and four may run at the same time
([measured](../benchmarks/results/cypher_bombs.md): what a plain question waits beside three without end).
"""


def page() -> str:
    lines = [INTRODUCTION.rstrip()]
    for shown, questions in QUESTIONS.items():
        lines += ["", f"## {shown}", "", "```cypher", *questions, "```"]
    lines += ["", "## Where the two differ", "", *(f"- {difference}" for difference in DIFFERENT)]
    lines += ["", "Understood by Neo4j alone (the embedded engine says that it cannot run them):", ""]
    lines += ["| what | query |", "|---|---|"]
    lines += [f"| {what} | `{query.replace('|', chr(92) + '|')}` |" for what, query in SERVER_ALONE.items()]
    lines += [""]
    return "\n".join(lines)


def test_the_page_lists_them() -> None:
    if os.environ.get("MIDSPAN_WRITE_DOCS"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "run this test with MIDSPAN_WRITE_DOCS=1 and commit docs/cypher.md"
