"""A world is the graph without some of it, and with others of a name."""

from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.knowledge_graph import Relation
from midspan.models.facts.link.training.world import World, namesake_uid, original


def names(found: list) -> list[str]:
    return [one.uid for one in found]


def test_what_is_gone_is_found_in_no_way(graph: StoredGraph) -> None:
    world = World(graph, entities={"wd:Q1", "wd:Q5"})
    assert names(world.named("London")) == ["wd:Q3", "wd:Q2"]
    assert "wd:Q1" not in names([one for one, _ in world.alike("Londn")])
    assert world.entity("wd:Q1") is None and len(world) == len(graph) - 2
    assert world.relations("wd:Q8") == world.neighbours("wd:Q8") == []


def test_an_alias_can_be_forgotten_a_label_cannot(graph: StoredGraph) -> None:
    world = World(graph, aliases={("wd:Q3", "london"), ("wd:Q2", "london")})
    assert names(world.named("London")) == ["wd:Q1", "wd:Q2"]
    london = world.entity("wd:Q3")
    assert london is not None and london.aliases == ()
    assert graph.entity("wd:Q3") != london


def test_a_fact_can_be_unknown(graph: StoredGraph) -> None:
    fact = Relation("wd:Q2", "wd:P131", "wd:Q4")
    world = World(graph, relations={fact})
    assert world.relations("wd:Q2") == world.between("wd:Q4", "wd:Q2") == world.neighbours("wd:Q4") == []
    assert graph.relations("wd:Q2") == [fact]


def test_a_namesake_is_another_s_life_under_the_name(graph: StoredGraph) -> None:
    world = World(graph, namesakes={"Thames": "wd:Q2"})
    first, made = world.named("Thames")
    assert (first.uid, made.uid) == ("wd:Q8", namesake_uid("wd:Q2", "Thames"))
    assert (made.name, made.description, made.aliases) == ("Thames", "city in Ontario, Canada", ())
    assert world.made == [made] and World(graph).made == []
    assert world.neighbours(made.uid) == graph.neighbours("wd:Q2") != []
    assert original(made.uid) == "wd:Q2" and original("wd:Q2") == "wd:Q2"


def test_a_bare_world_has_names_and_nothing_else(graph: StoredGraph) -> None:
    world = World(graph, bare=True)
    assert sorted(names(world.named("London"))) == ["wd:Q1", "wd:Q2", "wd:Q3"]
    assert max(one.popularity for one in world) < 8
    assert world.relations("wd:Q2") == world.neighbours("wd:Q2") == world.between("wd:Q2", "wd:Q4") == []
