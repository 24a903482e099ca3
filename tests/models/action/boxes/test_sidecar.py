"""Boxes beside a video, in each of the formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from midspan.errors import CorruptSource
from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.models.action.boxes.sidecar import MOST_BOXES, Sidecar, beside

SIZE = (200, 100)
CORNERS = {"x1": 20, "y1": 10, "x2": 60, "y2": 50}
BOX = (0.1, 0.1, 0.3, 0.5)
SOMETHING_ELSE = {
    "clip": [
        {"name": name, "labels": [{"category": "cup", "standard_category": "0000", "box2d": CORNERS}]}
        for name in ("clip/0001.jpg", "clip/0002.jpg")
    ]
}
PREPARED = [
    {
        "id": "clip",
        "template": "Pushing [something]",
        "frames": [{"frame_objects": [{"category": "object", **CORNERS, "score": 0.5}]}] * 2,
    }
]
ACTION_GENOME = {
    f"clip.mp4/{n:06}.png": [{"class": "cup", "visible": True, "bbox": [20, 10, 40, 40]}] for n in (0, 1)
}
EPIC = {"clip": {str(n): [{"category": "object", "box": BOX, "score": 0.5}] for n in (0, 1)}}


def _sidecar(folder: Path, value: Any, video: str = "clip", rate: float = 12.0) -> Sidecar:
    path = folder / "clip.boxes.json"
    path.write_text(json.dumps(value), "utf-8")
    return Sidecar(path, video, SIZE, rate)


@pytest.mark.parametrize(
    ("value", "noun"),
    [(SOMETHING_ELSE, "cup"), (PREPARED, ""), (ACTION_GENOME, "cup"), (EPIC, "")],
    ids=["something-else", "prepared", "action-genome", "epic"],
)
def test_every_format_is_known_by_its_look(tmp_path: Path, value: Any, noun: str) -> None:
    sidecar = _sidecar(tmp_path, value)
    (box,) = sidecar.at(0.08)
    assert box.box == pytest.approx(BOX, abs=1e-3)
    assert (box.category, box.noun) == ("object", noun)


def test_a_frame_has_the_boxes_of_its_moment_alone(tmp_path: Path) -> None:
    told = {"clip": {"0": EPIC["clip"]["0"], "24": [{"category": "left hand", "box": BOX, "score": 1}]}}
    sidecar = _sidecar(tmp_path, told)
    assert [box.category for box in sidecar.at(0.05)] == ["object"]
    assert sidecar.at(1.0) == ()
    assert [box.category for box in sidecar.at(2.0)] == ["hand"]


def test_of_many_boxes_the_surest_are_kept(tmp_path: Path) -> None:
    boxes = [{"category": "object", "box": BOX, "score": n / 100} for n in range(100)]
    found = _sidecar(tmp_path, {"clip": {"0": boxes}}).at(0.0)
    assert len(found) == MOST_BOXES and found[0] == FrameBox("object", found[0].box, 0.99)


def test_of_several_videos_the_one_of_the_name_counts(tmp_path: Path) -> None:
    both = {"other": {"0": []}, **EPIC}
    assert len(_sidecar(tmp_path, both).at(0.0)) == 1
    with pytest.raises(CorruptSource, match="none of them called 'party'"):
        _sidecar(tmp_path, both, video="party")
    assert len(_sidecar(tmp_path, EPIC, video="party").at(0.0)) == 1


@pytest.mark.parametrize("value", [{}, 3, {"clip": 3}, [{"id": "clip"}], {"clip": [{"name": "x"}]}, []])
def test_what_is_no_boxes_is_said_so(tmp_path: Path, value: Any) -> None:
    with pytest.raises(CorruptSource, match=r"clip\.boxes\.json"):
        _sidecar(tmp_path, value)


def test_it_lies_beside_the_video_with_or_without_its_ending(tmp_path: Path) -> None:
    assert beside(tmp_path / "clip.mp4") is None
    for name in ("clip.mp4.boxes.json", "clip.boxes.json"):
        (tmp_path / name).write_text("{}")
        assert beside(tmp_path / "clip.mp4") == tmp_path / name
