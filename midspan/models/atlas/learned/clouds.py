"""What the losses of a predicted point know of an atlas: points of its organs, in the network's frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.learned.losses import mean_point, minimum_distance, soft_organ_distance

Loss = Literal["sod", "minimum", "mean"]
DRAWS = 100
"""Points drawn anew of each organ at each step."""
CLOUD = 4000


@dataclass(frozen=True)
class Frame:
    """Where -1..1 lies in the body."""

    centre_mm: tuple[float, float, float] = (0.0, 0.0, 450.0)
    scale_mm: float = 500.0

    def into(self, points_mm: npt.ArrayLike) -> Tensor:
        shifted = np.asarray(points_mm) - np.array(self.centre_mm)
        return torch.tensor(shifted / self.scale_mm, dtype=torch.float32)

    def out_of(self, points: Tensor) -> npt.NDArray[np.float64]:
        return np.asarray(points.double().numpy() * self.scale_mm + np.array(self.centre_mm))


@dataclass(frozen=True)
class Clouds:
    points: Tensor
    """(organs, CLOUD, 3)."""
    centres: Tensor
    """(organs, 3)."""

    @classmethod
    def of(cls, atlas: Atlas, frame: Frame, seed: int = 0) -> Clouds:
        rng = np.random.default_rng(seed)
        points = torch.stack([frame.into(atlas.sample(organ, CLOUD, rng)) for organ in atlas.organs])
        return cls(points, frame.into([atlas.centre(organ) for organ in atlas.organs]))

    def loss(
        self, kind: Loss, points: Tensor, targets: Tensor, taus: tuple[float, float] = (1.0, 1.0)
    ) -> Tensor:
        """Of points (batch, 3) for sentences that name the organs ``targets`` (batch, organs) bool; ``taus``
        are of the points and of the organs."""
        organs, real = padded(targets)
        tau_point, tau_organ = taus
        if kind == "minimum":
            return minimum_distance(points, self.centres[organs], real, tau_organ=tau_organ)
        chosen = torch.randint(0, self.points.shape[1], (*organs.shape, DRAWS))
        samples = self.points[organs.unsqueeze(-1), chosen]  # (batch, most, DRAWS, 3)
        if kind == "mean":
            return mean_point(points, samples, real)
        return soft_organ_distance(points, samples, real, tau_point=tau_point, tau_organ=tau_organ)


def padded(targets: Tensor) -> tuple[Tensor, Tensor]:
    """(n, organs) bool to the indices (n, most), filled up with 0, and which of them are real."""
    order = torch.argsort(targets.int(), dim=1, descending=True, stable=True)
    most = int(targets.sum(1).max())
    real = torch.arange(most)[None] < targets.sum(1, keepdim=True)
    return order[:, :most].masked_fill(~real, 0), real
