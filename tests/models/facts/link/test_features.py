"""What is said of a candidate in figures."""

import numpy as np
import pytest

from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.candidates import named
from midspan.models.facts.link.features import FEATURES, Surroundings, beside_names, matrix
from midspan.models.facts.link.question import Mention, in_text


def of(graph: StoredGraph, mention: Mention, side="object", predicate=None, others=()) -> dict[str, dict]:
    found = named(graph, mention)
    heads = np.linspace(0.9, 0.1, len(found), dtype=np.float32)
    rows = matrix(found, mention, side, predicate, others, Surroundings(graph), heads, heads / 2)
    assert rows.shape == (len(found), len(FEATURES)) and np.isfinite(rows).all()
    return {
        one.entity.uid: dict(zip(FEATURES, row.tolist(), strict=True))
        for one, row in zip(found, rows, strict=True)
    }


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("born in London, Ontario, in 1960", "", "Ontario"),
        ("born in London , Ontario in 1960", "", "Ontario"),
        ("a shop in London Ontario is", "", "Ontario"),
        ("a shop in London (Ontario)", "", "Ontario"),
        ("a shop in Camden, London", "Camden", ""),
        ("London is large", "", ""),
        ("London, a city", "", ""),
    ],
)
def test_names_beside_a_mention_are_found(text: str, before: str, after: str) -> None:
    start = text.index("London")
    mention = in_text(text, start, start + 6, "place")
    assert beside_names(mention.before, mention.after) == (before, after)


def test_what_follows_a_place_says_which_it_is(graph: StoredGraph) -> None:
    text = "She was born in London, Ontario."
    found = of(graph, in_text(text, 16, 22, "place"))
    assert (found["wd:Q2"]["after"], found["wd:Q1"]["after"], found["wd:Q3"]["after"]) == (1, -1, -1)
    assert found["wd:Q2"]["neighbours_named"] > 0 == found["wd:Q1"]["neighbours_named"]


def test_kind_share_and_spelling_are_compared(graph: StoredGraph) -> None:
    found = of(graph, Mention("London", "person"))
    assert (found["wd:Q3"]["kind"], found["wd:Q1"]["kind"]) == (1, -1)
    assert found["wd:Q3"]["share"] == 1  # no place is a person
    assert of(graph, Mention("London"))["wd:Q1"]["share"] == pytest.approx(201 / 263)
    assert (found["wd:Q1"]["label"], found["wd:Q3"]["label"], found["wd:Q3"]["as_written"]) == (1, 0, 1)
    assert of(graph, Mention("LONDON"))["wd:Q1"]["as_written"] == 0
    assert (found["wd:Q1"]["place"], found["wd:Q3"]["person"], found["wd:Q3"]["place"]) == (1, 1, 0)


def test_relations_of_the_graph_speak_for_a_candidate(graph: StoredGraph) -> None:
    author = graph.predicate("wd:P50")
    found = of(graph, Mention("London"), predicate=author, others=["wd:Q6"])
    assert found["wd:Q3"]["adjacent"] == 1 and found["wd:Q1"]["adjacent"] == 0
    assert found["wd:Q3"]["has_predicate"] > 0 == found["wd:Q1"]["has_predicate"]
    assert (found["wd:Q3"]["expected"], found["wd:Q1"]["expected"]) == (1, 0)


def test_how_far_behind_the_best_is_no_more_than_nothing(graph: StoredGraph) -> None:
    found = of(graph, Mention("London"))
    assert max(row["head_behind"] for row in found.values()) == 0
    assert all(row["fit_behind"] <= 0 for row in found.values())
