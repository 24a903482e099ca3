"""The palm model's format, on numbers made by hand."""

import numpy as np
import pytest

from midspan.models.action.boxes.hands.palm import ANCHORS, NUMBERS, SIDE, anchors, hands_of, squared


def said(place: int, *, size: float, wrist: tuple[float, float], knuckle: tuple[float, float]):
    """One palm, its middle that of an anchor; pixels of the square."""
    numbers, logits = np.zeros((ANCHORS, NUMBERS)), np.full(ANCHORS, -50.0)
    numbers[place, 2:4] = size
    numbers[place, 4:6], numbers[place, 8:10] = wrist, knuckle
    logits[place] = 3.0
    return numbers, logits


def test_anchors_are_middles_of_cells_two_on_the_fine_and_six_on_the_coarse_grid():
    assert anchors().shape == (2016, 2)
    assert anchors()[0] == pytest.approx((0.5 / 24, 0.5 / 24))
    assert np.array_equal(anchors()[0], anchors()[1]) and anchors()[2][0] == pytest.approx(1.5 / 24)
    assert np.unique(anchors()[1152:], axis=0, return_counts=True)[1].tolist() == [6] * 144


def test_a_hand_is_two_palms_wide_and_lies_towards_the_fingers():
    middle = 1152 + 6 * (6 * 12 + 6)  # cell (6, 6) of the coarse grid: 6.5 / 12 of the square
    numbers, logits = said(middle, size=0.2 * SIDE, wrist=(0, 20), knuckle=(0, -20))
    (hand,) = hands_of(numbers, logits, (640, 640))
    x, y = 6.5 / 12, 6.5 / 12 - 0.1  # half a palm up
    assert hand.box == pytest.approx((x - 0.2, y - 0.2, x + 0.2, y + 0.2))
    assert (hand.category, hand.score) == ("hand", pytest.approx(1 / (1 + np.exp(-3))))


def test_the_black_borders_are_taken_away_again():
    middle = 1152 + 6 * (6 * 12 + 6)
    numbers, logits = said(middle, size=0.1 * SIDE, wrist=(0, 20), knuckle=(0, -20))
    (square,), (wide,) = (hands_of(numbers, logits, size) for size in ((640, 640), (640, 320)))
    assert [wide.box[0], wide.box[2]] == pytest.approx([square.box[0], square.box[2]])
    assert wide.box[1] == pytest.approx(2 * square.box[1] - 0.5)


def test_what_is_not_sure_or_lies_outside_is_none():
    numbers, logits = said(0, size=0.05 * SIDE, wrist=(0, 20), knuckle=(0, -20))
    assert hands_of(numbers, logits, (640, 100)) == ()  # in the border above
    assert hands_of(numbers, logits - 4, (640, 640)) == ()


def test_a_picture_is_squared_with_black():
    shown = squared(np.full((96, 192, 3), 255, np.uint8))
    assert shown.shape == (1, SIDE, SIDE, 3)
    assert shown[0, :47].max() == 0 and shown[0, 49:143].min() == 1 and shown[0, 145:].max() == 0
