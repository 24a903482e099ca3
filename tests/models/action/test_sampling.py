import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.action.sampling import pictures, segments, window

LENGTHS, COUNTS = st.integers(1, 300), st.integers(1, 40)


@given(LENGTHS, COUNTS, st.none() | st.integers(0, 5))
def test_each_part_of_the_clip_gives_one_frame(length, count, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    found = segments(length, count, rng)
    assert len(found) == count and (np.diff(found) >= 0).all()
    parts = np.floor(np.arange(count + 1) * length / count)
    assert (found >= parts[:-1]).all() and (found <= np.maximum(parts[1:], parts[:-1])).all()
    assert found.max() < length


def test_in_a_test_it_is_the_middle():
    assert segments(32, 4).tolist() == [4, 12, 20, 28]
    assert segments(2, 4).tolist() == [0, 0, 1, 1]


@given(LENGTHS, COUNTS, st.integers(1, 4), st.none() | st.integers(0, 5))
def test_a_window_lies_within_the_clip(length, count, stride, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    found = window(length, count, stride, rng)
    assert len(found) == count and found.min() >= 0 and found.max() < length
    if length >= count * stride:
        assert (np.diff(found) == stride).all()
    else:
        assert (np.diff(found) >= 0).all()


@pytest.mark.parametrize(("length", "start"), [(64, 0), (100, 18)])
def test_without_chance_the_window_is_in_the_middle(length, start):
    assert window(length, 32, 2)[0] == start


def test_the_pictures_are_among_the_frames_of_the_layout():
    assert pictures(segments(64, 16), 2).tolist() == [2, 10, 18, 26, 34, 42, 50, 58]
