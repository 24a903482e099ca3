"""The namer's network: a crop of a thing to what it is called."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from midspan.models.action.naming.crops import SIDE
from midspan.models.kit.graph import export_graph

WIDTHS = (24, 48, 96, 128)
"""Channels; each block but the first halves the sides."""


class NamerNetwork(nn.Module):
    """(batch, 3, 32, 32) to logits (batch, names + 1), the last of what has none of the names.

    A name's logit is the sum of its words': "striped star" shares one with every striped thing, and one with
    every star.
    """

    of_words: Tensor

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for place, after in enumerate(WIDTHS):
            for stride in (2 if place else 1, 1):
                layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)]
                layers.append(nn.ReLU(inplace=True))
                before = after
        self.layers = nn.Sequential(*layers)
        self.dropout = nn.Dropout(0.2)
        words = sorted({word for name in names for word in name.split()})
        self.words = nn.Linear(before, len(words))
        self.none = nn.Linear(before, 1)
        table = torch.tensor([[float(name.split().count(word)) for word in words] for name in names])
        self.register_buffer("of_words", table)

    def forward(self, crops: Tensor) -> Tensor:
        if torch.is_grad_enabled():
            crops = crops.contiguous(memory_format=torch.channels_last)
        seen = self.dropout(self.layers(crops).mean((2, 3)))
        return torch.cat([self.words(seen) @ self.of_words.T, self.none(seen)], 1)


def namer_graph(network: NamerNetwork) -> bytes:
    return export_graph(network.cpu(), [torch.zeros(2, 3, SIDE, SIDE)], ["crops"], [{0: "batch"}])
