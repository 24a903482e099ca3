"""Heads on the frozen sentence embedding: the cheap variants of chapter 4, and the gate.

They are trained alike (same width, rate, epochs, half of the sentences masked) so that their losses can be
compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.learned.losses import (
    mean_point,
    minimum_distance,
    organ_binary,
    organ_cross_entropy,
    soft_organ_distance,
)

Kind = Literal["softmax", "binary", "sod", "minimum", "mean"]
WIDTH, DROPOUT, RATE, EPOCHS, BATCH = 256, 0.2, 1e-3, 25, 128
DRAWS = 100
"""Points drawn anew of each organ at each step."""
CLOUD = 4000
EMBEDDING_SCALE = 8.0
"""Unit vectors are too small for a head's initial weights."""


@dataclass(frozen=True)
class Frame:
    """Where a head's -1..1 lies in the body."""

    centre_mm: tuple[float, float, float] = (0.0, 0.0, 450.0)
    scale_mm: float = 500.0

    def into(self, points_mm: npt.ArrayLike) -> Tensor:
        shifted = np.asarray(points_mm) - np.array(self.centre_mm)
        return torch.tensor(shifted / self.scale_mm, dtype=torch.float32)

    def out_of(self, points: Tensor) -> npt.NDArray[np.float64]:
        return np.asarray(points.double().numpy() * self.scale_mm + np.array(self.centre_mm))


@dataclass(frozen=True)
class Clouds:
    """What the distance losses know of an atlas, in the head's frame."""

    points: Tensor
    """(organs, CLOUD, 3)."""
    centres: Tensor
    """(organs, 3)."""

    @classmethod
    def of(cls, atlas: Atlas, frame: Frame, seed: int = 0) -> Clouds:
        rng = np.random.default_rng(seed)
        points = torch.stack([frame.into(atlas.sample(organ, CLOUD, rng)) for organ in atlas.organs])
        return cls(points, frame.into([atlas.centre(organ) for organ in atlas.organs]))

    def draw(self, organs: Tensor) -> Tensor:
        """organs (batch, most) indices to (batch, most, DRAWS, 3)."""
        chosen = torch.randint(0, self.points.shape[1], (*organs.shape, DRAWS))
        return self.points[organs.unsqueeze(-1), chosen]


def padded(targets: Tensor) -> tuple[Tensor, Tensor]:
    """(n, organs) bool to the indices (n, most), filled up with 0, and which of them are real."""
    order = torch.argsort(targets.int(), dim=1, descending=True, stable=True)
    most = int(targets.sum(1).max())
    real = torch.arange(most)[None] < targets.sum(1, keepdim=True)
    return order[:, :most].masked_fill(~real, 0), real


def build_head(kind: Kind, inputs: int, classes: int) -> nn.Sequential:
    outputs = classes if kind in ("softmax", "binary") else 3
    return nn.Sequential(nn.Linear(inputs, WIDTH), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(WIDTH, outputs))


def train_head(
    kind: Kind,
    masked: npt.NDArray[np.float32],
    plain: npt.NDArray[np.float32],
    targets: npt.NDArray[np.bool_],
    *,
    seed: int,
    clouds: Clouds | None = None,
    tau_point: float = 1.0,
    tau_organ: float = 1.0,
    epochs: int = EPOCHS,
) -> nn.Sequential:
    """masked and plain (n, d): embeddings of the same sentences; targets (n, classes).

    Heads that predict a point need ``clouds``, and targets of the atlas's organs alone.
    """
    torch.manual_seed(seed)
    both = torch.tensor(np.stack([plain, masked])) * EMBEDDING_SCALE
    truth = torch.tensor(targets)
    head = build_head(kind, both.shape[2], truth.shape[1]).train()
    optimiser = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=0.01)
    for _ in range(epochs):
        for rows in torch.split(torch.randperm(len(truth)), BATCH):
            said = head(both[torch.randint(0, 2, (len(rows),)), rows])
            loss = _loss(kind, said, truth[rows], clouds, tau_point, tau_organ)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return head.eval()


def head_output(head: nn.Module, embeddings: npt.NDArray[np.float32]) -> Tensor:
    """Logits (n, classes), or points (n, 3) before the tanh."""
    with torch.inference_mode():
        said: Tensor = head(torch.tensor(embeddings) * EMBEDDING_SCALE)
    return said


def _loss(
    kind: Kind, said: Tensor, targets: Tensor, clouds: Clouds | None, tau_point: float, tau_organ: float
) -> Tensor:
    if kind == "softmax":
        return organ_cross_entropy(said, targets)
    if kind == "binary":
        return organ_binary(said, targets)
    if clouds is None:
        raise ValueError(f"a head of kind {kind!r} needs the atlas's clouds")
    organs, real = padded(targets)
    points = torch.tanh(said)
    if kind == "minimum":
        return minimum_distance(points, clouds.centres[organs], real, tau_organ=tau_organ)
    samples = clouds.draw(organs)
    if kind == "mean":
        return mean_point(points, samples, real)
    return soft_organ_distance(points, samples, real, tau_point=tau_point, tau_organ=tau_organ)
