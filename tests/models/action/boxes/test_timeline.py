import pickle

import numpy as np
import pytest

from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.models.action.boxes.timeline import Timeline, packed
from midspan.models.action.data.arrays import HAND, NOTHING, OBJECT

CUP = FrameBox("object", (0.1, 0.2, 0.3, 0.4), 0.8, "cup")
PALM = FrameBox("hand", (0.5, 0.5, 0.9, 1.0), 0.9)


def at(times, *frames):
    return packed(np.array(times), frames)


def test_boxes_are_remembered_in_little_space():
    frames = [(CUP, PALM)] * 16
    kept = pickle.dumps(at(np.arange(16) / 8, *frames))
    assert len(kept) < 1500
    (found, *_) = Timeline([at(np.arange(16) / 8, *frames)]).frames
    assert [box.category for box in found] == ["object", "hand"]
    assert found[0].box == pytest.approx(CUP.box, abs=1e-4) and found[0].noun == "cup"


def test_windows_come_in_any_order_and_some_may_be_missing():
    late, early = at([4.0, 4.125], (PALM,), ()), at([0.0, 0.125], (CUP,), (CUP, PALM))
    frames = Timeline([late, early]).frames
    assert len(frames) == 34
    assert [len(boxes) for boxes in frames[:3]] == [1, 2, 0] and len(frames[32]) == 1


def test_tracks_know_what_they_are_of():
    timeline = Timeline([at(np.arange(8) / 8, *[(CUP, PALM)] * 8)])
    assert [(one.category, one.noun(0, 8), len(one.boxes)) for one in timeline.tracks] == [
        ("hand", "", 8),
        ("object", "cup", 8),
    ]


def test_a_layout_has_the_six_surest_boxes_of_each_frame():
    many = [FrameBox("object", (0.1, 0.1, 0.2, 0.2), 0.1 * n) for n in range(1, 8)]
    layout = Timeline([at([2.0, 2.125], (*many, PALM), (CUP,))]).layout(2.0)
    assert layout.categories[0].tolist() == [HAND] + [OBJECT] * 5
    assert layout.scores[0] == pytest.approx([0.9, 0.7, 0.6, 0.5, 0.4, 0.3], abs=1e-4)
    assert layout.categories[1].tolist() == [OBJECT] + [NOTHING] * 5


def test_where_there_is_no_frame_the_nearest_one_stands():
    layout = Timeline([at([0.0, 1.0], (CUP,), (PALM,))]).layout(0.0)
    kinds = layout.categories[:, 0].tolist()
    assert kinds[:4] == [OBJECT] * 4 and kinds[5:] == [HAND] * 11  # the one between is as far from both


def test_a_video_without_frames_has_neither():
    empty = Timeline([])
    assert empty.tracks == [] and (empty.layout(0.0).categories == NOTHING).all()
