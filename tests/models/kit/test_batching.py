"""Batches by length, made when asked for, answered in their order."""

import numpy as np
import torch

from midspan.models.kit.batching import LazyBatches, answered, by_length, jumbled_by_length, pad


def test_pad_marks_what_is_real() -> None:
    tokens, mask = pad([[1, 2, 3], [4]])
    assert tokens.tolist() == [[1, 2, 3], [4, 0, 0]]
    assert mask.tolist() == [[True, True, True], [True, False, False]]


def test_rows_of_like_length_stand_together():
    assert by_length([3, 9, 1, 3, 7], 2) == [[2, 0], [3, 4], [1]]


def test_answers_come_in_the_order_of_the_rows():
    rows = [[7] * length for length in (5, 1, 9, 2, 4, 4, 30)]
    asked = []

    def ask(group):
        asked.append([len(row) for row in group])
        return torch.tensor([[len(row), sum(row)] for row in group])

    said = answered(ask, rows, 3)
    assert said.tolist() == [[len(row), 7 * len(row)] for row in rows]
    assert asked == [[1, 2, 4], [4, 5, 9], [30]]


def test_jumbled_batches_hold_every_row_once_and_are_of_like_length():
    texts = ["x" * length for length in np.random.default_rng(0).permutation(400)]
    groups = jumbled_by_length(texts, 8, np.random.default_rng(1))
    assert sorted(place for group in groups for place in group) == list(range(400))
    spans = [np.ptp([len(texts[place]) for place in group]) for group in groups]
    assert max(spans) < 60 < 200
    means = [np.mean([len(texts[place]) for place in group]) for group in groups]
    assert means != sorted(means)
    assert groups == jumbled_by_length(texts, 8, np.random.default_rng(1))


def test_a_batch_is_made_when_it_is_asked_for():
    made = []
    batches = LazyBatches(["a", "b", "c"], lambda plan: made.append(plan) or plan.upper())
    assert len(batches) == 3 and made == []
    assert batches[1] == "B" and made == ["b"]
