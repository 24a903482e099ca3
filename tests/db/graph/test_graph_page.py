"""docs/graph.md: both engines answer its queries alike, and its tables name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.db.graph.honest_graph import PARAMETERS, Both, comparable

PAGE = (Path(__file__).parents[3] / "docs" / "graph.md").read_text()
QUERIES = [
    query.strip()
    for block in re.findall(r"```cypher\n(.*?)```", PAGE, re.DOTALL)
    for query in block.split("\n\n")
]


@pytest.mark.parametrize("query", QUERIES)
def test_both_engines_answer_the_pages_queries_alike(both: Both, query: str) -> None:
    answers = [graph.query(query, PARAMETERS) for graph in (both.embedded, both.server)]
    first, second = (comparable(query, answer.rows) for answer in answers)
    assert first == second
    assert first, "an example that finds nothing shows nothing"


def test_its_tables_name_every_property(both: Both) -> None:
    there = both.embedded.query("MATCH (n) RETURN labels(n)[0] AS label, keys(n) AS names").rows
    assert len(QUERIES) > 9
    for label, names in there:
        (row,) = re.findall(rf"^\| `{label}` \|(.*)\|.*\|$", PAGE, re.MULTILINE)
        said = set(re.findall(r"`(\w+)`", row)) | {"uid"}
        said |= {f"{role}_{what}" for role in ("predicate", "object") for what in ("name", "score")}
        assert set(names) - {"id", "title", "type"} <= said, label


def test_it_draws_every_relation_with_what_it_carries(both: Both) -> None:
    there = both.embedded.query("MATCH ()-[r]->() RETURN DISTINCT type(r) AS kind, keys(r) AS names").rows
    for kind, names in there:
        (carried,) = re.findall(rf"\[:{kind}(?: \{{(.*?)\}})?\]->", PAGE.split("```text")[1].split("```")[0])
        assert set(names) - {"id", "type"} <= set(carried.split(", ")), kind
