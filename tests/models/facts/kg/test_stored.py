"""A graph in its folder: what goes in comes out."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from midspan.errors import ModelFilesMissing, WrongUse
from midspan.models.facts.kg import stored as stored_module
from midspan.models.facts.kg.format import CARD, read_card
from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Neighbour, Relation

MakeGraph = Callable[..., StoredGraph]

ENTITIES = [
    NewEntity("wd:Q1", "Springfield", "city in Illinois", popularity=50, aliases=("Springfield, Illinois",)),
    NewEntity("wd:Q2", "Springfield", "city in Oregon", popularity=9, types=("wd:Q515", "wd:Q999")),
    NewEntity("wd:Q3", "Apple Inc.", "maker of computers", "organisation", 3, ("Apple",)),
    NewEntity("wd:Q4", "apple", "fruit", "other", 7),
    NewEntity("wd:Q515", "city", "large settlement"),
    NewEntity("wd:Q5", "Barack Obama", "president of the United States", "person", 90),
]
PREDICATES = [NewPredicate("wd:P551", "residence", "where somebody lives", ("lives in",))]
RELATIONS = [
    ("wd:Q5", "wd:P551", "wd:Q1"),
    ("wd:Q5", "wd:P551", "wd:Q2"),
    ("wd:Q2", "wd:P47", "wd:Q1"),
    ("wd:Q5", "wd:P551", "wd:Q404"),
]


@pytest.fixture(scope="module")
def graph(make_graph: MakeGraph) -> StoredGraph:
    return make_graph(ENTITIES, PREDICATES, RELATIONS)


def uids(entities: list) -> list[str]:
    return [entity.uid for entity in entities]


def test_namesakes_come_by_popularity(graph: StoredGraph) -> None:
    assert uids(graph.named("springfield's".title())) == ["wd:Q1", "wd:Q2"]


def test_small_letters_find_no_proper_name(graph: StoredGraph) -> None:
    assert uids(graph.named("Apple")) == ["wd:Q4", "wd:Q3"]
    assert uids(graph.named("apple")) == ["wd:Q4"]


def test_what_is_not_there_is_not_found(graph: StoredGraph) -> None:
    assert graph.named("Nowhere") == [] and graph.alike("Qqqqq") == []
    assert graph.entity("wd:Q99") is None and graph.predicate("wd:P99") is None
    assert graph.relations("wd:Q99") == [] and graph.between("wd:Q1", "wd:Q99") == []


def test_an_entity_has_its_fields_and_the_labels_of_its_types(graph: StoredGraph) -> None:
    first, second, none = graph.entities(["wd:Q1", "wd:Q2", "wd:Q9"])
    assert first is not None and first.aliases == ("Springfield, Illinois",) and none is None
    assert second is not None and second.types == ("wd:Q515", "wd:Q999")
    assert graph.type_names(second) == ("city",)
    assert uids(list(graph)) == [entity.uid for entity in ENTITIES] and len(graph) == len(ENTITIES)


def test_a_kind_that_nobody_states_is_seen_from_the_description(graph: StoredGraph) -> None:
    assert [entity.kind for entity in graph] == [
        *("place", "place", "organisation", "other", "place", "person"),
    ]


@pytest.mark.parametrize("written", ["Barak Obama", "Barack Obamma", "BARACK  OBANA"])
def test_a_name_is_found_by_another_spelling(graph: StoredGraph, written: str) -> None:
    (entity, score), *_ = graph.alike(written)
    assert entity.uid == "wd:Q5" and 0.5 < score < 1


def test_the_same_spelling_is_wholly_alike_and_small_letters_stay_apart(graph: StoredGraph) -> None:
    assert [(entity.uid, score) for entity, score in graph.alike("Springfield", 2)] == [
        ("wd:Q1", 1.0),
        ("wd:Q2", 1.0),
    ]
    assert uids([entity for entity, _ in graph.alike("aple")]) == ["wd:Q4"]
    assert uids([entity for entity, _ in graph.alike("Aple")]) == ["wd:Q4", "wd:Q3"]


def test_a_name_with_quotation_marks_is_looked_up_as_it_is(graph: StoredGraph) -> None:
    assert [entity.uid for entity, _ in graph.alike('"Barack" "Obama" OR *')] == ["wd:Q5"]


def test_relations_are_as_subject_first_and_dangling_ones_are_left_out(graph: StoredGraph) -> None:
    assert graph.relations("wd:Q2") == [
        Relation("wd:Q2", "wd:P47", "wd:Q1"),
        Relation("wd:Q5", "wd:P551", "wd:Q2"),
    ]
    assert len(graph.relations("wd:Q5")) == 2 and len(graph.relations("wd:Q5", 1)) == 1
    assert graph.between("wd:Q1", "wd:Q5") == [Relation("wd:Q5", "wd:P551", "wd:Q1")]
    assert (graph.card.relations, graph.card.dangling) == (3, 1)


def test_neighbours_are_what_its_relations_join_it_to(graph: StoredGraph) -> None:
    assert graph.neighbours("wd:Q2") == [
        Neighbour("wd:Q1", "Springfield", "wd:P47", True),
        Neighbour("wd:Q5", "Barack Obama", "wd:P551", False),
    ]
    assert graph.neighbours("wd:Q2", 1) == graph.neighbours("wd:Q2")[:1]
    assert graph.neighbours("wd:Q4") == graph.neighbours("wd:Q404") == []


def test_predicates_know_the_kinds_they_join(graph: StoredGraph) -> None:
    border, residence = graph.predicates()
    assert (border.uid, border.name) == ("wd:P47", "wd:P47")  # nobody gave it words
    assert residence.aliases == ("lives in",)
    assert residence.subject_kinds == {"person": 2} and residence.object_kinds == {"place": 2}


def test_the_identity_follows_from_the_content_alone(make_graph: MakeGraph) -> None:
    first, again = (make_graph(ENTITIES, PREDICATES, RELATIONS, name=name) for name in ("one", "two"))
    other = make_graph(ENTITIES, PREDICATES, RELATIONS[1:])
    assert first.sha256 == again.sha256 != other.sha256


def test_several_threads_share_one(graph: StoredGraph) -> None:
    found: list[int] = []

    def look() -> None:
        for number in range(50):
            graph.alike(f"Springfeld {number}")
            found.append(len(graph.named("Springfield")))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2] * 200


def test_another_version_of_the_format_is_refused(make_graph: MakeGraph) -> None:
    folder = make_graph(ENTITIES).folder
    card = folder / CARD
    card.write_text(json.dumps({**json.loads(card.read_text()), "format": 99}))
    with pytest.raises(WrongUse, match=r"format 99.*build it again"):
        read_card(folder)


def test_a_folder_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match=r"no kg\.json"):
        StoredGraph(tmp_path)


def test_grams_that_all_names_have_are_looked_at_in_pairs(
    make_graph: MakeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_module, "MOST_LOOKED_AT", 30)
    crowd = [NewEntity(f"local:{number}", f"Springfield {number:03}") for number in range(200)]
    graph = make_graph([*crowd, NewEntity("local:x", "Springhill Fields")])
    (entity, score), *_ = graph.alike("Springhxll Fields")
    assert entity.uid == "local:x" and score > 0.7
