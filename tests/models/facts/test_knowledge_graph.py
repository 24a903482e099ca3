from dataclasses import replace

import pytest

from midspan.errors import ModelHashMismatch
from midspan.models.facts import knowledge_graph as module
from midspan.models.facts.knowledge_graph import KnowledgeGraph, bundled_kg, normalise
from midspan.models.registry import all_models

ROWS = [
    ("Q1", "place", "50", "Springfield", "city", "Springfield, Illinois"),
    ("Q2", "place", "9", "Springfield", "another city", ""),
    ("Q3", "organisation", "3", "Apple Inc.", "maker of computers", "Apple"),
    ("Q4", "other", "7", "apple", "fruit", ""),
]


@pytest.fixture
def graph() -> KnowledgeGraph:
    return KnowledgeGraph(ROWS, [("P19", "place of birth", "where")], "0" * 64)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("The Beatles'", "beatles"),
        ("Poland's", "poland"),
        ("Poland’s", "poland"),
        ("U.S.", "us"),
        ("Spider-Man", "spider man"),
        ("Zoë", "zoë"),
        ("ＡＢＣ", "abc"),
        ("!!!", "!!!"),
    ],
)
def test_names_are_compared_without_their_trimmings(written: str, plain: str) -> None:
    assert normalise(written) == plain


def test_namesakes_come_by_popularity(graph: KnowledgeGraph) -> None:
    assert [entity.uid for entity in graph.named("springfield's".title())] == ["wd:Q1", "wd:Q2"]


def test_small_letters_find_no_proper_name(graph: KnowledgeGraph) -> None:
    assert {entity.uid for entity in graph.named("Apple")} == {"wd:Q3", "wd:Q4"}
    assert {entity.uid for entity in graph.named("apple")} == {"wd:Q4"}


def test_an_unknown_name_finds_nothing(graph: KnowledgeGraph) -> None:
    assert graph.named("Nowhere") == []
    assert graph.entity("wd:Q99") is None and graph.predicate("wd:P99") is None


def test_entities_and_predicates_by_uid(graph: KnowledgeGraph) -> None:
    entity, predicate = graph.entity("wd:Q3"), graph.predicate("wd:P19")
    assert entity is not None and (entity.name, entity.kind, entity.popularity) == (
        "Apple Inc.",
        "organisation",
        3,
    )
    assert predicate is not None and predicate.name == "place of birth"


def test_the_bundled_graph_knows_warsaw() -> None:
    (warsaw,) = bundled_kg().named("Warsaw")
    assert (warsaw.uid, warsaw.kind, warsaw.description) == (
        "wd:Q270",
        "place",
        "capital and largest city of Poland",
    )


def test_another_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        all_models(), "facts.alias", replace(all_models()["facts.alias"], weights_sha256="0" * 64)
    )
    with pytest.raises(ModelHashMismatch, match=r"entities\.tsv\.gz"):
        module.bundled_kg.__wrapped__()
