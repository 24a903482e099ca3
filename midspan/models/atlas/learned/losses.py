"""Losses of chapter 4: of a predicted point against the organs a sentence names.

Points are in the network's frame (tanh, -1..1, one scale for all axes). A batch's organs are padded to
the longest list; ``real`` says which are there, and padding takes part in nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def soft_organ_distance(
    points: Tensor, samples: Tensor, real: Tensor, *, tau_point: float, tau_organ: float
) -> Tensor:
    """The Soft Organ Distance: soft distance to the nearest of the named organs.

    points (batch, 3); samples (batch, organs, draws, 3), points drawn from each named organ; real
    (batch, organs) bool, at least one true in a row. ``tau_point`` tempers the soft minimum over an
    organ's points, ``tau_organ`` that over the organs.
    """
    distances = (points[:, None, None] - samples).norm(dim=-1)
    weights = torch.softmax(-distances / tau_point, dim=-1)
    organ_distances = (weights * distances).sum(-1)  # (batch, organs)
    return _soft_nearest(organ_distances, real, tau_organ)


def minimum_distance(points: Tensor, centres: Tensor, real: Tensor, *, tau_organ: float) -> Tensor:
    """The same with one point an organ, its centre: centres (batch, organs, 3)."""
    return _soft_nearest((points[:, None] - centres).norm(dim=-1), real, tau_organ)


def mean_point(points: Tensor, samples: Tensor, real: Tensor) -> Tensor:
    """Mean squared error to the mean of all points of the named organs, the thesis's baseline."""
    means = samples.mean(dim=2)
    shares = real.float() / real.sum(1, keepdim=True)
    target = (means.masked_fill(~real[..., None], 0.0) * shares[..., None]).sum(1)
    return functional.mse_loss(points, target)


def _soft_nearest(distances: Tensor, real: Tensor, tau: float) -> Tensor:
    weights = torch.softmax((-distances / tau).masked_fill(~real, -torch.inf), dim=1)
    return (weights * distances.masked_fill(~real, 0.0)).sum(1).mean()
