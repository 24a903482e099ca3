"""Clips as the networks take them, and the views of training, which show a clip a little otherwise.

A view is a number a clip for each thing that is drawn, shared by all modalities of the clip: who learns from
frames and who learns from boxes or flow see the same crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from midspan.models.action.clips import Clips

Modality = Literal["rgb", "flow", "layout", "audio"]
MODALITIES: tuple[Modality, ...] = ("rgb", "flow", "layout", "audio")
INPUT_NAMES: dict[Modality, tuple[str, ...]] = {
    "rgb": ("frames",),
    "flow": ("flow",),
    "layout": ("boxes", "categories", "scores"),
    "audio": ("mel",),
}
Boxes = Literal["seen", "oracle"]
"""As the detector sees them, or as they are."""
MOST_SHIFT = 6
"""Pixels by which a view moves the picture."""
FLOW_SCALE, FLOW_MOST = 4.0, 3.0
"""Pixels of flow to one; and the most, after that."""
Inputs = tuple[npt.NDArray[Any], ...]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Views:
    """Of n clips."""

    shift: npt.NDArray[np.int64]
    """(n, 2): columns and rows by which what is seen moves left and up."""
    colour: Floats
    """(n, 3, 3): from red, green and blue to what they become."""
    light: Floats
    """(n, 3): what is added, in shares of the whole range."""

    def at(self, places: npt.ArrayLike) -> Views:
        rows = np.asarray(places)
        return Views(self.shift[rows], self.colour[rows], self.light[rows])


def plain_views(count: int) -> Views:
    """Clips as they are."""
    return Views(
        np.zeros((count, 2), dtype=np.int64),
        np.tile(np.eye(3, dtype=np.float32), (count, 1, 1)),
        np.zeros((count, 3), dtype=np.float32),
    )


def drawn_views(
    count: int, seed: Sequence[int], *, strong: bool = False, colours: Sequence[int] | None = None
) -> Views:
    """Shifts, and each colour's brightness; ``strong`` also mixes the colours or takes them away.

    With a seed of their own the ``colours`` differ where the shifts are the same.
    """
    rng = np.random.default_rng(seed)
    shift = rng.integers(-MOST_SHIFT, MOST_SHIFT + 1, (count, 2))
    rng = rng if colours is None else np.random.default_rng(colours)
    low, high = (0.5, 1.5) if strong else (0.7, 1.3)
    colour = np.eye(3) * rng.uniform(low, high, (count, 1, 3))
    if strong:
        colour = colour @ _mixes(count, rng)
    light = rng.uniform(-0.15, 0.15, (count, 3))
    return Views(shift, colour.astype(np.float32), light.astype(np.float32))


def _mixes(count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """(count, 3, 3): the channels in another order, or for three of ten clips all grey."""
    turned = np.eye(3)[np.argsort(rng.random((count, 3)), axis=1)]
    grey = np.full((3, 3), 1 / 3)
    return np.where((rng.random(count) < 0.3)[:, None, None], grey, turned)


def inputs(modality: Modality, clips: Clips, views: Views | None = None, boxes: Boxes = "seen") -> Inputs:
    """What the network of a modality is given of clips, float32 but for int64 categories.

    ``rgb`` (n, 3, 8, 64, 64) in -0.5..0.5; ``flow`` (n, 2, 7, 64, 64); ``audio`` (n, 64, t); ``layout`` the
    boxes (n, 16, 6, 4), categories and scores (n, 16, 6).
    """
    if modality == "audio":
        return (clips.array("mel").astype(np.float32),)
    if modality == "layout":
        return _layout(clips, views, boxes)
    shown = clips.array(modality)
    shown = shown if views is None else _shifted(shown, views.shift)
    if modality == "flow":
        moved = np.clip(shown.astype(np.float32) / FLOW_SCALE, -FLOW_MOST, FLOW_MOST)
        return (np.ascontiguousarray(moved.transpose(0, 4, 1, 2, 3)),)
    return (frames_input(shown, views),)


def frames_input(frames: npt.NDArray[Any], views: Views | None = None) -> Floats:
    """(n, t, h, w, 3) uint8 to (n, 3, t, h, w) in -0.5..0.5, in the colours of the views."""
    planes = np.ascontiguousarray(frames.transpose(0, 4, 1, 2, 3)).astype(np.float32)
    planes *= 1 / 255
    planes -= 0.5
    if views is None:
        return planes
    flat = views.colour @ planes.reshape(len(planes), 3, -1) + views.light[:, :, None]
    return np.asarray(flat.reshape(planes.shape), dtype=np.float32)


def _layout(clips: Clips, views: Views | None, kind: Boxes) -> Inputs:
    boxes = clips.array(f"{kind}.boxes").astype(np.float32)
    categories = clips.array(f"{kind}.categories").astype(np.int64)
    scores = clips.array(f"{kind}.scores").astype(np.float32)
    if views is not None:
        side = clips.parts[0].rgb.shape[2]
        moved = np.tile(views.shift / side, 2)[:, None, None, :]
        boxes = np.where(categories[..., None] > 0, np.clip(boxes - moved, 0, 1), boxes).astype(np.float32)
    return boxes, categories, scores


def _shifted(shown: npt.NDArray[Any], shift: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """(n, t, h, w, c), each moved left and up by columns and rows; what comes in repeats the border."""
    out = np.empty_like(shown)
    height, width = shown.shape[2:4]
    for index, (columns, rows) in enumerate(shift):
        across = np.clip(np.arange(width) + columns, 0, width - 1)
        down = np.clip(np.arange(height) + rows, 0, height - 1)
        out[index] = shown[index][:, down][:, :, across]
    return out
