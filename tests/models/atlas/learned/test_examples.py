import gzip
import json
from collections import Counter

import pytest

from midspan.models.atlas.anatomy.phantom import ORGANS
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.learned.examples import MASK, Example, capped, examples, of_split
from midspan.models.kit.splitting import SPLITS


def example(text, *spans, doc="d", origin="medquad"):
    organs = tuple(dict.fromkeys(organ for _, _, organ in spans))
    return Example(doc, text, organs, tuple((a, b) for a, b, _ in spans), origin)


def test_masking_replaces_every_name():
    row = example("The liver and the kidney.", (4, 9, "liver"), (18, 24, "kidney"))
    assert row.masked == f"The {MASK} and the {MASK}."


def test_a_sentence_without_an_organ_is_masked_too():
    row = example("The gene provides instructions.")
    assert 1 <= row.masked.count(MASK) <= 2
    assert row.masked == row.masked


def test_a_name_can_be_left_out():
    row = example("The liver and the kidney.", (4, 9, "liver"), (18, 24, "kidney"))
    assert row.unnamed == "The and the ."
    assert example("The gene provides instructions.").unnamed.count(" ") < 3


def test_stems_are_looked_for_outside_the_names():
    assert example("Cardiac rhythm.", (0, 7, "heart")).stem_clean
    assert not example("The liver in hepatitis.", (4, 9, "liver")).stem_clean


def test_the_cap_counts_organs():
    rows = [example(f"heart {i}", (0, 5, "heart")) for i in range(20)]
    rows += [example(f"liver {i}", (0, 5, "liver")) for i in range(3)]
    counts = Counter(row.organs[0] for row in capped(rows, 5, seed=0))
    assert counts == {"heart": 5, "liver": 3}
    assert capped(rows, 5, seed=0) == capped(rows, 5, seed=0) != capped(rows, 5, seed=1)


@pytest.fixture(scope="module")
def shipped():
    return examples()


def test_no_document_is_in_two_splits(shipped):
    splits = {name: {row.doc for row in of_split(name)} for name, _ in SPLITS}
    assert not splits["train"] & splits["validation"]
    assert not splits["train"] & splits["test"]
    assert not splits["validation"] & splits["test"]


def test_no_two_sentences_are_the_same_once_masked(shipped):
    masked = Counter(row.masked.lower() for row in shipped if row.organs)
    assert max(masked.values()) == 1


def test_labels_are_the_dictionary_s(shipped):
    for row in shipped[::40]:
        found = [mention for mention in mentions(row.text) if mention.organ]
        assert row.spans == tuple((mention.start, mention.end) for mention in found)
        assert set(row.organs) == {mention.organ for mention in found}


def test_every_organ_is_in_every_split(shipped):
    for name, _ in SPLITS:
        assert {organ for row in of_split(name) for organ in row.organs} == set(ORGANS)


def test_a_folder_of_one_s_own_is_read(tmp_path):
    for name, row in (
        ("organs", {"doc": "a", "text": "My liver.", "spans": [[3, 8, "liver"]]}),
        ("none", {"doc": "b", "text": "It rained.", "origin": "mine"}),
    ):
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    assert [(row.organs, row.origin) for row in examples(tmp_path)] == [(("liver",), "medquad"), ((), "mine")]


def test_glosses_are_trained_on_and_never_measured_on(shipped):
    glosses = [row for row in of_split("train") if row.origin == "wordnet-organ-gloss"]
    assert len(glosses) > 1000 and all(row.organs for row in glosses)
    held_out = {row.origin for name in ("validation", "test") for row in of_split(name)}
    assert "wordnet-organ-gloss" not in held_out | {row.origin for row in shipped}
