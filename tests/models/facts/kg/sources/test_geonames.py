"""The package's own list of places with 15,000 inhabitants or more."""

from collections.abc import Callable

import pytest

from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.source import NewEntity
from midspan.models.facts.kg.sources.geonames import Geonames
from midspan.models.facts.kg.sources.same_places import Settlement, same_places
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import Relation

COUNTRIES = {"US": "United States", "FR": "France", "GE": "Georgia"}
STATES = {"TX": "Texas", "GA": "Georgia"}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> StoredGraph:
    folder = tmp_path_factory.mktemp("geo") / "graph"
    build(folder, Geonames(15_000, bundled_kg()))
    return StoredGraph(folder)


def test_a_place_says_where_it_is_and_how_large(places: StoredGraph) -> None:
    found = {one.description.split(", population")[0] for one in places.named("Springfield")}
    assert {"place in Missouri, United States", "place in Illinois, United States"} <= found
    for one in places.named("Springfield"):
        countries = [r.object for r in places.relations(one.uid) if r.predicate == "wd:P17"]
        assert [places.type_names(one), one.kind, len(countries)] == [("human settlement",), "place", 1]


def test_places_that_both_graphs_have_are_one(places: StoredGraph) -> None:
    both = Graphs([bundled_kg(), places])
    assert both.named("Paris")[0].uid == "wd:Q90"
    paris = [one for one in both.named("Paris") if "France" in one.description]
    assert [one.uid for one in paris] == ["wd:Q90"]
    assert Relation("wd:Q142", "wd:P36", "wd:Q90") in places.between("wd:Q90", "wd:Q142")


def test_names_in_other_scripts_and_codes_are_left_out(places: StoredGraph) -> None:
    (london,) = [one for one in places.named("London") if "United Kingdom" in one.description]
    assert "Londres" in london.aliases and places.named("Лондон") == [] == places.named("LON")


def test_the_larger_namesake_comes_first(places: StoredGraph) -> None:
    sizes = [int(one.description.split()[-1].replace(",", "")) for one in places.named("San Jose")]
    assert len(sizes) > 3 and sizes[0] == max(sizes) and sizes[-1] == min(sizes)


def test_any_place_can_be_gone_on_from() -> None:
    whole = list(Geonames(1_000_000).read(0))
    assert list(Geonames(1_000_000).read(whole[300].position)) == whole[301:]


def test_the_same_place_needs_the_same_country_and_state(make_graph: Callable[..., StoredGraph]) -> None:
    graph = make_graph(
        [
            NewEntity("wd:Q1", "Paris", "county seat of Lamar County, Texas, United States", "place"),
            NewEntity("wd:Q2", "Paris", "capital of France", "place"),
            NewEntity("wd:Q3", "Springfield", "city somewhere", "place"),
            NewEntity("wd:Q4", "Dallas", "county in Texas", "place"),
            NewEntity("wd:Q5", "Georgia", "country in the Caucasus", "place"),
            NewEntity("wd:Q6", "Georgia", "state of the United States of America", "place"),
            NewEntity("wd:Q7", "Nice", "city", "place"),
            NewEntity("wd:Q142", "France", "country in Europe", "place"),
        ],
        relations=[("wd:Q7", "wd:P17", "wd:Q142")],
    )
    listed = [
        Settlement(1, "Paris", "FR", "", 2_000_000),
        Settlement(2, "Paris", "US", "TX", 25_000),
        Settlement(3, "Paris", "US", "GA", 90_000),
        Settlement(4, "Springfield", "US", "GA", 100),
        Settlement(5, "Dallas", "US", "TX", 1_000_000),
        Settlement(6, "Nice", "FR", "", 1),
        Settlement(7, "Nice", "FR", "", 300_000),
    ]
    same = same_places(graph, listed, COUNTRIES, STATES)
    assert same.settlements == {1: "wd:Q2", 2: "wd:Q1", 7: "wd:Q7"}
    assert same.countries == {"GE": "wd:Q5", "FR": "wd:Q142"} and same.states == {"GA": "wd:Q6"}
