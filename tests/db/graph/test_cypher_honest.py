"""A hundred honest questions pass and are answered alike by both engines; docs/cypher.md lists them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from midspan.errors import WrongUse
from tests.db.graph.cypher_honest import DIFFERENT, QUESTIONS, SERVER_ALONE
from tests.db.graph.honest_graph import PARAMETERS, Both, comparable

PAGE = Path(__file__).parents[3] / "docs" / "cypher.md"
ALL = [question for questions in QUESTIONS.values() for question in questions]


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
test ARGS=tests/db/graph/test_cypher_honest.py`). What nodes, relations and properties there are is said in
[graph.md](graph.md).

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
