from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midspan.models.action.boxes.frame_boxes import Box, Category, FrameBox
from midspan.models.action.boxes.tracker import BoxTrack, TrackerSettings, affinity, overlap, track_boxes

FPS = 12.0


def _box(x: float, y: float = 0.5, side: float = 0.2) -> Box:
    return (x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def _track(frames: list[list[FrameBox]], **changes: float) -> list[BoxTrack]:
    return track_boxes(frames, fps=FPS, settings=TrackerSettings(**changes))  # type: ignore[arg-type]


def _one(places: list[float | None], category: Category = "object") -> list[list[FrameBox]]:
    return [[] if x is None else [FrameBox(category, _box(x), 0.5)] for x in places]


def test_a_thing_that_moves_is_one_track() -> None:
    places = list(np.linspace(0.2, 0.8, 24))
    (track,) = _track(_one(places))
    assert track.start == 0 and track.seen.all() and track.score == 0.5
    np.testing.assert_allclose(track.boxes, [_box(x) for x in places])


def test_a_run_of_misses_is_bridged_and_interpolated() -> None:
    places: list[float | None] = list(np.linspace(0.3, 0.6, 31))
    places[10:22] = [None] * 12
    (track,) = _track(_one(places))
    assert track.seen.tolist() == [place is not None for place in places]
    np.testing.assert_allclose(track.boxes, [_box(x) for x in np.linspace(0.3, 0.6, 31)], atol=1e-9)


def test_a_longer_run_of_misses_ends_the_track() -> None:
    frames = _one([0.5] * 6 + [None] * 30 + [0.5] * 6)
    assert [track.start for track in _track(frames)] == [0, 36]
    assert [track.start for track in _track(frames, most_missed=3.0)] == [0]


def test_what_jumps_away_is_another_track() -> None:
    assert len(_track(_one([0.2] * 6 + [0.8] * 6))) == 2


def test_hand_and_thing_in_one_place_are_two_tracks() -> None:
    both = [[FrameBox("hand", _box(0.5)), FrameBox("object", _box(0.5))] for _ in range(6)]
    assert sorted(track.category for track in _track(both)) == ["hand", "object"]
    changed = _one([0.5] * 6, "hand") + _one([0.5] * 6, "object")
    assert [(track.category, track.start) for track in _track(changed)] == [("hand", 0), ("object", 6)]


def test_two_things_that_pass_each_other_keep_their_tracks() -> None:
    ways = np.linspace(0.1, 0.9, 40), np.linspace(0.9, 0.1, 40)
    frames = [
        [FrameBox("object", _box(a, 0.45, 0.16)), FrameBox("object", _box(b, 0.55, 0.24))]
        for a, b in zip(*ways, strict=True)
    ]
    first, second = _track(frames)
    assert [index for _, index in first.sources] == [0] * 40
    assert [index for _, index in second.sources] == [1] * 40


def test_what_comes_to_the_place_of_a_thing_of_another_name_is_not_taken_for_it() -> None:
    """As where a camera goes on to the next things; one that is misnamed for a moment stays what it is."""

    def brought(name: str, at_once: str) -> list[str]:
        frames = [[FrameBox("object", _box(0.3), 0.5, "star")] for _ in range(12)]
        frames[5] = [FrameBox("object", _box(0.3), 0.5, at_once)]
        frames += [[FrameBox("object", _box(0.4), 0.5, name)] for _ in range(12)]
        return [track.noun(0, len(frames)) for track in _track(frames)]

    assert brought("star", "disc") == brought("", "") == ["star"]
    assert brought("disc", "star") == ["star", "disc"]


def test_a_flash_is_no_track() -> None:
    assert _track(_one([0.5, 0.5, None, None])) == []
    assert len(_track(_one([0.5, 0.5, 0.5, None]))) == 1


def test_nothing_gives_nothing() -> None:
    assert _track([]) == [] and _track([[], []]) == []


def test_overlap_by_hand() -> None:
    first = np.array([[0.0, 0.0, 0.4, 0.4]])
    second = np.array([[0.2, 0.0, 0.6, 0.4], [0.0, 0.0, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9]])
    np.testing.assert_allclose(overlap(first, second), [[1 / 3, 1, 0]])


def test_what_does_not_overlap_may_still_be_near() -> None:
    here = np.array([_box(0.5, side=0.1)])
    near, far, larger = (
        np.array([box]) for box in (_box(0.61, side=0.1), _box(0.9, side=0.1), _box(0.61, side=0.05))
    )
    assert overlap(here, near) == 0 and affinity(here, near, 0.5) > affinity(here, far, 0.5)
    assert affinity(here, near, 0.5) > affinity(here, larger, 0.5)
    assert affinity(here, near, 0.0) == 0


boxes = st.builds(
    lambda x, y, w, h, hand: FrameBox("hand" if hand else "object", (x, y, x + w, y + h)),
    *(st.floats(0, 0.5) for _ in range(2)),
    *(st.floats(0.01, 0.5) for _ in range(2)),
    st.booleans(),
)


@settings(deadline=None)
@given(frames=st.lists(st.lists(boxes, max_size=5), max_size=12))
def test_every_box_is_in_one_track_at_most_and_its_track_goes_through_it(
    frames: list[list[FrameBox]],
) -> None:
    tracks = track_boxes(frames, fps=FPS, settings=TrackerSettings(least_seen=1))
    sources = [source for track in tracks for source in track.sources]
    assert sorted(sources) == [(f, i) for f, found in enumerate(frames) for i in range(len(found))]
    for track in tracks:
        assert len(track.boxes) == len(track.seen) and track.seen.sum() == len(track.sources)
        for frame, index in track.sources:
            assert frames[frame][index].category == track.category
            assert track.boxes[frame - track.start] == pytest.approx(frames[frame][index].box)
