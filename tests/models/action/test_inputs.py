"""What networks are given, and that the views of all modalities of a clip agree."""

import numpy as np
import pytest

from midspan.models.action.clips import read_data
from midspan.models.action.inputs import Views, drawn_views, inputs, plain_views


@pytest.fixture(scope="module")
def clips(toy_data):
    return read_data(toy_data).seen


def moved(columns, rows, count):
    plain = plain_views(count)
    return Views(np.tile([columns, rows], (count, 1)), plain.colour, plain.light)


def square(frames):
    """Middle of what is bright in each frame, in shares: frames (n, 3, t, h, w) or flow (n, 2, t, h, w)."""
    bright = np.abs(frames - np.median(frames)).max(1) > 0.3
    return np.array([[np.argwhere(one).mean(0)[::-1] + 0.5 for one in clip] for clip in bright]) / 64


def test_shapes_and_ranges(clips):
    frames, flow, sound = (inputs(one, clips)[0] for one in ("rgb", "flow", "audio"))
    assert frames.shape == (24, 3, 8, 64, 64) and frames.min() >= -0.5 and frames.max() <= 0.5
    assert flow.shape == (24, 2, 7, 64, 64) and sound.shape == (24, 64, 32)
    boxes, categories, scores = inputs("layout", clips)
    assert boxes.shape == (24, 16, 6, 4) and categories.shape == scores.shape == (24, 16, 6)
    assert frames.dtype == flow.dtype == boxes.dtype == scores.dtype == sound.dtype == np.float32


def test_what_is_given_are_the_pixels(clips):
    given = inputs("rgb", clips.at([3]))[0]
    pixels = clips.array("rgb")[3]
    np.testing.assert_allclose(given[0].transpose(1, 2, 3, 0), pixels / 255 - 0.5, atol=1e-6)


def test_frames_flow_and_boxes_move_together(clips):
    for views in (None, moved(5, -4, len(clips))):
        boxes = inputs("layout", clips, views)[0][:, ::2, 0]
        middles = (boxes[..., :2] + boxes[..., 2:]) / 2
        np.testing.assert_allclose(square(inputs("rgb", clips, views)[0]), middles, atol=0.02)
        np.testing.assert_allclose(square(inputs("flow", clips, views)[0]), middles[:, :7], atol=0.02)
    still = inputs("layout", clips)[0][:, ::2, 0]
    np.testing.assert_allclose((still - boxes)[0, 0], np.array([5, -4, 5, -4]) / 64, atol=1e-6)


def test_empty_slots_stay_empty(clips):
    boxes, categories, _ = inputs("layout", clips, moved(5, 5, len(clips)))
    assert not boxes[categories == 0].any()


def test_views_are_a_function_of_the_seed(clips):
    one, other, third = (drawn_views(24, key) for key in ((1, 0), (1, 0), (1, 1)))
    np.testing.assert_array_equal(one.shift, other.shift)
    np.testing.assert_array_equal(one.colour, other.colour)
    assert not np.array_equal(one.shift, third.shift)
    assert np.abs(one.shift).max() <= 6


def test_strong_views_take_colour_away_or_turn_it():
    """The matrices are permutations of the channels with a brightness each, or have the same sum for all."""
    colours = drawn_views(200, (0, 0), strong=True).colour
    grey = np.array([np.linalg.matrix_rank(one) == 1 for one in colours])
    assert 0.2 < grey.mean() < 0.4
    assert ((colours[~grey] != 0).sum(1) == 1).all() and ((colours[~grey] != 0).sum(2) == 1).all()
    assert (np.argmax(colours[~grey], axis=1) != np.arange(3)).any()
