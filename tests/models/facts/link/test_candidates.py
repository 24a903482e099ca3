from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.candidates import candidates
from midspan.models.facts.link.question import Mention


def uids(found: list) -> list[str]:
    return [one.entity.uid for one in found]


def test_all_of_a_name_are_candidates_and_what_is_near(graph: StoredGraph) -> None:
    found = candidates(graph, Mention("London"), ["wd:Q8", "wd:Q1", "wd:Q999"])
    assert uids(found) == ["wd:Q1", "wd:Q3", "wd:Q2", "wd:Q8"]
    assert [one.named for one in found] == [True, True, True, False]


def test_what_is_written_alike_is_looked_at_where_nothing_has_the_name(graph: StoredGraph) -> None:
    found = candidates(graph, Mention("Tames"), [])
    assert uids(found)[0] == "wd:Q8" and not found[0].named and 0 < found[0].likeness < 1


def test_the_most_complete_form_that_has_a_name_is_taken(graph: StoredGraph) -> None:
    found = candidates(graph, Mention("the old London", forms=("London",)), [])
    assert uids(found) == ["wd:Q1", "wd:Q3", "wd:Q2"] and {one.form for one in found} == {1}


def test_a_common_noun_is_taken_at_its_word(graph: StoredGraph) -> None:
    assert uids(candidates(graph, Mention("guitar", proper=False), ["wd:Q8"])) == ["wd:Q7"]
    assert candidates(graph, Mention("guitars", proper=False), ["wd:Q8"]) == []


def test_a_date_is_not_looked_up(graph: StoredGraph) -> None:
    assert candidates(graph, Mention("London", asked=False), ["wd:Q8"]) == []
