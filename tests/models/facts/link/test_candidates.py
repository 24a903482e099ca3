from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.candidates import alike, named, with_near
from midspan.models.facts.link.question import Mention


def uids(found: list) -> list[str]:
    return [one.entity.uid for one in found]


def test_all_of_a_name_are_candidates(graph: StoredGraph) -> None:
    found = named(graph, Mention("London"))
    assert uids(found) == ["wd:Q1", "wd:Q3", "wd:Q2"] and all(one.named for one in found)
    assert named(graph, Mention("Tames")) == []


def test_what_is_written_alike_comes_before_what_is_near_and_each_once(graph: StoredGraph) -> None:
    found = with_near(graph, alike(graph, Mention("Tames")), ["wd:Q4", "wd:Q8", "wd:Q999"])
    assert uids(found)[0] == "wd:Q8" and uids(found)[-1] == "wd:Q4" and uids(found).count("wd:Q8") == 1
    assert not found[0].named and 0 < found[0].likeness < 1 and found[-1].likeness == 0


def test_the_most_complete_form_that_has_a_name_is_taken(graph: StoredGraph) -> None:
    found = named(graph, Mention("the old London", forms=("London",)))
    assert uids(found) == ["wd:Q1", "wd:Q3", "wd:Q2"] and {one.form for one in found} == {1}


def test_a_date_is_not_looked_up(graph: StoredGraph) -> None:
    assert named(graph, Mention("London", asked=False)) == []
