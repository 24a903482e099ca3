"""Batches by length, made when asked for."""

import numpy as np

from midspan.models.kit.batching import LazyBatches, by_length, jumbled_by_length


def test_rows_of_like_length_stand_together():
    assert by_length([3, 9, 1, 3, 7], 2) == [[2, 0], [3, 4], [1]]


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
