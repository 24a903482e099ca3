"""A detector of one's own: models that the test builds, in the forms that published ones have."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from midspan.errors import ModelFilesMissing, WrongUse
from midspan.models.action.boxes.onnx_folder import FolderDetector
from midspan.models.action.boxes.onnx_layout import identity_of

SIDE = 32
NAMES = ["person", "cup", "hand"]
CUP, PALM, BODY = [8, 4, 16, 20], [16, 16, 32, 32], [0, 0, 32, 32]


def make(
    folder: Path, *, scores: Any, said: Any = (CUP, PALM, BODY), classes: Any = None, **contract: Any
) -> Path:
    """Boxes and classes are always the same; the scores are so much times how bright the picture is."""
    first = contract.get("input", {}).get("layout", "nchw") == "nchw"
    kind = TensorProto.UINT8 if contract.get("input", {}).get("type") == "uint8" else TensorProto.FLOAT
    constants = {"of": np.array(scores, np.float32), "boxes": np.array(said, np.float32)}
    constants |= {} if classes is None else {"labels": np.array(classes, np.int64)}
    nodes = [
        helper.make_node("Cast", ["picture"], ["real"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["real"], ["light"], keepdims=0),
        helper.make_node("Mul", ["of", "light"], ["scores"]),
    ]
    for name, value in constants.items():
        nodes.insert(0, helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name)))
    shape = [1, 3, SIDE, SIDE] if first else [1, SIDE, SIDE, 3]
    outputs = [name for name in ("boxes", "scores", "labels") if name in {*constants, "scores"}]
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("picture", kind, shape)],
        [
            helper.make_tensor_value_info(
                name, TensorProto.INT64 if name == "labels" else TensorProto.FLOAT, None
            )
            for name in outputs
        ],
    )
    folder.mkdir()
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, folder / "model.onnx")
    told = {"outputs": {name: name for name in ("boxes", "scores")}, "names": NAMES, "hands": ["hand"]}
    if classes is not None:
        told["outputs"]["classes"] = "labels"
    told |= contract
    told["input"] = {"width": SIDE, "height": SIDE, **contract.get("input", {})}
    (folder / "detector.json").write_text(json.dumps(told))
    return folder


def white(count: int = 1) -> Any:
    return np.full((count, 24, 48, 3), 255, np.uint8)


def found(folder: Path, frames: Any = None) -> list[tuple[str, str, Any]]:
    (boxes, *_) = FolderDetector(folder)(white() if frames is None else frames)
    return [(box.category, box.noun, pytest.approx(box.box, abs=1e-6)) for box in boxes]


SHARES = {name: tuple(edge / SIDE for edge in box) for name, box in (("cup", CUP), ("hand", PALM))}
EXPECTED = [("object", "cup", SHARES["cup"]), ("hand", "", SHARES["hand"])]


def test_classes_beside_scores(tmp_path: Path) -> None:
    folder = make(tmp_path / "own", scores=[0.9, 0.8, 0.7], classes=[1, 2, 0], ignore=["person"])
    assert found(folder) == EXPECTED


def test_a_column_of_scores_a_name(tmp_path: Path) -> None:
    table = [[[0.1, 0.9, 0.2], [0.0, 0.1, 0.8], [0.1, 0.1, 0.1]]]
    assert found(make(tmp_path / "own", said=[[CUP, PALM, BODY]], scores=table)) == EXPECTED


@pytest.mark.parametrize("unit", ["pixels", "shares"])
@pytest.mark.parametrize(
    ("corners", "boxes"),
    [
        ("yxyx", [[4, 8, 20, 16], [16, 16, 32, 32]]),
        ("xywh", [[8, 4, 8, 16], [16, 16, 16, 16]]),
        ("cxcywh", [[12, 12, 8, 16], [24, 24, 16, 16]]),
    ],
)
def test_every_way_to_say_a_box(tmp_path: Path, corners: str, boxes: Any, unit: str) -> None:
    told = np.array(boxes) / (SIDE if unit == "shares" else 1)
    way = {"corners": corners, "unit": unit}
    folder = make(tmp_path / "own", said=told, scores=[0.9, 0.8], classes=[1, 2], boxes=way)
    assert found(folder) == EXPECTED


@pytest.mark.parametrize(
    "options", [{"layout": "nhwc"}, {"layout": "nhwc", "type": "uint8", "colours": "bgr"}]
)
def test_the_picture_comes_as_the_folder_says(tmp_path: Path, options: dict[str, Any]) -> None:
    scale = 255 if options.get("type") == "uint8" else 1
    scores = np.array([0.9, 0.8]) / scale
    folder = make(tmp_path / "own", scores=scores, said=[CUP, PALM], classes=[1, 2], input=options)
    assert found(folder) == EXPECTED
    assert found(folder, white() // 4) == []


def test_a_thing_that_was_found_twice_is_one(tmp_path: Path) -> None:
    again = [9, 4, 17, 20]
    folder = make(tmp_path / "own", said=[CUP, again, PALM], scores=[0.8, 0.9, 0.7], classes=[1, 1, 1])
    assert len(found(folder)) == 2


def test_its_identity_is_that_of_both_files(tmp_path: Path) -> None:
    folder = make(tmp_path / "own", scores=[0.9, 0.8, 0.7], classes=[1, 2, 0])
    before = identity_of(folder)
    told = json.loads((folder / "detector.json").read_text())
    (folder / "detector.json").write_text(json.dumps({**told, "least_score": 0.5}))
    assert identity_of(folder)[0] == before[0] == "onnx.own" and identity_of(folder)[1] != before[1]


def test_a_folder_without_a_detector_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match=r"found no model\.onnx"):
        FolderDetector(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"names": None}, "detector.json"),
        ({"input": {"width": SIDE}}, "does not say 'height'"),
        ({"hands": ["paw"]}, "'paw' is not among the names"),
        ({"least_scores": 0.5}, "unknown 'least_scores'"),
        ({"boxes": {"corners": "xyz"}}, "expected xyxy or yxyx or xywh or cxcywh, got 'xyz'"),
        ({"overlap": 2}, "a share from 0 to 1"),
        ({"input": {"width": 8, "height": 9, "std": [1, 0, 1]}}, "above 0"),
    ],
)
def test_what_the_contract_does_not_know_is_wrong_use(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    folder = make(tmp_path / "own", scores=[0.9, 0.8, 0.7], classes=[1, 2, 0])
    told = json.loads((folder / "detector.json").read_text())
    (folder / "detector.json").write_text(json.dumps({**told, **change}))
    with pytest.raises(WrongUse, match=said):
        FolderDetector(folder)


def test_a_model_that_is_none_or_answers_otherwise_is_wrong_use(tmp_path: Path) -> None:
    folder = make(tmp_path / "own", scores=[0.9, 0.8], classes=[1, 2, 0])
    with pytest.raises(WrongUse, match="does not answer as its folder says"):
        FolderDetector(folder)
    other = make(tmp_path / "size", scores=[0.9] * 3, classes=[1, 2, 0], input={"width": 40})
    with pytest.raises(WrongUse, match="does not take its input"):
        FolderDetector(other)
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(WrongUse, match="cannot be read by ONNX Runtime"):
        FolderDetector(folder)
