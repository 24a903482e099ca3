"""The audio teacher of chapter 7: a log-mel spectrogram to a verb, by a small 2-D network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from midspan.models.action.classes import Classes


@dataclass(frozen=True)
class AudioConfig:
    width: int = 16
    moments: int = 8
    """Parts of the clip that are told apart."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AudioConfig:
        return cls(**data)


class AudioNetwork(nn.Module):
    """(batch, mels, time) to logits (batch, classes.total); the order in time is kept."""

    def __init__(self, config: AudioConfig, classes: Classes) -> None:
        super().__init__()
        self.config, self.classes = config, classes
        layers: list[nn.Module] = [nn.BatchNorm2d(1)]
        before = 1
        for after in (config.width, 2 * config.width, 4 * config.width):
            layers += [
                nn.Conv2d(before, after, 3, 2, padding=1, bias=False),
                nn.BatchNorm2d(after),
                nn.ReLU(),
            ]
            before = after
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout(0.3)
        self.head = nn.Linear(before * config.moments, classes.total)

    def forward(self, mel: Tensor) -> Tensor:
        found = self.layers(mel.unsqueeze(1)).mean(2)  # (batch, channels, time)
        out: Tensor = self.head(self.dropout(_moments(found, self.config.moments).flatten(1)))
        return out


def _moments(found: Tensor, count: int) -> Tensor:
    """(batch, channels, time) to ``count`` means over time, of parts of like length."""
    length = found.shape[2]
    edges = [(index * length) // count for index in range(count + 1)]
    parts = [found[:, :, start : max(end, start + 1)].mean(2) for start, end in pairwise(edges)]
    return torch.stack(parts, 2)
