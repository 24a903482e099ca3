"""Clips out of a video: where they begin, and that pictures, boxes and sound are of that time."""

import json

import numpy as np
import pytest

from midspan.errors import CorruptSource
from midspan.models.action.data.video_files import FPS, write_video
from midspan.pipelines.labelled.cutting import Stretch, cut, starts_in
from tests.pipelines.labelled.conftest import SIZE, square, tone


@pytest.mark.parametrize(
    "stretch, end, starts",
    [
        (Stretch(0, None), 6.0, [0, 2, 4]),
        (Stretch(0, None), 3.2, [0, 1.2]),
        (Stretch(3, 4), 10.0, [2.5]),
        (Stretch(0, 0.5), 10.0, [0]),
        (Stretch(9.5, 12), 10.0, [8]),
        (Stretch(0, None), 1.5, [0]),
        (Stretch(10, 12), 10.0, []),
    ],
)
def test_clips_lie_side_by_side_within_the_stretch_and_the_video(stretch, end, starts):
    np.testing.assert_allclose(starts_in(stretch, end), starts)


def test_a_long_stretch_has_clips_from_all_over_it():
    starts = starts_in(Stretch(10, 110), 200.0)
    assert len(starts) == 8 and (starts[0], starts[-1]) == (10, 108)


def test_a_clip_is_of_its_time(tmp_path, confined):
    """A square stands for three seconds, and goes to the right with a tone for two."""
    path = tmp_path / "a.mp4"
    still = np.repeat(square(1, right=True), 3 * FPS, 0)
    write_video([still, square(2 * FPS, right=True)], tone(5.0, begin=3.0), SIZE, path)
    boxes = [
        {"frame_objects": [{"category": "hand", "x1": 0, "y1": 0, "x2": 48, "y2": 72}] * (frame >= 36)}
        for frame in range(60)
    ]
    sidecar = tmp_path / "elsewhere.json"
    sidecar.write_text(json.dumps([{"id": "a", "frames": boxes}]))
    found = cut(path, sidecar, [Stretch(3, 5), Stretch(0, 2)], confined, lambda: None)
    assert found.of == (0, 1) and found.sounds and found.seconds == pytest.approx(5, abs=0.1)
    moving, resting = found.clips
    assert moving.flow[..., 0].max() > 2 and abs(resting.flow).max() < 1
    assert moving.mel[:, 10:50].max() > resting.mel.max() + 5
    assert (moving.seen.categories[:, 0] == 2).all() and not resting.seen.categories.any()
    np.testing.assert_allclose(moving.seen.boxes[5, 0], (0, 0, 0.5, 1), atol=0.02)
    assert moving.rgb.shape == (8, 64, 64, 3) and moving.verb == -1


def test_the_detector_is_asked_where_there_is_no_file(squares, confined):
    from midspan.models.action.boxes.frame_boxes import FrameBox

    asked = []

    def detector(frames):
        asked.append(len(frames))
        return [(FrameBox("object", (0.1, 0.1, 0.5, 0.5), 0.9),)] * len(frames)

    found = cut(squares / "0.mp4", None, [Stretch(0, None)], confined, lambda: detector)
    assert sum(asked) == 16 and (found.clips[0].seen.categories[:, 0] == 1).all()


def test_a_video_that_breaks_off_is_none(squares, tmp_path, confined):
    path = tmp_path / "half.mp4"
    path.write_bytes((squares / "0.mp4").read_bytes()[:900])
    with pytest.raises(CorruptSource):
        cut(path, None, [Stretch(0, None)], confined, lambda: None)
