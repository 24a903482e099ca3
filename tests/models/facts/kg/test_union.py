from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from midspan.errors import ModelFilesMissing, WrongUse
from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import Relation

MakeGraph = Callable[..., StoredGraph]


@dataclass
class Lengths:
    """An encoder: the length of a text on a half circle."""

    name: str = "lengths"
    weights_sha256: str = "1" * 64
    dim: int = 2

    def encode(self, texts: list[str]) -> np.ndarray:
        angles = np.array([len(text) / 20 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


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
    return make_graph(WORLD, words, [("wd:Q84", "wd:P47", "wd:Q92561")], Lengths, name="world")


@pytest.fixture(scope="module")
def places(make_graph: MakeGraph) -> StoredGraph:
    relations = [("gn:6058560", "wd:P47", "wd:Q84"), ("gn:6058560", "wd:P17", "wd:Q84")]
    return make_graph(PLACES, [], relations, Lengths, name="places")


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
    assert both.between("wd:Q84", "gn:6058560") == both.between("gn:6058560", "wd:Q84") != []
    border = both.predicate("wd:P47")
    assert border is not None and border.name == "shares border with" and border.aliases == ("borders",)
    assert border.subject_kinds == {"place": 2} == border.object_kinds
    assert [one.uid for one in both.predicates()] == ["wd:P17", "wd:P47"]


def test_the_nearest_of_all_come_once_each(both: Graphs) -> None:
    question = Lengths().encode(["Londontown: place in Canada"])
    names, scores = both.near(question, 3)
    assert names[0][0] == "gn:6058560" and len(set(names[0])) == 3
    assert scores[0, 0] == pytest.approx(1, abs=1e-3)
    found = both.vectors(["gn:6058560", "wd:Q84", "wd:Q1"])
    np.testing.assert_allclose(found[0], question[0], atol=1e-3)
    assert found[1].any() and not found[2].any()


def test_a_graph_without_vectors_is_passed_over(world: StoredGraph, make_graph: MakeGraph) -> None:
    bare = make_graph(PLACES, name="bare")
    mixed = Graphs([bare, world])
    assert mixed.encoder == world.encoder
    assert set(mixed.near(Lengths().encode(["London"]), 5)[0][0]) == {"wd:Q84", "wd:Q92561"}
    with pytest.raises(ModelFilesMissing, match="bare"):
        Graphs([bare]).near(Lengths().encode(["London"]), 1)


def test_vectors_of_two_encoders_are_refused(world: StoredGraph, make_graph: MakeGraph) -> None:
    other = make_graph(PLACES, encoder=lambda: Lengths(weights_sha256="2" * 64), name="other")
    with pytest.raises(WrongUse, match="different encoders"):
        Graphs([world, other])


def test_another_order_is_another_identity(world: StoredGraph, places: StoredGraph, both: Graphs) -> None:
    assert Graphs([places, world]).sha256 != both.sha256 == Graphs([world, places]).sha256
