"""``detector.json``: how a detector of one's own is to be asked, and what it answers.

    {
      "input": {"width": 640, "height": 640, "layout": "nchw", "colours": "rgb", "type": "float32",
                "mean": [0, 0, 0], "std": [255, 255, 255]},
      "outputs": {"boxes": "boxes", "scores": "scores", "classes": "labels"},
      "boxes": {"corners": "xyxy", "unit": "pixels"},
      "names": ["person", "cup", "hand"],
      "hands": ["hand"],
      "ignore": ["person"],
      "least_score": 0.3,
      "overlap": 0.6
    }

``input.width``, ``input.height``, ``outputs.boxes``, ``outputs.scores`` and ``names`` are needed; of the
others the values above are taken, but for ``outputs.classes`` (left out: ``scores`` has a column a name),
``hands`` and ``ignore`` (nothing). A picture is squeezed to the input's size, then (value - mean) / std.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from midspan.errors import ModelFilesMissing, WrongUse
from midspan.models.kit.weights import file_sha256

MODEL, CONTRACT = "model.onnx", "detector.json"
Corners = Literal["xyxy", "yxyx", "xywh", "cxcywh"]
"""Left, top, right, bottom; the same with y first; left, top, width, height; the middle in their place."""
Unit = Literal["pixels", "shares"]
"""Of the input, or of its width and height."""
_KNOWN = {
    "": {"input", "outputs", "boxes", "names", "hands", "ignore", "least_score", "overlap"},
    "input": {"width", "height", "layout", "colours", "type", "mean", "std"},
    "outputs": {"boxes", "scores", "classes"},
    "boxes": {"corners", "unit"},
}


@dataclass(frozen=True)
class OnnxLayout:
    width: int
    height: int
    channels_first: bool
    rgb: bool
    whole_numbers: bool
    """The input is uint8, as the picture comes."""
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    boxes: str
    scores: str
    classes: str
    """Name of that output; empty where ``scores`` has a column a name."""
    corners: Corners
    unit: Unit
    names: tuple[str, ...]
    hands: frozenset[str]
    ignored: frozenset[str]
    least_score: float
    overlap: float
    """Of two boxes of a name that overlap by more, the less sure one goes."""


def identity_of(folder: Path) -> tuple[str, str]:
    """Name, and SHA-256 over the hashes of both files. Raises ``ModelFilesMissing``."""
    _check_files(folder)
    hashes = "".join(file_sha256(folder / name) for name in (MODEL, CONTRACT))
    return f"onnx.{folder.absolute().name}", hashlib.sha256(hashes.encode()).hexdigest()


def _check_files(folder: Path) -> None:
    for name in (MODEL, CONTRACT):
        if not (folder / name).is_file():
            raise ModelFilesMissing(
                f"{folder}: expected a detector with {MODEL} and {CONTRACT}, found no {name}; docs/action.md "
                "says what is in them"
            )


def read_layout(folder: Path) -> OnnxLayout:
    """Raises ``ModelFilesMissing``, and ``WrongUse`` where the file does not say what it has to."""
    _check_files(folder)
    path = folder / CONTRACT
    try:
        told = json.loads(path.read_text("utf-8"))
        return _layout(told)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise WrongUse(f"{path}: {error}; docs/action.md says what is in it") from error
    except KeyError as error:
        raise WrongUse(f"{path} does not say {error.args[0]!r}; docs/action.md says what is in it") from error


def _layout(told: dict[str, Any]) -> OnnxLayout:
    shown, outputs, boxes = told["input"], told["outputs"], told.get("boxes", {})
    for where, part in (("", told), ("input", shown), ("outputs", outputs), ("boxes", boxes)):
        if odd := sorted(set(part) - _KNOWN[where]):
            raise ValueError(f"unknown {'.'.join(filter(None, (where, odd[0])))!r}")
    names = tuple(_text(name) for name in told["names"])
    marked = [frozenset(_text(name) for name in told.get(key, ())) for key in ("hands", "ignore")]
    if odd_names := sorted(frozenset().union(*marked) - set(names)):
        raise ValueError(f"{odd_names[0]!r} is not among the names")
    return OnnxLayout(
        width=_side(shown["width"]),
        height=_side(shown["height"]),
        channels_first=_one_of(shown.get("layout", "nchw"), ("nchw", "nhwc")) == "nchw",
        rgb=_one_of(shown.get("colours", "rgb"), ("rgb", "bgr")) == "rgb",
        whole_numbers=_one_of(shown.get("type", "float32"), ("float32", "uint8")) == "uint8",
        mean=_three(shown.get("mean", (0, 0, 0))),
        std=_positive(_three(shown.get("std", (255, 255, 255)))),
        boxes=_text(outputs["boxes"]),
        scores=_text(outputs["scores"]),
        classes=_text(outputs.get("classes", "")),
        corners=_one_of(boxes.get("corners", "xyxy"), get_args(Corners)),  # type: ignore[arg-type]
        unit=_one_of(boxes.get("unit", "pixels"), get_args(Unit)),  # type: ignore[arg-type]
        names=names,
        hands=marked[0],
        ignored=marked[1],
        least_score=_share(told.get("least_score", 0.3)),
        overlap=_share(told.get("overlap", 0.6)),
    )


def _one_of(value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise ValueError(f"expected {' or '.join(known)}, got {value!r}")
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a name, got {value!r}")
    return value


def _side(value: Any) -> int:
    if not isinstance(value, int) or not 8 <= value <= 4096:
        raise ValueError(f"expected 8 to 4096 pixels, got {value!r}")
    return value


def _three(values: Any) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _positive(values: tuple[float, float, float]) -> tuple[float, float, float]:
    if not min(values) > 0:
        raise ValueError(f"expected a std above 0, got {values}")
    return values


def _share(value: Any) -> float:
    if isinstance(value, bool) or not 0 <= float(value) <= 1:
        raise ValueError(f"expected a share from 0 to 1, got {value!r}")
    return float(value)
