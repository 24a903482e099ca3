from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from midspan.models.action.data.nouns import GROUPS, NOUNS, SHAPES, TEXTURES, random_colour
from midspan.models.action.data.splits import SPLITS, Split, draw, nouns_of
from midspan.models.action.data.verbs import VERBS, group, label


def _pairs(split: Split) -> set[tuple[int, int]]:
    return {(verb, noun) for verb in range(len(VERBS)) for noun in nouns_of(split, verb)}


WATCHED: tuple[Split, Split] = ("unseen_selection", "unlabelled")
"""These share their combinations."""


@pytest.mark.parametrize(
    ("one", "other"),
    [pair for pair in combinations(SPLITS, 2) if pair not in {("train", "seen"), WATCHED}],
)
def test_no_combination_is_in_two_splits(one: Split, other: Split) -> None:
    assert not _pairs(one) & _pairs(other)


def test_seen_has_the_combinations_of_training() -> None:
    assert _pairs("seen") == _pairs("train")


def test_the_splits_have_every_combination_between_them() -> None:
    assert len(set.union(*(_pairs(split) for split in SPLITS))) == len(VERBS) * len(NOUNS)


@pytest.mark.parametrize("split", SPLITS)
def test_every_split_has_every_verb_and_every_noun(split: Split) -> None:
    assert {verb for verb, _ in _pairs(split)} == set(range(len(VERBS)))
    assert {noun for _, noun in _pairs(split)} == set(range(len(NOUNS)))


def test_a_noun_that_is_unseen_with_a_verb_was_seen_with_the_other_of_the_pair() -> None:
    for verb in range(len(VERBS)):
        for noun in (*nouns_of("unseen_selection", verb), *nouns_of("unseen_test", verb)):
            assert noun in nouns_of("train", verb ^ 1)
            assert group(verb) != group(verb ^ 1)


def test_every_shape_and_texture_is_in_both_groups_of_nouns() -> None:
    for part in (*SHAPES, *TEXTURES):
        assert {GROUPS[i] for i, noun in enumerate(NOUNS) if part in noun.split()} == {0, 1}
    assert len(set(NOUNS)) == 24


@pytest.mark.parametrize("split", SPLITS)
def test_a_drawn_combination_is_of_its_split(split: Split) -> None:
    random = np.random.default_rng(0)
    for index in range(100):
        verb, noun, other = draw(split, index, random)
        assert noun in nouns_of(split, verb)
        assert other != noun and GROUPS[other] == GROUPS[noun]


def _warm(noun: int, q: float) -> float:
    """The share of colours among 400 that are redder than they are blue."""
    random = np.random.default_rng(1)
    colours = np.array([random_colour(noun, q, random) for _ in range(400)])
    return float((colours[:, 0] > colours[:, 2]).mean())


def test_colour_tells_the_group_only_as_far_as_q_says() -> None:
    first, second = GROUPS.index(0), GROUPS.index(1)
    assert _warm(first, 1.0) > 0.99 and _warm(second, 1.0) == 0
    assert abs(_warm(first, 0.0) - _warm(second, 0.0)) < 0.1
    assert _warm(second, 0.6) < _warm(second, 0.0) < _warm(first, 0.6) < 1


def test_a_label_has_its_nouns_in_their_places() -> None:
    names = [verb.name for verb in VERBS]
    assert label(names.index("put_into"), ("plain star", "dotted disc")) == (
        "putting plain star into dotted disc"
    )
    assert label(names.index("push_right"), ("plain star",)) == "pushing plain star from left to right"


def test_every_template_names_one_thing_or_two() -> None:
    assert {verb.nouns for verb in VERBS} == {1, 2}
    assert "[" not in VERBS[0].sentence and "something" in VERBS[0].sentence
