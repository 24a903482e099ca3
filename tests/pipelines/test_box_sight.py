"""Boxes of a video as the stage of actions gets them."""

from __future__ import annotations

import numpy as np
import pytest

from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.pipelines.action import ActionStage
from midspan.pipelines.box_sight import BoxSight
from midspan.pipelines.stage import Batch, Frames
from midspan.records import ActionEvent, Segment, Source

VIDEO = Source("video", "video", "video/mp4", "a", 1, 0.0)
PALM, CUP = FrameBox("hand", (0.4, 0.4, 0.8, 0.9), 0.9), FrameBox("object", (0.1, 0.1, 0.3, 0.3), 0.8, "cup")


class Everywhere:
    """Finds the same in every frame."""

    def __init__(self, *boxes):
        self.boxes, self.asked = boxes, 0

    def __call__(self, frames, check=lambda: None):
        self.asked += len(frames)
        return [self.boxes] * len(frames)


def events(sight, *, beside=None):
    """Of four seconds of a grey video; ``beside`` are the boxes of each frame in a file."""
    stage = ActionStage(sight=sight)
    memory = stage.open(VIDEO)
    for ordinal in range(2):
        segment = Segment(f"s{ordinal}", "video", ordinal, "window", "s", 2.0 * ordinal, 2.0 * ordinal + 2)
        times = 2.0 * ordinal + np.arange(16) / 8
        boxes = None if beside is None else (beside,) * 16
        frames = {segment.id: Frames(np.full((16, 48, 64, 3), 99, np.uint8), times, boxes)}
        stage(Batch([segment], frames, memories={"video": memory}))
    return [one for one in stage.finish(memory) if isinstance(one, ActionEvent)]


def test_a_hand_is_told_with_its_tracks():
    (event,) = events(BoxSight(lambda: Everywhere(PALM, CUP), "everywhere"))
    assert (event.verb, event.modalities) == ("hand there", ("boxes",))
    assert (event.provenance.start, event.provenance.end, event.provenance.segment_id) == (0.0, 4.0, "s0")
    assert [(one.category, one.noun, len(one.times)) for one in event.tracks] == [
        ("hand", "", 32),
        ("object", "cup", 32),
    ]


def test_boxes_beside_the_video_come_first():
    detector = Everywhere(PALM)
    assert events(BoxSight(lambda: detector, "everywhere"), beside=(CUP,)) == []
    assert detector.asked == 0
    (event,) = events(BoxSight(lambda: None, ""), beside=(PALM,))
    assert event.tracks[0].boxes[0] == pytest.approx(PALM.box, abs=1e-4)


def test_where_nobody_knows_boxes_none_are_told():
    assert events(BoxSight(lambda: None, "")) == []
    assert BoxSight(lambda: None, "").see(Frames(np.zeros((1, 8, 8, 3), np.uint8), np.zeros(1)), list) is None
