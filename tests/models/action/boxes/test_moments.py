from __future__ import annotations

import numpy as np
import pytest

from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.models.action.boxes.moments import during, things_at
from midspan.models.action.boxes.tracker import BoxTrack, track_boxes
from midspan.models.action.data.clip import even_times, make_clip
from midspan.models.action.data.verbs import NAMES


def _track(start: int, lefts: list[float], seen: list[bool] | None = None) -> BoxTrack:
    boxes = np.array([[left, 0.4, left + 0.2, 0.8] for left in lefts])
    return BoxTrack("object", start, boxes, np.array(seen or [True] * len(lefts)), 0.5, ())


def test_a_track_is_cut_to_the_event_with_its_end_left_out() -> None:
    (track,) = during([_track(2, [0.0, 0.1, 0.2, 0.3])], fps=2, start=1.5, end=2.5)
    assert track.times == (1.5, 2.0)
    assert track.boxes == ((0.1, 0.4, 0.3, 0.8), (0.2, 0.4, 0.4, 0.8))


def test_what_is_not_seen_in_the_event_is_left_out() -> None:
    bridged = _track(0, [0.1] * 6, [True, False, False, False, True, True])
    assert during([bridged], fps=2, start=0.5, end=2.0) == ()
    assert len(during([bridged], fps=2, start=0.5, end=2.5)) == 1
    assert during([bridged], fps=2, start=9.0, end=10.0) == ()


def test_a_track_is_called_what_it_is_called_in_that_time() -> None:
    """A camera may bring another thing to where one was; where nobody says, the whole track's name holds."""
    boxes = np.tile(np.array([0.1, 0.4, 0.3, 0.8]), (12, 1))
    names = ("star", "", "star", "", "star", "", "", "", "disc", "", "disc", "star")
    track = BoxTrack("object", 4, boxes, np.ones(12, np.bool_), 0.5, (), names)

    def named(start: float, end: float) -> list[str]:
        return [one.noun for one in during([track], fps=2, start=start, end=end)]

    assert named(0.0, 4.0) == ["star"] and named(6.0, 7.5) == ["disc"]
    assert named(5.0, 5.6) == named(0.0, 9.0) == ["star"]


def test_a_thing_is_where_its_boxes_say_and_between_them() -> None:
    tracks = during([_track(0, [0.0, 0.2, 0.4])], fps=1, start=0.0, end=3.0)
    (thing,) = things_at(tracks, 0.5)
    assert (thing.x, thing.y, thing.width, thing.height) == pytest.approx((0.2, 0.6, 0.2, 0.4))
    assert things_at(tracks, 3.0)[0].x == pytest.approx(0.5)


def test_what_comes_later_is_not_there_yet() -> None:
    tracks = during([_track(4, [0.1, 0.1, 0.1])], fps=2, start=0.0, end=5.0)
    assert things_at(tracks, 0.5) == () and len(things_at(tracks, 2.5)) == 1 and things_at(tracks, 4.5) == ()


def test_of_a_push_to_the_right_the_end_is_right_of_the_start() -> None:
    clip = make_clip(verb=NAMES.index("push_right"), noun=3, other=5, style="table", q=0.6, seed=(4,))
    frames = [
        [
            FrameBox(t.category, tuple(t.boxes[i].tolist()))
            for t in clip.tracks(even_times(24))
            if t.boxes[i, 0] >= 0
        ]
        for i in range(24)
    ]
    tracks = during(track_boxes(frames, fps=12), fps=12, start=0.0, end=2.0)
    moved = [
        after.x - before.x
        for track in tracks
        for before, after in zip(things_at([track], 0.1), things_at([track], 1.9), strict=False)
        if track.category == "object"
    ]
    assert max(moved) > 0.1 and min(moved) > -0.05
