import json
from pathlib import Path

import pytest

from midspan.models.facts.evaluation.pair_recall import Pair, is_found, knowledgenet_pairs
from midspan.models.facts.evaluation.table import own_words, said
from midspan.models.facts.extraction import extract_triples
from midspan.models.parser import load_parser

PARSER = load_parser()
TEXT = "Marie Curie was born in Warsaw."


def test_a_pair_is_found_in_either_direction_and_only_where_it_stands() -> None:
    triples = extract_triples(PARSER.parse([TEXT])[0])
    curie, warsaw, was = [(6, 11)], [(24, 30)], [(12, 15)]
    assert is_found(Pair("d", TEXT, curie, warsaw), triples)
    assert is_found(Pair("d", TEXT, warsaw, curie), triples)
    assert not is_found(Pair("d", TEXT, curie, was), triples)


def test_facts_of_knowledgenet_are_read_with_all_their_places(tmp_path: Path) -> None:
    rows = [
        {"doc": "1", "sentence": "Bob met her; Bob left.", "subject": "Bob", "object": "her"},
        {"doc": "1", "sentence": "Nothing here.", "subject": None, "object": None},
    ]
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(rows))
    (pair,) = knowledgenet_pairs(path)
    assert pair.pronoun
    assert (list(pair.ones), list(pair.others)) == ([(0, 3), (13, 16)], [(8, 11)])


@pytest.mark.parametrize(
    ("sentence", "scoped", "own"),
    [
        ("The firm denied that it sold the mill.", "negated", "affirmed"),
        ("The firm did not sell the mill.", "negated", "negated"),
        ("The firm may sell the mill.", "doubted", "doubted"),
    ],
)
def test_the_baseline_sees_no_further_than_the_verb(sentence: str, scoped: str, own: str) -> None:
    (doc,) = PARSER.parse([sentence])
    verb = "sold" if "sold" in sentence else "sell"
    assert (said(doc, verb), own_words(doc, verb)) == (scoped, own)
