from collections.abc import Callable

import pytest

from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.knowledge_graph import KnowledgeGraph, Predicate
from midspan.models.facts.wordings import Expected, Wordings, rows_of


@pytest.fixture(scope="module")
def wordings() -> Wordings:
    return Wordings(bundled_kg())


def found(wordings: Wordings, wording: str, subject: str, object_: str) -> str:
    pattern = wordings.matching(wording, subject, object_)
    return "" if pattern is None else pattern.property.removeprefix("wd:") + "-" * pattern.inverse


@pytest.mark.parametrize(
    ("wording", "subject", "object_", "expected"),
    [
        ("bear in", "person", "place", "P19"),
        ("bear in", "person", "date", "P569"),
        ("found by", "organisation", "person", "P112"),
        ("found in", "organisation", "date", "P571"),
        ("found in", "organisation", "place", "P740"),
        ("be capital of", "place", "place", "P1376"),
        ("be parent company of", "organisation", "organisation", "P749-"),
    ],
)
def test_the_kinds_of_the_arguments_decide(
    wordings: Wordings, wording: str, subject: str, object_: str, expected: str
) -> None:
    assert found(wordings, wording, subject, object_) == expected


def test_an_unknown_kind_passes_but_is_no_date_or_occupation(wordings: Wordings) -> None:
    assert found(wordings, "bear in", "person", "") == "P19"
    assert wordings.matching("bear on", "person", "") is None
    assert wordings.matching("be", "person", "") is None
    assert wordings.matching("bear in", "", "") is None


def test_what_says_many_things_needs_both_kinds(wordings: Wordings) -> None:
    assert found(wordings, "start", "person", "organisation") == "P112-"
    assert wordings.matching("start", "person", "") is None


def test_a_wrong_kind_or_wording_fits_nothing(wordings: Wordings) -> None:
    assert wordings.matching("bear in", "place", "place") is None
    assert wordings.matching("no such wording", "person", "place") is None
    assert not wordings.knows("no such wording")


def test_active_and_passive_run_in_opposite_directions(wordings: Wordings) -> None:
    assert found(wordings, "write", "person", "work") == "P50-"
    assert found(wordings, "write by", "work", "person") == "P50"


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ("be former chief executive of", "P169-"),
        ("become chief executive of", "P169-"),
        ("serve as interim ceo of", "P169-"),
        ("appoint as ceo of", "P169-"),
        ("be vice president of", "P108"),
        ("be physicist at", "P108"),
        ("be member of", "P463"),
        ("be member of party", "P102"),
        ("be politician of party", "P102"),
        ("receive from + school", "P69"),
    ],
)
def test_a_role_is_found_by_what_it_says_as_well(wordings: Wordings, wording: str, expected: str) -> None:
    assert found(wordings, wording, "person", "organisation") == expected


def test_a_vice_president_is_no_president(wordings: Wordings) -> None:
    assert found(wordings, "be president of", "person", "place") == "P35-"
    assert wordings.matching("be vice president of", "person", "place") is None


@pytest.mark.parametrize(
    ("predicate", "wording", "inverse"),
    [
        (Predicate("wd:P184", "doctoral advisor", ""), "be doctoral advisor of", True),
        (Predicate("wd:P126", "maintained by", ""), "maintain by", False),
        (Predicate("wd:P1196", "carried out by", ""), "carry out by", False),
        (Predicate("wd:P937", "work location", "", ("works at",)), "work at", False),
        (Predicate("wd:P1037", "director/manager", ""), "be manager of", True),
        (Predicate("wd:P181", "taxon range map image (photo)", "", ("range map",)), "be range map of", True),
    ],
    ids=lambda value: value.name if isinstance(value, Predicate) else str(value),
)
def test_labels_and_aliases_of_a_property_are_wordings(
    predicate: Predicate, wording: str, inverse: bool
) -> None:
    (row,) = [row for row in rows_of(predicate) if wording in row.wordings]
    assert (row.property, row.inverse, row.strict) == (predicate.uid, inverse, True)


def test_a_preposition_alone_is_no_wording() -> None:
    assert list(rows_of(Predicate("wd:P642", "of", ""))) == []


def test_kinds_that_are_rare_in_the_graph_are_not_expected() -> None:
    predicate = Predicate("wd:P264", "record label", "", (), {"person": 99, "place": 1}, {"organisation": 50})
    (row,) = rows_of(predicate)
    assert (row.subject, row.object) == ({"organisation"}, {"person"})


def test_a_graph_of_one_s_own_brings_its_wordings(make_graph: Callable[..., KnowledgeGraph]) -> None:
    entities = [
        NewEntity("local:1", "Ada", "", "person", 1),
        NewEntity("local:2", "Mill", "", "organisation", 1),
    ]
    graph = make_graph(
        entities, [NewPredicate("local:p", "night watchman")], [("local:2", "local:p", "local:1")]
    )
    own = Wordings(graph)
    assert own.expected("local:p") == Expected(frozenset({"organisation"}), frozenset({"person"}))
    pattern = own.matching("be night watchman of", "person", "organisation")
    assert pattern is not None and pattern.property == "local:p" and pattern.inverse
    assert own.matching("be night watchman of", "place", "organisation") is None


def test_what_a_property_expects_is_seen_from_the_property(wordings: Wordings) -> None:
    author = wordings.expected("wd:P50")
    assert (author.subject, author.object) == ({"work"}, {"person"})
    born = wordings.expected("wd:P569")
    assert (born.subject, born.object) == ({"person"}, {"date"})
    assert wordings.expected("wd:none") == Expected(frozenset(), frozenset())


def test_nearly_all_properties_of_the_bundled_graph_can_be_said(wordings: Wordings) -> None:
    graph = bundled_kg()
    unsaid = [
        predicate.name
        for predicate in graph.predicates()
        if not any(wordings.knows(wording) for row in rows_of(predicate) for wording in row.wordings)
    ]
    assert len(unsaid) < 0.02 * len(graph.predicates()), unsaid
