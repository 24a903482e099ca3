"""The detector's network: a small pyramid of convolutions with a way back up."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from midspan.models.action.boxes.learned.heat_map import CATEGORIES, CHANNELS, SIDE
from midspan.models.kit.graph import export_graph

WIDTHS = (16, 32, 64, 96)
"""Channels at strides 2, 4, 8 and 16."""
_RARE = -4.0
"""Logit of a middle before anything is learned: most cells have none."""


def _block(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class DetectorNetwork(nn.Module):
    """Pictures (batch, 3, side, side), -1 to 1, to (batch, channels, side / 4, side / 4)."""

    def __init__(self) -> None:
        super().__init__()
        first, fine, middle, coarse = WIDTHS
        self.fine = nn.Sequential(_block(3, first, 2), _block(first, fine, 2), _block(fine, fine))
        self.middle = nn.Sequential(_block(fine, middle, 2), _block(middle, middle))
        self.coarse = nn.Sequential(_block(middle, coarse, 2), _block(coarse, coarse))
        self.down = nn.Conv2d(coarse, middle, 1)
        self.join = _block(middle, middle)
        self.further_down = nn.Conv2d(middle, fine, 1)
        self.look = nn.Sequential(_block(fine, middle), _block(middle, fine))
        self.say = nn.Conv2d(fine, CHANNELS, 1)
        with torch.no_grad():
            assert self.say.bias is not None
            self.say.bias[: len(CATEGORIES)] = _RARE

    def forward(self, pictures: Tensor) -> Tensor:
        if torch.is_grad_enabled():
            pictures = pictures.contiguous(memory_format=torch.channels_last)
        fine = self.fine(pictures)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        middle = self.join(middle + _twice(self.down(coarse)))
        out: Tensor = self.say(self.look(fine + _twice(self.further_down(middle))))
        return out


def _twice(small: Tensor) -> Tensor:
    return functional.interpolate(small, scale_factor=2.0, mode="nearest")


def detector_graph(network: DetectorNetwork) -> bytes:
    return export_graph(network.cpu(), [torch.zeros(2, 3, SIDE, SIDE)], ["pictures"], [{0: "batch"}])
