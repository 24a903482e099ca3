import pytest

from midspan.models.facts.pairs import pair_candidates
from midspan.models.facts.reader import FactReader, Sentence
from midspan.models.parser import load_parser

PARSER = load_parser()


def keys(sentence: str) -> dict[tuple[str, str], str]:
    (doc,) = PARSER.parse([sentence])
    return {(one.subject.surface, one.object.surface): one.key for one in pair_candidates(doc)}


@pytest.mark.parametrize(
    ("sentence", "pair", "key"),
    [
        ("Marie Curie was born in Warsaw.", ("Marie Curie", "Warsaw"), "bear in"),
        ("Ulm in Germany is old.", ("Ulm", "Germany"), "be in"),
        ("Brahms was born in Hamburg and died in Vienna.", ("Brahms", "Vienna"), "die in"),
        ("The film was directed by Ang Lee.", ("film", "Ang Lee"), "direct by"),
    ],
)
def test_the_path_between_two_names_is_worded_like_a_clause(
    sentence: str, pair: tuple[str, str], key: str
) -> None:
    assert keys(sentence)[pair] == key


def test_a_way_through_somebody_else_says_nothing_of_him() -> None:
    assert keys("Leopold's father was born in Augsburg.")["Leopold", "Augsburg"] == "via father bear in"
    assert ("Bob", "1908") not in keys("Bob was born in Ulm, and Ann studied there in 1908.")


def test_every_part_is_where_it_says() -> None:
    text = "Pierre Curie, a French physicist from Paris, met Marie Curie at the Sorbonne in 1894."
    found = list(pair_candidates(PARSER.parse([text])[0]))
    assert len(found) > 5
    for triple in found:
        assert triple.generator == "pair"
        for slot in (triple.subject, triple.predicate, triple.object):
            assert text[slot.start : slot.end] == slot.surface


def test_a_pair_becomes_a_fact_only_where_all_three_are_linked() -> None:
    reader = FactReader.bundled()
    (doc,) = PARSER.parse(["Stravinsky wrote to Ang Lee in Ulm in Germany about his plan."])
    pairs = [linked for triple, linked in reader.read([Sentence(doc)])[0] if triple.generator == "pair"]
    assert [(one.subject.name, one.predicate.name, one.object.name) for one in pairs] == [
        ("Ulm", "located in the administrative territorial entity", "Germany")
    ]
    assert len(list(pair_candidates(doc))) > len(pairs)
