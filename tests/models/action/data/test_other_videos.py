"""Drawn video in which nobody handles anything."""

from __future__ import annotations

import numpy as np
import pytest

from midspan.models.action.data.other_videos import (
    CHOOSING_KINDS,
    KINDS,
    MEASURED_KINDS,
    other_film,
    other_windows,
)
from midspan.models.action.motion import Motion
from midspan.models.action.signature import describe


def test_what_is_measured_is_neither_learned_nor_chosen_on() -> None:
    assert len({*KINDS, *CHOOSING_KINDS, *MEASURED_KINDS}) == len(KINDS + CHOOSING_KINDS + MEASURED_KINDS)
    assert len(MEASURED_KINDS) >= 10 and len(KINDS) >= 10


@pytest.mark.parametrize("kind", KINDS + CHOOSING_KINDS + MEASURED_KINDS)
def test_each_kind_is_drawn_anew_and_the_same_by_seed(kind: str) -> None:
    one, same, other = (other_windows(2, np.random.default_rng(seed), [kind]) for seed in (1, 1, 2))
    assert one.shape == (2, 8, 64, 64, 3) and one.dtype == np.uint8
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert not np.array_equal(one[0], one[1])
    assert one.std() > 3  # there is something to see


def test_films_are_at_eight_frames_a_second_in_the_size_asked_for() -> None:
    frames = other_film("street", 3.0, np.random.default_rng(0), (80, 60))
    assert frames.shape == (24, 60, 80, 3)


def test_a_turning_camera_moves_the_whole_picture_and_a_still_one_nothing() -> None:
    def motions(kind: str) -> list[Motion]:
        films = [other_film(kind, 2.0, np.random.default_rng(seed)) for seed in range(8)]
        return [describe(one, np.arange(16) / 8).motion for one in films]

    assert sum(one.whole for one in motions("panning")) >= 5
    assert not any(one.whole for one in motions("still"))
