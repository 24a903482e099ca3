"""Sentences of events, and where they lie among other sentences."""

from __future__ import annotations

import numpy as np
import pytest

from midspan.models.action.aligning import convex
from midspan.models.action.data.verbs import VERBS
from midspan.models.action.wording import SENTENCES, sentence, verb_in_words


def test_every_verb_of_the_benchmark_has_a_sentence_with_a_place_for_each_thing() -> None:
    assert {verb.name: verb.nouns for verb in VERBS} == {
        name: template.count("something") for name, template in SENTENCES.items()
    }


@pytest.mark.parametrize(
    ("verb", "nouns", "said"),
    [
        ("put_into", ("striped star", "plain box"), "puts the striped star into the plain box"),
        ("put_into", ("striped star",), "puts the striped star into something"),
        ("cover", (), "covers something with something"),
        ("Tearing [something] into two pieces", ("sheet",), "tearing the sheet into two pieces"),
        ("Folding something", (), "folding something"),
        ("open", ("fridge",), "opens the fridge"),
        ("wash_up", ("plate",), "wash up the plate"),
        ("wash_up", (), "wash up"),
    ],
)
def test_things_stand_in_their_places(verb: str, nouns: tuple[str, ...], said: str) -> None:
    assert sentence(verb, nouns) == said


def test_a_verb_is_shown_as_people_type_it() -> None:
    assert verb_in_words("take_out") == "take out"


def test_an_event_lies_between_what_it_may_be_nearer_to_the_likelier() -> None:
    one, other = np.eye(3, dtype=np.float32)[:2]
    between = convex([0.6, 0.2], np.stack([one, other]))
    assert between == pytest.approx(np.array([3, 1, 0]) / np.sqrt(10))
    assert convex([0.4], one[None]) == pytest.approx(one)
    with pytest.raises(ValueError, match="no answer"):
        convex([0.0], one[None])
