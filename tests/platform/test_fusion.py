"""Fusion of scores: scales, the mix, and evening out between documents that are alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from midspan.platform import fusion

shares = arrays.arrays(np.float32, 6, elements=st.floats(0, 1, width=32))


def unit(*rows):
    vectors = np.array(rows, dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@given(shares, shares)
def test_the_mix_lies_between_its_parts(words, meaning):
    mixed = fusion.mixed(words, meaning)
    assert (mixed >= np.minimum(words, meaning) - 1e-6).all()
    assert (mixed <= np.maximum(words, meaning) + 1e-6).all()


@given(shares, shares, st.integers(0, 5))
def test_more_of_either_never_lowers_a_score(words, meaning, place):
    more = words.copy()
    more[place] = 1
    assert fusion.mixed(more, meaning)[place] >= fusion.mixed(words, meaning)[place]
    assert fusion.mixed(meaning, more)[place] >= fusion.mixed(meaning, words)[place]


def test_scores_are_shares_of_the_best_one():
    np.testing.assert_allclose(fusion.of_best(np.array([4, 1, 0], np.float32)), [1, 0.25, 0])
    assert fusion.of_best(np.zeros(2, np.float32)).tolist() == [0, 0]


def test_cosines_are_stretched_from_the_lowest_to_the_highest():
    np.testing.assert_allclose(
        fusion.stretched(np.array([0.5, 0.3, 0.4], np.float32)), [1, 0, 0.5], atol=1e-6
    )
    assert fusion.stretched(np.array([0.3, 0.3], np.float32)).tolist() == [1, 1]


@given(st.floats(0, 1, width=32), st.integers(1, 9))
def test_equal_scores_stay(score, count):
    vectors = unit(*np.random.default_rng(0).normal(size=(count, 4)))
    scores = np.full(count, score, np.float32)
    np.testing.assert_allclose(fusion.evened(scores, vectors), scores, atol=1e-6)


def test_a_document_among_good_ones_rises_and_a_lonely_one_stays():
    good = [(1, 0, 0.1 * n) for n in range(fusion.NEIGHBOURS + 1)]
    vectors = unit(*good, (1, 0, 0.05), (-1, 0, 0))
    scores = np.array([*[0.9] * len(good), 0.5, 0.5], np.float32)
    evened = fusion.evened(scores, vectors)
    assert evened[-2] == pytest.approx((1 - fusion.ALIKE) * 0.5 + fusion.ALIKE * 0.9, abs=1e-5)
    assert evened[-1] == 0.5  # nothing is less than at right angles to it


@given(st.permutations(range(7)))
def test_the_order_of_documents_makes_no_difference(order):
    vectors = unit(*np.random.default_rng(1).normal(size=(7, 5)))
    scores = np.linspace(0, 1, 7, dtype=np.float32)
    places = list(order)
    np.testing.assert_allclose(
        fusion.evened(scores[places], vectors[places]), fusion.evened(scores, vectors)[places], atol=1e-6
    )
