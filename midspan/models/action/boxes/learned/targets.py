"""What the detector's network is to say of a picture, and how far it is from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.action.boxes.learned.drawn import Picture
from midspan.models.action.boxes.learned.heat_map import CATEGORIES, CELLS, Floats

Doubles = npt.NDArray[np.float64]
_SPREAD = 0.13
"""Standard deviation of a middle, as a share of the box's side."""
_NEAR = 0.6
"""Cells whose heat is to be more than this have to know the box's sides."""
_BOX_WEIGHT = 2.0


@dataclass(frozen=True)
class Targets:
    heat: Floats
    """(n, categories, cells, cells): 1 in the cell of a middle, less around it."""
    sides: Floats
    """(n, categories, 4, cells, cells): distances to the sides in cells, where ``heat`` is near 1."""
    known: Floats
    """(n, categories): 0 where nothing is known of a category."""


def targets_of(pictures: Sequence[Picture]) -> Targets:
    heat = np.zeros((len(pictures), len(CATEGORIES), CELLS, CELLS), np.float32)
    sides = np.ones((len(pictures), len(CATEGORIES), 4, CELLS, CELLS), np.float32)
    known = np.ones((len(pictures), len(CATEGORIES)), np.float32)
    centres: Doubles = np.arange(CELLS, dtype=np.float64) + 0.5
    for number, picture in enumerate(pictures):
        known[number, CATEGORIES.index("object")] = picture.things
        areas = (picture.boxes[:, 2:] - picture.boxes[:, :2]).prod(-1)
        for place in np.argsort(-areas):  # the smaller one, which is in front, is painted over the larger
            left, top, right, bottom = (CELLS * picture.boxes[place]).tolist()
            mine = np.outer(_bump(centres, top, bottom), _bump(centres, left, right))
            category = picture.categories[place]
            better = mine > heat[number, category]
            heat[number, category][better] = mine[better]
            x, y = np.meshgrid(centres, centres)
            around = np.maximum(np.stack([x - left, y - top, right - x, bottom - y]), 0.05)
            sides[number, category][:, better] = around[:, better]
    return Targets(heat, sides, known)


def _bump(centres: Doubles, low: float, high: float) -> Doubles:
    """(cells,): 1 in the cell of the middle."""
    middle = np.floor(min((low + high) / 2, CELLS - 1e-3)) + 0.5
    spread = max(_SPREAD * (high - low), 0.45)
    return np.asarray(np.exp(-((centres - middle) ** 2) / (2 * spread**2)))


def detection_loss(said: Tensor, heat: Tensor, sides: Tensor, known: Tensor) -> Tensor:
    """Focal loss of the middles (CenterNet's equation 1, alpha 2, beta 4) and 1 - GIoU of the boxes."""
    count = len(CATEGORIES)
    logits = said[:, :count].float()
    sure = torch.nn.functional.logsigmoid(logits)
    unsure = torch.nn.functional.logsigmoid(-logits)
    share = torch.sigmoid(logits)
    middle = heat >= 1
    gain = torch.where(middle, (1 - share) ** 2 * sure, (1 - heat) ** 4 * share**2 * unsure)
    middles = middle.sum().clamp(min=1)
    focal = -(gain * known[:, :, None, None]).sum() / middles
    near = heat * (heat > _NEAR)
    away = said[:, count:].float().clamp(-5, 5).exp().view(-1, count, 4, *heat.shape[2:])
    boxes = (near * (1 - _giou(away, sides))).sum() / near.sum().clamp(min=1e-6)
    return focal + _BOX_WEIGHT * boxes


def _giou(one: Tensor, other: Tensor) -> Tensor:
    """Generalised intersection over union of boxes around the same point, by distances (n, k, 4, h, w)."""
    low, high = torch.minimum(one, other), torch.maximum(one, other)
    shared, around = _area(low), _area(high)
    union = _area(one) + _area(other) - shared
    return shared / union - (around - union) / around


def _area(away: Tensor) -> Tensor:
    left, top, right, bottom = away.unbind(2)
    return (left + right) * (top + bottom)
