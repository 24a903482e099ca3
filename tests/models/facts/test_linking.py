from collections.abc import Callable

import pytest

from midspan.models.facts.extraction import Triple
from midspan.models.facts.kg.source import NewEntity, NewPredicate
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.asking import Place
from midspan.models.facts.link.document import DocumentNames
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.linking import LinkedTriple, Linker, Said, literal_kind
from midspan.models.facts.phrases import Phrase

Extract = Callable[[str], list[Triple]]

ENTITIES = [
    NewEntity("wd:Q1", "Marie Curie", "physicist", "person", 5),
    NewEntity("wd:Q2", "Warsaw", "capital of Poland", "place", 90),
    NewEntity("wd:Q3", "Warsaw", "city in Indiana", "place", 9),
    NewEntity("wd:Q4", "William Shakespeare", "playwright", "person", 4, aliases=("Shakespeare",)),
    NewEntity("wd:Q5", "Hamlet", "tragedy", "work", 3),
    NewEntity("wd:Q6", "physicist", "scientist", "occupation", 3),
    NewEntity("wd:Q7", "company", "notion", "organisation", 3),
    NewEntity("wd:Q8", "Paris", "city", "place", 9),
    NewEntity("wd:Q9", "Paris Hilton", "celebrity", "person", 1, aliases=("Paris",)),
    NewEntity("local:hb", "Helene Brandt", "", "other", 1),
]
PREDICATES = [
    NewPredicate("wd:P19", "place of birth"),
    NewPredicate("wd:P50", "author"),
    NewPredicate("wd:P106", "occupation"),
    NewPredicate("wd:P569", "date of birth"),
    NewPredicate("wd:P112", "founded by"),
]

Link = Callable[[str], list[LinkedTriple]]


@pytest.fixture(scope="module")
def graph(make_graph: Callable[..., KnowledgeGraph]) -> KnowledgeGraph:
    return make_graph(ENTITIES, PREDICATES)


@pytest.fixture(scope="module")
def link(extract: Extract, graph: KnowledgeGraph) -> Link:
    linker = Linker(graph, LinkModel.load())
    return lambda text: linker.link([Said(triple, Place(text)) for triple in extract(text)])


def uids(fact: LinkedTriple) -> tuple[str | None, str | None, str | None]:
    return fact.subject.uid, fact.predicate.uid, fact.object.uid


def test_a_plain_fact_is_linked(link: Link) -> None:
    (fact,) = link("Marie Curie was born in Warsaw.")
    assert uids(fact) == ("wd:Q1", "wd:P19", "wd:Q2") and fact.status == "linked"
    assert (fact.predicate.surface, fact.predicate.name) == ("was born in", "place of birth")


def test_of_namesakes_what_the_text_says_decides_and_the_other_is_told(link: Link) -> None:
    (fact,) = link("Marie Curie was born in Warsaw, Indiana.")
    assert fact.object.uid == "wd:Q3"
    assert [one.uid for one in fact.object.candidates][:1] == ["wd:Q2"]
    (fact,) = link("Marie Curie was born in Warsaw.")
    assert fact.object.uid == "wd:Q2" and fact.object.score > fact.object.candidates[0].score > 0


def test_a_last_name_means_who_the_document_named_before(extract: Extract, graph: KnowledgeGraph) -> None:
    linker, names = Linker(graph, LinkModel.load()), DocumentNames()
    names.note(0, ["Marie Curie"])
    text = "Curie was born in Warsaw."
    (triple,) = extract(text)
    known, alone = linker.link([Said(triple, Place(text, names, 1)), Said(triple, Place(text))])
    assert known.subject.uid == "wd:Q1" and known.subject.surface == "Curie"
    assert alone.subject.uid is None


def test_what_is_in_no_graph_keeps_its_words(link: Link) -> None:
    (fact,) = link("Jane Roe painted the old shed.")
    assert uids(fact) == (None, None, None) and fact.status == "out_of_kg"
    assert (fact.subject.name, fact.predicate.name, fact.object.name) == ("Jane Roe", "painted", "old shed")


def test_what_is_in_no_graph_says_what_the_text_takes_it_for(link: Link) -> None:
    (fact,) = link("Marie Curie met Hans Meier in 1911.")
    assert (fact.subject.uid, fact.subject.kind) == ("wd:Q1", "")
    assert (fact.object.uid, fact.object.kind) == (None, "person")
    (dated,) = link("Marie Curie was born in 1867.")
    assert dated.object.kind == ""


def test_a_fact_with_one_known_side_is_partial(link: Link) -> None:
    (fact,) = link("Jane Roe was born in Warsaw.")
    assert uids(fact) == (None, "wd:P19", "wd:Q2") and fact.status == "partial"


def test_where_the_graph_knows_no_kind_the_parser_s_guess_is_tried(link: Link) -> None:
    (fact,) = link("Helene Brandt was born in Warsaw.")
    assert uids(fact) == ("local:hb", "wd:P19", "wd:Q2")
    (sure,) = link("Marie Curie was born in Warsaw.")
    assert fact.predicate.score < sure.predicate.score


def test_subject_and_object_change_places_with_the_property(link: Link) -> None:
    (fact,) = link("William Shakespeare wrote Hamlet.")
    assert uids(fact) == ("wd:Q5", "wd:P50", "wd:Q4")
    assert (fact.subject.start, fact.object.start) == (26, 0)


def test_a_date_is_a_literal(link: Link) -> None:
    (fact,) = link("Marie Curie was born on 7 November 1867.")
    assert (fact.object.literal, fact.object.uid, fact.object.surface) == ("date", None, "7 November 1867")
    assert fact.predicate.uid == "wd:P569" and fact.status == "linked"


def test_a_described_occupation_is_found_by_its_noun(link: Link) -> None:
    (fact,) = link("Marie Curie was a brilliant physicist.")
    assert uids(fact) == ("wd:Q1", "wd:P106", "wd:Q6")


def test_a_company_is_not_the_notion_of_a_company(link: Link) -> None:
    (fact,) = link("The company was founded by Marie Curie.")
    assert fact.subject.uid is None and fact.object.uid == "wd:Q1"


def test_the_kind_of_mention_tells_namesakes_apart(graph: KnowledgeGraph) -> None:
    linker = Linker(graph, LinkModel.load())

    def named(label: str, text: str) -> str | None:
        paris = Phrase("Paris", 0, 5, label, ("Paris",))
        verb, other = Phrase("saw", 6, 9), Phrase("Jane Roe", 10, 18, "PERSON", ("Jane Roe",))
        triple = Triple(paris, verb, "saw", "see", other, "affirmed")
        return linker.link([Said(triple, Place(text))])[0].subject.uid

    assert named("GPE", "Paris saw Jane Roe.") == "wd:Q8"
    assert named("PERSON", "Paris saw Jane Roe.") != "wd:Q8"


def test_nothing_asked_is_nothing_said(graph: KnowledgeGraph) -> None:
    assert Linker(graph, LinkModel.load()).link([]) == []


@pytest.mark.parametrize(
    ("surface", "label", "kind"),
    [
        ("7 November 1867", "DATE", "date"),
        ("May", "DATE", ""),
        ("last year", "DATE", ""),
        ("March", "DATE", "date"),
        ("$7.4 billion", "MONEY", "number"),
        ("three", "CARDINAL", ""),
        ("Warsaw", "GPE", ""),
    ],
)
def test_which_phrases_are_literals(surface: str, label: str, kind: str) -> None:
    assert literal_kind(Phrase(surface, 0, len(surface), label)) == kind
