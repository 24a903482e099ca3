import numpy as np
import pytest

from midspan.models.action.boxes.matching import Found, matched, total
from midspan.models.action.boxes.suppression import suppressed

A, B, FAR = (0.1, 0.1, 0.5, 0.5), (0.12, 0.1, 0.5, 0.5), (0.6, 0.6, 0.9, 0.9)


def test_of_boxes_of_one_thing_the_surest_stays():
    assert suppressed(np.array([A, B, FAR]), np.array([0.4, 0.9, 0.1]), 0.5) == [1, 2]
    assert suppressed(np.zeros((0, 4)), np.zeros(0), 0.5) == []


def test_each_true_box_is_found_once():
    found = matched(np.array([A, B, FAR]), np.array([A]))
    assert found == Found(true=1, right=1, false=2, frames=1)
    assert matched(np.zeros((0, 4)), np.array([A])) == Found(1, 0, 0, 1)


def test_boxes_are_matched_so_that_most_are_right():
    wide = (0.1, 0.1, 0.5, 0.62)  # goes with either of the two below
    assert matched(np.array([A, wide]), np.array([wide, (0.1, 0.1, 0.5, 0.75)])).right == 2


def test_shares_over_frames():
    sum_ = total([matched(np.array([A, FAR]), np.array([A])), matched(np.zeros((0, 4)), np.array([A, FAR]))])
    assert (sum_.recall, sum_.false_a_frame) == (pytest.approx(1 / 3), 0.5)
    assert sum_.f1 == pytest.approx(2 / 5)
