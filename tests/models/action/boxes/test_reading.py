"""Small files in the published formats, made by hand."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.errors import CorruptSource, UnsupportedSource, WrongUse
from midspan.models.action.boxes import action_genome, epic, something_else
from midspan.models.action.boxes.frame_boxes import BoxedFrame, FrameBox, VideoBoxes, clean_box
from midspan.models.action.boxes.reading import read_sizes

SIZES = {"4": (400, 200)}


def _file(folder: Path, value: Any, name: str = "boxes.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(value), "utf-8")
    return path


def _label(category: str, standard: str, *corners: float) -> dict[str, Any]:
    return {
        "box2d": dict(zip(("x1", "y1", "x2", "y2"), corners, strict=True)),
        "gt_annotation": "object 0",
        "category": category,
        "standard_category": standard,
    }


def _frame(number: int, *labels: dict[str, Any]) -> dict[str, Any]:
    return {
        "url": f"https://example.org/4/{number:04}.jpg",
        "split": "a",
        "gt_placeholders": ["cup"],
        "name": f"4/{number:04}.jpg",
        "nr_instances": len(labels),
        "task_index": 1,
        "labels": list(labels),
    }


def test_annotations_of_something_else(tmp_path: Path) -> None:
    frames = [
        _frame(2),
        _frame(1, _label("hand", "hand", 0, 20, 100, 150.7), _label("cup", "0000", 40, 40, 80, 100)),
    ]
    assert list(something_else.read_annotations(_file(tmp_path, {"4": frames}), SIZES)) == [
        VideoBoxes(
            "4",
            (
                BoxedFrame(
                    0,
                    (
                        FrameBox("hand", (0, 0.1, 0.25, 0.75), 1.0, "hand"),
                        FrameBox("object", (0.1, 0.2, 0.2, 0.5), 1.0, "cup"),
                    ),
                ),
                BoxedFrame(1, ()),
            ),
        )
    ]


def test_prepared_detections_of_something_else(tmp_path: Path) -> None:
    boxes = [
        {"category": "right hand", "x1": 0, "y1": 20, "x2": 100, "y2": 150, "score": 0.75},
        {"category": "object", "x1": 40, "y1": 40, "x2": 80, "y2": 100, "score": 0.5},
    ]
    rows = [{"id": "4", "template": "x", "frames": [{"frame_objects": boxes}, {"frame_objects": []}]}]
    (video,) = something_else.read_detections(_file(tmp_path, rows), SIZES)
    assert [box.category for box in video.frames[0].boxes] == ["hand", "object"]
    assert [box.score for box in video.frames[0].boxes] == [0.75, 0.5]
    assert video.frames[1] == BoxedFrame(1, ())


def test_sizes_of_something_else(tmp_path: Path) -> None:
    assert read_sizes(_file(tmp_path, {"4": [400, 200]})) == SIZES


def _action_genome(folder: Path, objects: Any, persons: Any) -> list[VideoBoxes]:
    paths = _file(folder, objects, "objects.json"), _file(folder, persons, "persons.json")
    return list(action_genome.read_boxes(*paths, {"AB": (100, 100), "CD": (100, 100)}))


def _object(name: str, visible: bool, *box: float) -> dict[str, Any]:
    return {"class": name, "visible": visible, "bbox": list(box) if visible else None}


def test_action_genome_keeps_visible_objects_and_the_one_person(tmp_path: Path) -> None:
    objects = {
        "AB.mp4/000010.png": [_object("cup", True, 10, 20, 30, 40), _object("bed", False)],
        "AB.mp4/000002.png": [_object("cup", True, 0, 0, 50, 50)],
        "AB.mp4/000003.png": [_object("bed", False)],
        "CD.mp4/000001.png": [_object("cup", True, 10, 20, 30, 40)],
    }
    one, two = [[0, 0, 20, 90]], [[0, 0, 20, 90], [1, 1, 2, 2]]
    persons = {
        "AB.mp4/000010.png": {"bbox": one, "bbox_score": [0.9]},
        "AB.mp4/000002.png": {"bbox": two, "bbox_score": [0.9, 0.8]},
        "AB.mp4/000003.png": {"bbox": one, "bbox_score": [0.9]},
    }
    first, second = _action_genome(tmp_path, objects, persons)
    assert (first.video, second.video) == ("AB", "CD")
    assert [frame.number for frame in first.frames] == [2, 10]
    assert first.frames[1].boxes == (
        FrameBox("object", (0.1, 0.2, 0.4, 0.6), 1.0, "cup"),
        FrameBox("object", (0, 0, 0.2, 0.9), 0.9, "person"),
    )
    assert [box.noun for box in first.frames[0].boxes] == ["cup"]


def test_a_pickle_is_refused_and_the_command_that_converts_it_works(tmp_path: Path) -> None:
    path = tmp_path / "object_bbox.pkl"
    path.write_bytes(pickle.dumps({"AB.mp4/000001.png": [_object("cup", True, 10, 20, 30, 40)]}))
    with pytest.raises(UnsupportedSource, match="is a pickle, which runs code") as refused:
        list(action_genome.read_boxes(path, path, {}))
    command = str(refused.value).split("python -c ")[1]
    code = command.split('"')[1]
    subprocess.run([sys.executable, "-c", code, path.name, "object_bbox.json"], cwd=tmp_path, check=True)
    assert json.loads((tmp_path / "object_bbox.json").read_text()) == pickle.loads(path.read_bytes())  # noqa: S301


def test_hdf5_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedSource, match="write it as JSON"):
        list(epic.read_boxes(tmp_path / "boxes.hdf5"))


@pytest.mark.parametrize("as_text", [False, True])
def test_epic_boxes_as_lists_and_as_literals(tmp_path: Path, as_text: bool) -> None:
    boxes = [
        {"box": [0.1, 0.2, 0.5, 0.75], "category": "hand", "score": 0.8, "state": "P", "side": "left"},
        {"box": [0.25, 0.5, 1.0, 1.0], "category": "object", "score": 0.6, "state": "", "side": ""},
    ]
    told = {"P01_01": {"12": str(boxes) if as_text else boxes, "3": "[]" if as_text else []}}
    (video,) = epic.read_boxes(_file(tmp_path, told))
    assert [frame.number for frame in video.frames] == [3, 12]
    hand, thing = video.frames[1].boxes
    assert (hand.category, hand.score, thing.category) == ("hand", 0.8, "object")
    assert hand.box == pytest.approx((0.1, 0.2, 0.5, 0.75), abs=1 / 2048)


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"4": 3},
        {"4": [{}]},
        {"4": [_frame(0)]},
        {"4": [_frame(1, {"box2d": {}, "standard_category": "hand", "category": "hand"})]},
        {"4": [_frame(1, _label("cup", "0000", 0, 0, float("nan"), 5))]},
        {"4": [_frame(1, _label("cup", "0000", 0, 0, float("inf"), 5))]},
    ],
)
def test_what_is_not_as_expected_is_named(tmp_path: Path, value: Any) -> None:
    with pytest.raises(CorruptSource, match=r"boxes\.json"):
        list(something_else.read_annotations(_file(tmp_path, value), SIZES))


@pytest.mark.parametrize("text", ["__import__('os').getcwd()", "[", "[{'box': (900, 2, 3, 4)}]"])
def test_a_literal_is_never_run(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorruptSource, match="video P01"):
        list(epic.read_boxes(_file(tmp_path, {"P01": {"1": text}})))


def test_no_json_and_no_size_are_told(tmp_path: Path) -> None:
    (tmp_path / "boxes.json").write_text("{")
    with pytest.raises(CorruptSource, match="is no JSON"):
        list(something_else.read_annotations(tmp_path / "boxes.json", SIZES))
    with pytest.raises(WrongUse, match="'7' is not known"):
        list(something_else.read_annotations(_file(tmp_path, {"7": [_frame(1)]}), SIZES))


edges = st.floats(-1e4, 1e4)


@given(
    corners=st.tuples(edges, edges, edges, edges), size=st.tuples(st.integers(2, 999), st.integers(2, 999))
)
def test_a_clean_box_lies_in_the_picture_and_has_an_extent(
    corners: tuple[float, ...], size: tuple[int, int]
) -> None:
    left, top, right, bottom = clean_box(corners, size)
    assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1
    assert clean_box((corners[2], corners[3], corners[0], corners[1]), size) == (left, top, right, bottom)


def test_a_clean_box_within_the_picture_stays() -> None:
    assert clean_box((10, 20, 30.9, 40), (100, 100)) == (0.1, 0.2, 0.3, 0.4)
