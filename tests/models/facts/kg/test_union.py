from collections.abc import Callable

import pytest

from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import Neighbour, Relation

MakeGraph = Callable[..., StoredGraph]


WORLD = [
    NewEntity("wd:Q84", "London", "capital", "place", 200),
    NewEntity("wd:Q92561", "London", "city in Ontario", "place", 20),
]
PLACES = [
    NewEntity("wd:Q84", "London", "place, population 8,961,989", "place", 299, ("Londinium",)),
    NewEntity("gn:6058560", "Londontown", "place in Canada", "place", 62),
]


@pytest.fixture(scope="module")
def world(make_graph: MakeGraph) -> StoredGraph:
    words = [NewPredicate("wd:P47", "shares border with", "", ("borders",))]
    return make_graph(WORLD, words, [("wd:Q84", "wd:P47", "wd:Q92561")], name="world")


@pytest.fixture(scope="module")
def places(make_graph: MakeGraph) -> StoredGraph:
    relations = [("gn:6058560", "wd:P47", "wd:Q84"), ("gn:6058560", "wd:P17", "wd:Q84")]
    return make_graph(PLACES, [], relations, name="places")


@pytest.fixture(scope="module")
def both(world: StoredGraph, places: StoredGraph) -> Graphs:
    return Graphs([world, places])


def test_what_both_know_is_one_entity_as_the_first_says(both: Graphs) -> None:
    assert [(one.uid, one.description) for one in both.named("London")] == [
        ("wd:Q84", "capital"),
        ("wd:Q92561", "city in Ontario"),
    ]
    assert [one.uid for one in both] == ["wd:Q84", "wd:Q92561", "gn:6058560"]
    assert [one.uid for one in both.named("Londinium")] == ["wd:Q84"]


def test_names_that_only_one_has_are_found_there(both: Graphs) -> None:
    assert [one.uid for one in both.named("Londontown")] == ["gn:6058560"]
    assert [(one.uid, score) for one, score in both.alike("London", 2)] == [("wd:Q84", 1), ("wd:Q92561", 1)]
    assert both.alike("Londontow")[0][0].uid == "gn:6058560"


def test_relations_and_the_kinds_of_predicates_add_up(both: Graphs) -> None:
    assert both.relations("wd:Q84") == [
        Relation("wd:Q84", "wd:P47", "wd:Q92561"),
        Relation("gn:6058560", "wd:P17", "wd:Q84"),
        Relation("gn:6058560", "wd:P47", "wd:Q84"),
    ]
    assert both.neighbours("wd:Q84", 2) == [
        Neighbour("wd:Q92561", "London", "wd:P47", True),
        Neighbour("gn:6058560", "Londontown", "wd:P17", False),
    ]
    assert both.between("wd:Q84", "gn:6058560") == both.between("gn:6058560", "wd:Q84") != []
    border = both.predicate("wd:P47")
    assert border is not None and border.name == "shares border with" and border.aliases == ("borders",)
    assert border.subject_kinds == {"place": 2} == border.object_kinds
    assert [one.uid for one in both.predicates()] == ["wd:P17", "wd:P47"]


def test_another_order_is_another_identity(world: StoredGraph, places: StoredGraph, both: Graphs) -> None:
    assert Graphs([places, world]).sha256 != both.sha256 == Graphs([world, places]).sha256
