"""Sentences to facts: each property from several wordings, on sentences made for it."""

import pytest

from midspan.models.facts.discourse import Discourse
from midspan.models.facts.reader import FactReader, Sentence
from midspan.models.parser import load_parser

PARSER, READER = load_parser(), FactReader.bundled()


def facts(sentence: str) -> set[tuple[str, str, str]]:
    (doc,) = PARSER.parse([sentence])
    discourse = Discourse()
    discourse.read(0, "0", doc, 0)
    return {
        (one.subject.name, (one.predicate.uid or "").removeprefix("wd:"), one.object.name)
        for triple, one in READER.read([Sentence(doc, discourse.antecedents(0))])[0]
        if triple.polarity == "affirmed"
    }


NADELLA = ("Microsoft", "P169", "Satya Nadella")


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        ("Satya Nadella is the chief executive officer of Microsoft.", NADELLA),
        ("Satya Nadella became chief executive of Microsoft in 2011.", NADELLA),
        ("Satya Nadella was appointed CEO of Microsoft.", NADELLA),
        ("Satya Nadella, the chief executive of Microsoft, spoke in Paris.", NADELLA),
        ("Microsoft's chief executive, Satya Nadella, spoke in Paris.", NADELLA),
        ("Microsoft's chief executive Satya Nadella spoke in Paris.", NADELLA),
        ("Satya Nadella is the chairman and chief executive of Microsoft.", NADELLA),
        ("The Danish physicist Niels Bohr lived here.", ("Niels Bohr", "P27", "Denmark")),
        ("Niels Bohr was a Danish physicist.", ("Niels Bohr", "P27", "Denmark")),
        ("Niels Bohr, a Danish physicist, lived here.", ("Niels Bohr", "P27", "Denmark")),
        ("Paris, the capital of France, is old.", ("Paris", "P1376", "France")),
        ("Jane Roe was born in Ulm, Germany.", ("Jane Roe", "P19", "Germany")),
        ("Jane Roe was born on 3 May 1950 in Ulm.", ("Jane Roe", "P569", "3 May 1950")),
        ("Jane Roe (born 3 May 1950) wrote many books.", ("Jane Roe", "P569", "3 May 1950")),
        ("Jane Roe lived in Vienna until her death in 1999.", ("Jane Roe", "P551", "Vienna")),
        ("The death of Jane Roe in 1999 was sudden.", ("Jane Roe", "P570", "1999")),
        (
            "Jane Roe is a professor of physics at Stanford University.",
            ("Jane Roe", "P108", "Stanford University"),
        ),
        ("Jane Roe received a degree from Harvard University.", ("Jane Roe", "P69", "Harvard University")),
        ("Jane Roe studied law at Harvard University.", ("Jane Roe", "P69", "Harvard University")),
        ("Jane Roe is an alumna of Harvard University.", ("Jane Roe", "P69", "Harvard University")),
        ("Jane Roe was a politician for the Labour Party.", ("Jane Roe", "P102", "Labour Party")),
        ("Jane Roe joined the Labour Party in 1990.", ("Jane Roe", "P102", "Labour Party")),
        ("Jane Roe and her husband Richard Roe moved to Vienna.", ("Richard Roe", "P26", "Jane Roe")),
        ("Ann Smith, daughter of John Smith, wrote songs.", ("John Smith", "P40", "Ann Smith")),
        ("Microsoft was founded in 1975 by Bill Gates and Paul Allen.", ("Microsoft", "P112", "Paul Allen")),
        ("Bill Gates founded Microsoft in 1975.", ("Microsoft", "P571", "1975")),
        ("Microsoft, headquartered in Redmond, sells software.", ("Microsoft", "P159", "Redmond")),
    ],
)
def test_a_property_is_said_in_many_ways(sentence: str, fact: tuple[str, str, str]) -> None:
    assert any(_is_like(fact, found) for found in facts(sentence)), facts(sentence)


def _is_like(fact: tuple[str, str, str], found: tuple[str, str, str]) -> bool:
    """What is not in the graph keeps its words, of which there may be more."""
    return fact[1] == found[1] and fact[0] in found[0] and fact[2] in found[2]


@pytest.mark.parametrize(
    ("sentence", "property_"),
    [
        ("Jane Roe is the vice president of France.", "P35"),
        ("Ann Smith and John Roe, the founder of Microsoft, met Tim Cook, an American editor.", "P169"),
        ("Leopold's father was born in Augsburg.", "P19"),
        ("Jane Roe moved the paper to Vienna.", "P551"),
        ("Jane Roe read a Danish novel.", "P27"),
        ("Jane Roe and the French socialists met in Vienna.", "P27"),
    ],
)
def test_what_is_said_of_another_is_not_said_of_it(sentence: str, property_: str) -> None:
    assert property_ not in {found[1] for found in facts(sentence) if not found[0].startswith("Leopold's")}


def test_roles_of_two_people_are_not_mixed() -> None:
    found = facts("Jane Roe lives in Vienna with her husband John Smith and son Peter Smith.")
    assert ("Peter Smith", "P26", "Jane Roe") not in found


def test_a_date_has_its_value() -> None:
    (doc,) = PARSER.parse(["Jane Roe was born on 3 May 1950 in Ulm."])
    values = {one.object.value for _, one in READER.read([Sentence(doc)])[0] if one.object.literal == "date"}
    assert values == {"1950-05-03"}
