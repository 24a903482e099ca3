"""Any detector in ONNX, from a folder with ``model.onnx`` and ``detector.json`` (see ``onnx_layout``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from midspan.errors import WrongUse
from midspan.models.action.boxes.frame_boxes import Category, FrameBox, FrameBoxes
from midspan.models.action.boxes.onnx_layout import MODEL, OnnxLayout, read_layout
from midspan.models.action.boxes.suppression import suppressed
from midspan.models.kit.onnx_engine import session_options

MOST_BOXES = 32
"""In a frame."""
_CANDIDATES = 300
Floats = npt.NDArray[np.float64]


class FolderDetector:
    """See :class:`midspan.models.action.boxes.detector.Detector`."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Raises ``ModelFilesMissing``, and ``WrongUse`` where the model does not answer as it should."""
        self._layout, self._folder = read_layout(folder), folder
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL), session_options(threads), providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # the library's own classes share no base but this
            raise WrongUse(f"{folder / MODEL} cannot be read by ONNX Runtime ({error})") from error
        self._inputs = [one.name for one in self._session.get_inputs()]
        if len(self._inputs) != 1:
            raise WrongUse(f"{folder / MODEL}: expected one input, got {', '.join(self._inputs)}")
        self([np.zeros((8, 8, 3), np.uint8)])

    def __call__(
        self,
        frames: npt.NDArray[np.uint8] | list[npt.NDArray[np.uint8]],
        check: Callable[[], None] = lambda: None,
    ) -> list[FrameBoxes]:
        """Raises ``WrongUse`` where what the model says is not what its folder says."""
        found = []
        for frame in frames:
            check()
            found.append(self._of(frame))
        return found

    def _of(self, frame: npt.NDArray[np.uint8]) -> FrameBoxes:
        layout = self._layout
        wanted = [name for name in (layout.boxes, layout.scores, layout.classes) if name]
        try:
            said = self._session.run(wanted, {self._inputs[0]: shown(frame, layout)})
        except Exception as error:  # the library's own classes share no base but this
            raise WrongUse(f"{self._folder}: the model does not take its input ({error})") from error
        try:
            return boxes_of(layout, *(np.asarray(one, np.float64) for one in said))
        except (ValueError, IndexError) as error:
            raise WrongUse(
                f"{self._folder}: the model does not answer as its folder says: {error}"
            ) from error


def shown(frame: npt.NDArray[np.uint8], layout: OnnxLayout) -> npt.NDArray[Any]:
    """An RGB frame (height, width, 3) as the model takes it, alone in its batch."""
    picture = cv2.resize(frame, (layout.width, layout.height), interpolation=cv2.INTER_AREA)
    picture = picture if layout.rgb else picture[..., ::-1]
    kind = np.uint8
    if not layout.whole_numbers:
        picture, kind = (picture - np.array(layout.mean)) / np.array(layout.std), np.float32  # type: ignore
    batch = picture.transpose(2, 0, 1)[None] if layout.channels_first else picture[None]
    return np.ascontiguousarray(batch, kind)


def boxes_of(layout: OnnxLayout, boxes: Floats, scores: Floats, classes: Floats | None = None) -> FrameBoxes:
    """What the model says of one picture: boxes (n, 4), and scores (n,) with classes (n,) or (n, names)."""
    boxes = boxes.reshape(-1, 4)
    if classes is None:
        table = scores.reshape(len(boxes), len(layout.names)) if len(boxes) else np.zeros((0, 1))
        kinds, scores = table.argmax(1), table.max(1)
    else:
        kinds, scores = classes.reshape(len(boxes)).astype(np.int64), scores.reshape(len(boxes))
    scores = np.where(np.isfinite(scores), scores, 0).clip(0, 1)
    sure = np.flatnonzero(scores >= layout.least_score)
    sure = sure[np.argsort(-scores[sure], kind="stable")][:_CANDIDATES]
    if len(odd := [kind for kind in kinds[sure] if not 0 <= kind < len(layout.names)]):
        raise ValueError(f"class {odd[0]} of {len(layout.names)} names")
    corners = _corners(boxes[sure], layout)
    found: list[FrameBox] = []
    for kind in np.unique(kinds[sure]):
        name = layout.names[kind]
        mine = np.flatnonzero((kinds[sure] == kind) & _has_extent(corners))
        if name not in layout.ignored:
            category: Category = "hand" if name in layout.hands else "object"
            for index in suppressed(corners[mine], scores[sure][mine], layout.overlap):
                found.append(_box(category, corners[mine][index], scores[sure][mine][index], name))
    return tuple(sorted(found, key=lambda box: -box.score)[:MOST_BOXES])


def _corners(boxes: Floats, layout: OnnxLayout) -> Floats:
    """(n, 4): left, top, right, bottom as shares of the picture, within it."""
    a, b, c, d = boxes.T
    ways = {
        "xyxy": (a, b, c, d),
        "yxyx": (b, a, d, c),
        "xywh": (a, b, a + c, b + d),
        "cxcywh": (a - c / 2, b - d / 2, a + c / 2, b + d / 2),
    }
    corners = np.stack(ways[layout.corners], -1)
    if layout.unit == "pixels":
        corners = corners / [layout.width, layout.height, layout.width, layout.height]
    shares: Floats = np.nan_to_num(corners, nan=0.0, posinf=1.0, neginf=0.0).clip(0, 1)
    return shares


def _has_extent(corners: Floats) -> npt.NDArray[np.bool_]:
    wide: npt.NDArray[np.bool_] = (corners[:, 2:] - corners[:, :2]).min(1, initial=1.0) > 0
    return wide


def _box(category: Category, corners: Floats, score: float, name: str) -> FrameBox:
    left, top, right, bottom = (float(edge) for edge in corners)
    noun = "" if category == "hand" else name
    return FrameBox(category, (left, top, right, bottom), float(score), noun)
