import json
from typing import get_args

import pytest

from midspan.errors import WrongUse
from midspan.models.scene.describe import describe
from midspan.models.scene.evaluation.captions import read_captions
from midspan.models.scene.evaluation.closed_lists import describe_by_lists
from midspan.models.scene.evaluation.plain import plain_sentences
from midspan.models.scene.evaluation.scoring import Gold, is_found, is_right, read_labelled
from midspan.models.scene.evaluation.table import FOLDER, HALVES
from midspan.models.scene.wordings import Predicate

LEFT = Gold(("cup",), ("left_of",), ("fishing boat",))


def test_the_same_said_the_other_way_round_is_right(parse):
    read = describe(parse("A boat is to the right of the cup."))
    assert is_found(LEFT, read) and is_right(LEFT, read)


@pytest.mark.parametrize("text", ["A boat is to the left of the cup.", "A cup is above the boat."])
def test_another_relation_is_wrong_though_the_things_are_found(parse, text):
    read = describe(parse(text))
    assert is_found(LEFT, read) and not is_right(LEFT, read)


def test_no_scene_finds_nothing():
    assert not is_found(LEFT, None) and not is_right(LEFT, None)


def test_a_place_in_the_picture_has_no_object(parse):
    read = describe(parse("A cup is on the left."))
    assert is_right(Gold(("cup",), ("at_left",), ()), read)
    assert not is_right(Gold(("cup",), ("at_right",), ()), read)


@pytest.mark.parametrize("half", HALVES)
def test_labels_of_our_sentences_are_words_of_them(half):
    rows = list(read_labelled(FOLDER / f"{half}.tsv"))
    assert len(rows) >= 130 and len({row.text for row in rows}) == len(rows)
    for row in rows:
        for gold in row.relations:
            assert set(gold.predicates) <= set(get_args(Predicate))
            for name in (*gold.subjects, *gold.objects):
                assert name.lower() in row.text.lower(), row.text


def test_the_halves_share_no_sentence():
    tuned, untouched = ({row.text for row in read_labelled(FOLDER / f"{half}.tsv")} for half in HALVES)
    plain = plain_sentences()
    assert tuned.isdisjoint(untouched)
    assert set(plain["plain_tuned"]).isdisjoint(plain["plain_untouched"])
    assert set(plain["figurative_tuned"]).isdisjoint(plain["figurative_untouched"])
    assert len(plain["plain_untouched"]) == 1000


def test_captions_of_vsr_are_labelled_by_what_they_say(tmp_path):
    file = tmp_path / "captions.jsonl"
    rows = [
        ("The cat is at the left side of the sofa.", "at the left side of"),
        ("The bag contains the cup.", "contains"),
    ]
    file.write_text("\n".join(json.dumps({"caption": text, "relation": said}) for text, said in rows))
    first, second = read_captions(file)
    assert first.relations == (Gold(("cat",), ("left_of",), ("sofa",)),)
    assert second.relations == (Gold(("cup",), ("inside",), ("bag",)),)


def test_a_caption_that_does_not_say_its_relation_is_refused(tmp_path):
    file = tmp_path / "captions.jsonl"
    file.write_text(json.dumps({"caption": "The cat is on the sofa.", "relation": "under"}))
    with pytest.raises(WrongUse, match="does not say 'under'"):
        list(read_captions(file))


def test_closed_lists_read_what_is_in_them_and_nothing_else(parse):
    assert describe_by_lists(parse("The cup is on the table.")) is not None
    assert describe_by_lists(parse("The walrus is on the table.")) is None
