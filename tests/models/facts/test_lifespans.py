import pytest

from midspan.models.facts.extraction import extract_triples
from midspan.models.facts.lifespans import events
from midspan.models.parser import load_parser

PARSER = load_parser()


def said(sentence: str) -> list[tuple[str, str, str]]:
    (doc,) = PARSER.parse([sentence])
    return [(one.person.surface, one.verb, one.object.surface) for one in events(doc)]


def test_two_dates_are_a_life_with_its_places() -> None:
    text = "Karl Huber (12 June 1871 in Zurich, Switzerland – 7 June 1934 in Berlin) was a Swiss engineer."
    assert said(text) == [
        ("Karl Huber", "bear", "12 June 1871"),
        ("Karl Huber", "bear", "Zurich"),
        ("Karl Huber", "bear", "Switzerland"),
        ("Karl Huber", "die", "7 June 1934"),
        ("Karl Huber", "die", "Berlin"),
    ]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("born 3 May 1950", [("bear", "3 May 1950")]),
        ("b. 1950", [("bear", "1950")]),
        ("born c. 1950", [("bear", "c. 1950")]),
        ("died 4 March 1999", [("die", "4 March 1999")]),
        ("1950–1999", [("bear", "1950"), ("die", "1999")]),
        ("born 3 May 1950, died 4 March 1999", [("bear", "3 May 1950"), ("die", "4 March 1999")]),
        ("also written Robertson; born 3 May 1950", [("bear", "3 May 1950")]),
        ("1950", []),
        ("reigned 1643–1715", []),
        ("Ohio", []),
    ],
)
def test_what_is_in_the_brackets(inside: str, expected: list[tuple[str, str]]) -> None:
    found = said(f"George Robertson ({inside}) sold many books.")
    assert found == [("George Robertson", verb, date) for verb, date in expected]


def test_years_behind_what_is_nobody_are_no_life() -> None:
    assert said("The Second World War (1939–1945) was long.") == []


def test_every_part_is_where_it_says() -> None:
    text = "In short, George Robertson (born 3 May 1950 in Halifax, Nova Scotia) sold many books."
    triples = [one for one in extract_triples(PARSER.parse([text])[0]) if one.key in ("bear on", "bear in")]
    assert len(triples) == 3
    for triple in triples:
        for slot in (triple.subject, triple.predicate, triple.object):
            assert text[slot.start : slot.end] == slot.surface


def test_there_are_none_in_what_is_no_prose() -> None:
    assert extract_triples(PARSER.parse(["George Robertson (1950-1999), 12 33 44 55"])[0]) == []
