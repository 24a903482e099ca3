"""What is cut out of a frame for the namer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.action.naming.crops import SIDE, as_input, crop

sides = st.floats(-0.2, 1.2, allow_nan=False)


@given(st.tuples(sides, sides, sides, sides), st.integers(1, 60), st.integers(1, 60))
def test_any_box_gives_a_crop(corners, height, width):
    left, right = sorted(corners[::2])
    top, bottom = sorted(corners[1::2])
    frame = np.zeros((height, width, 3), np.uint8)
    assert crop(frame, (left, top, right, bottom)).shape == (SIDE, SIDE, 3)


def test_a_crop_shows_what_is_in_the_box():
    frame = np.zeros((96, 128, 3), np.uint8)
    frame[24:48, 64:96] = 200
    assert crop(frame, (0.55, 0.3, 0.7, 0.45)).min() == 200
    assert crop(frame, (0.0, 0.6, 0.4, 1.0)).max() == 0


def test_inputs_are_about_zero():
    black, white = np.zeros((1, SIDE, SIDE, 3), np.uint8), np.full((1, SIDE, SIDE, 3), 255, np.uint8)
    assert as_input(black).min() == -0.5 and as_input(white).max() == 0.5
    assert as_input(black).shape == (1, 3, SIDE, SIDE)
