"""What the student is trained by.

``L = a T^2 KL(softmax(z_T / T) || softmax(z_S / T)) + b CE(z_S, y)``, the mean over the heads; the divergence
is the mean over the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from midspan.models.action.classes import Classes
from midspan.models.action.networks.heads import by_head
from midspan.models.action.training.task import ClipBatch, Said, labelled_cross_entropy


@dataclass(frozen=True)
class Mix:
    teacher: float = 1.0
    """``a``."""
    labels: float = 0.0
    """``b``."""
    temperature: float = 2.0
    """``T``."""


class DistillObjective:
    """An objective of :class:`midspan.models.action.training.task.ClipTask`."""

    def __init__(self, teacher: npt.NDArray[np.float32], classes: Classes, mix: Mix) -> None:
        """teacher (views, clips, classes.total): of the views that the student is shown."""
        self._teacher, self._classes, self._mix = torch.from_numpy(teacher), classes, mix

    def __call__(self, batch: ClipBatch, said: Said) -> Tensor:
        answer = list(said.values())[-1]
        taught = by_head(self._teacher[batch.view, torch.from_numpy(batch.places)], self._classes)
        losses = []
        for column, head in enumerate(self._classes.heads):
            logits = answer[head].float()
            told = taught[head].to(logits.device)
            loss = self._mix.teacher * divergence(told, logits, self._mix.temperature)
            if self._mix.labels:
                loss = loss + self._mix.labels * labelled_cross_entropy(logits, batch.labels[:, column])
            losses.append(loss)
        return torch.stack(losses).mean()


def divergence(teacher: Tensor, student: Tensor, temperature: float) -> Tensor:
    """``T^2 KL(teacher || student)`` of logits (n, classes), the mean over the batch."""
    told, said = (functional.log_softmax(one / temperature, dim=1) for one in (teacher, student))
    return temperature**2 * functional.kl_div(said, told, reduction="batchmean", log_target=True)
