"""The audio teacher of chapter 7: a log-mel spectrogram to a verb, by a small 2-D network."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from midspan.models.action.classes import Classes

WIDTH, MOMENTS = 16, 8


class AudioNetwork(nn.Module):
    """(batch, mels, time) to logits (batch, classes.total); the order in time is kept."""

    def __init__(self, classes: Classes) -> None:
        super().__init__()
        self.classes = classes
        layers: list[nn.Module] = [nn.BatchNorm2d(1)]
        before = 1
        for after in (WIDTH, 2 * WIDTH, 4 * WIDTH):
            layers += [
                nn.Conv2d(before, after, 3, 2, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
            before = after
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(before * MOMENTS, classes.total)

    def forward(self, mel: Tensor) -> Tensor:
        found = self.layers(mel.unsqueeze(1)).mean(2)  # (batch, channels, time)
        out: Tensor = self.head(self.dropout(_moments(found).flatten(1)))
        return out


def _moments(found: Tensor) -> Tensor:
    """(batch, channels, time) to as many means over time as ``MOMENTS``, of parts of like length."""
    length = found.shape[2]
    edges = [(index * length) // MOMENTS for index in range(MOMENTS + 1)]
    parts = [found[:, :, start : max(end, start + 1)].mean(2) for start, end in pairwise(edges)]
    return torch.stack(parts, 2)
