from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.vocab import Vocab

from midspan.models.facts.extraction import Triple, extract_triples, surface_triples
from midspan.models.facts.phrases import readable
from midspan.models.parser import load_parser

Extract = Callable[[str], list[Triple]]


def said(triples: list[Triple]) -> set[tuple[str, str, str]]:
    return {(readable(t.subject.surface), t.relation, readable(t.object.surface)) for t in triples}


SENTENCES = {
    "Marie Curie was born in Warsaw.": {("Marie Curie", "was born in", "Warsaw")},
    "Marie Curie was born on 7 November 1867 in Warsaw.": {
        ("Marie Curie", "was born on", "7 November 1867"),
        ("Marie Curie", "was born in", "Warsaw"),
    },
    "Steve Jobs and Steve Wozniak founded Apple.": {
        ("Steve Jobs", "founded", "Apple"),
        ("Steve Wozniak", "founded", "Apple"),
    },
    "Apple was founded by Steve Jobs.": {("Apple", "was founded by", "Steve Jobs")},
    "Albert Einstein, who was born in Ulm, worked at the University of Zurich.": {
        ("Albert Einstein", "was born in", "Ulm"),
        ("Albert Einstein", "worked at", "University of Zurich"),
    },
    "Steven Spielberg directed Jaws and married Kate Capshaw.": {
        ("Steven Spielberg", "directed", "Jaws"),
        ("Steven Spielberg", "married", "Kate Capshaw"),
    },
    "The Beatles were an English rock band formed in Liverpool.": {
        ("Beatles", "were", "English rock band"),
        ("Beatles", "formed in", "Liverpool"),
    },
    "Warsaw is the capital of Poland.": {("Warsaw", "is the capital of", "Poland")},
    "The capital of Poland is Warsaw.": {("Warsaw", "is capital of", "Poland")},
    "Poland's capital is Warsaw.": {("Warsaw", "is capital of", "Poland's")},
    "He lived in Warsaw, the capital of Poland.": {("Warsaw", "is capital of", "Poland")},
    "Apple's CEO, Tim Cook, lives in California.": {
        ("Tim Cook", "is CEO of", "Apple's"),
        ("Tim Cook", "lives in", "California"),
    },
    "Google wanted to buy Nokia.": {("Google", "wanted to buy", "Nokia")},
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_triples_of_plain_sentences(extract: Extract, sentence: str) -> None:
    assert said(extract(sentence)) == SENTENCES[sentence]


@pytest.mark.parametrize(
    "sentence", ["She was born in Warsaw.", "It rained.", "They founded it.", "Warsaw.", ""]
)
def test_nothing_is_said_of_a_pronoun_or_without_a_clause(extract: Extract, sentence: str) -> None:
    assert extract(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "polarity"),
    [
        ("Einstein won the Nobel Prize.", "affirmed"),
        ("Einstein did not win the Nobel Prize.", "negated"),
        ("Einstein never won the Nobel Prize.", "negated"),
        ("No scientist won the Nobel Prize.", "negated"),
        ("Google may buy Nokia.", "hedged"),
        ("Google allegedly bought Nokia.", "hedged"),
        ("It was reported that Google bought Nokia.", "hedged"),
        ("Google planned to buy Nokia.", "hedged"),
        ("Google managed to buy Nokia.", "affirmed"),
        ("If Google bought Nokia, prices fell.", "hedged"),
        ("Did Google buy Nokia?", "hedged"),
    ],
)
def test_what_is_denied_or_said_with_reserve_is_marked(
    extract: Extract, sentence: str, polarity: str
) -> None:
    assert polarity in {triple.polarity for triple in extract(sentence)}
    assert len({triple.polarity for triple in extract(sentence) if triple.key != "fall"}) == 1


def test_the_key_tells_a_passive_from_an_active(extract: Extract) -> None:
    assert [triple.key for triple in extract("Apple was founded by Steve Jobs.")] == ["found by"]
    assert [triple.key for triple in extract("Steve Jobs founded Apple.")] == ["found"]


def test_arguments_stay_short(extract: Extract) -> None:
    long = "the old and very small but surprisingly famous yellow brick house company of northern England"
    assert all(len(t.subject.surface.split()) <= 12 for t in extract(f"{long} bought Nokia."))


@given(
    st.lists(
        st.sampled_from([*SENTENCES, "Voilà, the 😀 café\nof Zoë opened in Paris."]), min_size=1, max_size=3
    )
)
def test_every_slot_is_where_it_says(sentences: list[str]) -> None:
    text = " ".join(sentences)
    (doc,) = PARSER.parse([text])
    for triple in extract_triples(doc):
        for slot in (triple.subject, triple.predicate, triple.object):
            assert text[slot.start : slot.end] == slot.surface != ""
        assert not triple.subject.overlaps(triple.object)
        assert not triple.predicate.overlaps(triple.object)


def test_a_list_without_full_stops_says_nothing(extract: Extract) -> None:
    verbs = [f"met Name{number}" for number in range(300)]
    assert extract(f"Bob {', '.join(verbs)} and left.") == []
    assert len(extract(f"Bob {', '.join(verbs[:40])} and left.")) > 20


@pytest.mark.parametrize(
    ("sentence", "triple"),
    [
        (
            "She worked for the Food and Drug Administration.",
            ("She", "worked for", "Food and Drug Administration"),
        ),
        (
            "No one other than Brunel inspected the tunnel.",
            ("Brunel", "inspected", "tunnel"),
        ),
        (
            "The soldiers were able to reinforce the hotel.",
            ("soldiers", "were able to reinforce", "hotel"),
        ),
        ("The engine was sold and shipped to Chile.", ("engine", "was shipped to", "Chile")),
        (
            "This finding indicated that compounds carry current.",
            ("This finding", "indicated that", "compounds carry current"),
        ),
    ],
)
def test_surface_triples_hold_what_cannot_stand_alone_too(
    sentence: str, triple: tuple[str, str, str]
) -> None:
    assert triple in said(surface_triples(PARSER.parse([sentence])[0]))


def test_an_argument_that_is_no_name_stays_with_its_clause(extract: Extract) -> None:
    (triple,) = extract("In 1941 Tom Bradley joined the company as a junior clerk.")
    assert (triple.relation, triple.object.surface) == ("joined", "the company")
    assert [one.surface for one in triple.further] == ["In 1941", "as a junior clerk"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The World Health Organization (WHO) met in Geneva.",
        "This product includes software from the SFrame project (BSD, 3-clause).",
        "Tumors form in the lining of the intestine, also called the large bowel.",
    ],
)
def test_brackets_and_asides_say_no_is(extract: Extract, sentence: str) -> None:
    assert not {"is", "called"} & {triple.relation for triple in extract(sentence)}


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("The following example shows how to disable the service control policy.", "shows to disable"),
        ("This behaviour can be suppressed treating all versions alike.", "treating"),
        ("For larger files, the server uses a cache.", "uses for"),
        ("In fact, the server uses a cache.", "uses in"),
        ("A copy that is not transparent is called opaque.", "is called"),
    ],
)
def test_who_did_it_is_not_guessed(extract: Extract, sentence: str, relation: str) -> None:
    assert relation not in {triple.relation for triple in extract(sentence)}


def test_a_hand_made_parse_will_do() -> None:
    doc = Doc(
        Vocab(),
        words=["Dogs", "chase", "cats"],
        pos=["NOUN", "VERB", "NOUN"],
        tags=["NNS", "VBP", "NNS"],
        deps=["nsubj", "ROOT", "dobj"],
        heads=[1, 1, 1],
        lemmas=["dog", "chase", "cat"],
    )
    assert said(extract_triples(doc)) == {("Dogs", "chase", "cats")}


PARSER = load_parser()
