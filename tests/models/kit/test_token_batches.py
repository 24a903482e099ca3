"""Rows of tokens in batches of like length and bounded size, answered in their order."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.kit.token_batches import answered, by_tokens, pad


def test_pad_marks_what_is_real():
    tokens, mask = pad([[1, 2, 3], [4]])
    assert tokens.tolist() == [[1, 2, 3], [4, 0, 0]] and tokens.dtype == np.int64
    assert mask.tolist() == [[True, True, True], [True, False, False]]


@given(st.lists(st.integers(1, 60), max_size=80), st.integers(1, 100))
def test_groups_hold_every_row_once_within_the_budget(lengths, budget):
    groups = by_tokens(lengths, budget)
    assert sorted(place for group in groups for place in group) == list(range(len(lengths)))
    for group in groups:
        longest = max(lengths[place] for place in group)
        assert len(group) == 1 or len(group) * longest <= budget
    in_order = [lengths[place] for group in groups for place in group]
    assert in_order == sorted(in_order)


@given(st.lists(st.integers(1, 60), min_size=2, max_size=80), st.integers(60, 600))
def test_no_two_neighbouring_groups_fit_into_one(lengths, budget):
    groups = by_tokens(lengths, budget)
    for left, right in itertools.pairwise(groups):
        assert (len(left) + 1) * lengths[right[0]] > budget


def test_sorting_leaves_little_padding():
    lengths = np.random.default_rng(0).geometric(1 / 31, 1000).clip(3, 256).tolist()
    as_they_come = [range(start, min(start + 64, 1000)) for start in range(0, 1000, 64)]
    slots = [
        sum(len(group) * max(lengths[place] for place in group) for group in groups)
        for groups in (as_they_come, by_tokens(lengths, 512))
    ]
    assert slots[0] > 3 * sum(lengths) and slots[1] < 1.15 * sum(lengths)


class Lengths:
    """An engine that says how many tokens there are and what they sum to."""

    def __init__(self, tokens):
        self.tokens, self.asked = tokens, []

    def __call__(self, tokens, mask):
        self.asked.append(tokens.shape)
        return np.stack([mask.sum(axis=1), tokens.sum(axis=1)], axis=1).astype(np.float32)


def test_answers_come_in_the_order_of_the_rows():
    rows = [[7] * length for length in (5, 1, 9, 2, 4, 4, 30)]
    engine = Lengths(12)
    assert answered(engine, rows).tolist() == [[len(row), 7 * len(row)] for row in rows]
    assert engine.asked == [(3, 4), (2, 5), (1, 9), (1, 30)]


def test_work_stops_between_batches():
    def check():
        if len(engine.asked) == 2:
            raise KeyboardInterrupt

    engine = Lengths(10)
    with pytest.raises(KeyboardInterrupt):
        answered(engine, [[1] * 10] * 5, check)
    assert len(engine.asked) == 2
