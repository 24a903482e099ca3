"""A picture a little otherwise each time it is learned from: cut out, mirrored, in another light."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.learned.drawn import Image, Picture
from midspan.models.action.boxes.learned.heat_map import SIDE

_LEAST_LEFT = 0.3
"""Of a box that the cut leaves less of, nothing is to be found."""
_LEAST_SIDE = 0.03


def drawn_view(picture: Picture, random: np.random.Generator) -> Picture:
    """In ``SIDE`` pixels; a function of the random state."""
    span = random.uniform(0.7, 1.15, 2) * random.uniform(0.8, 1.0)
    corner = random.uniform(0, 1, 2) * (1 - span)
    mirrored = bool(random.random() < 0.5)
    rgb, boxes = _cut(picture.rgb, corner, span), (picture.boxes - np.tile(corner, 2)) / np.tile(span, 2)
    if mirrored:
        rgb, boxes = rgb[:, ::-1], np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], -1)
    cut = boxes.clip(0, 1)
    sides, whole = cut[:, 2:] - cut[:, :2], boxes[:, 2:] - boxes[:, :2]
    kept = (sides.min(-1, initial=1) >= _LEAST_SIDE) & (sides.prod(-1) >= _LEAST_LEFT * whole.prod(-1))
    return replace(
        picture,
        rgb=_lit(rgb, random),
        boxes=cut[kept].astype(np.float32),
        categories=picture.categories[kept],
    )


def _cut(rgb: Image, corner: npt.NDArray[np.float64], span: npt.NDArray[np.float64]) -> Image:
    """The part from ``corner`` on, ``span`` wide and high (shares); beyond it the border's colours go on."""
    scale = SIDE / (span * rgb.shape[0])
    shift = -corner * rgb.shape[0] * scale
    way = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]])
    found = cv2.warpAffine(rgb, way, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.uint8)


def _lit(rgb: Image, random: np.random.Generator) -> Image:
    """Brighter or darker, in other colours or none, blurred, coded, with grain."""
    light = rgb.astype(np.float32)
    if random.random() < 0.15:
        light = np.repeat(light.mean(-1, keepdims=True), 3, -1)
    light = (light - 128) * random.uniform(0.6, 1.3) + 128 + random.uniform(-35, 35)
    light = light * random.uniform(0.8, 1.2, 3).astype(np.float32)
    if random.random() < 0.35:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), float(random.uniform(0.3, 1.4))), np.float32)
    if random.random() < 0.3:
        light = light + random.normal(0, random.uniform(2, 14), light.shape).astype(np.float32)
    done = np.asarray(light.clip(0, 255), np.uint8)
    if random.random() < 0.3:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 90))]
        done = np.asarray(cv2.imdecode(cv2.imencode(".jpg", done, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return done
