"""R3D-50, the published appearance branch: a residual network of 3-D convolutions with bottlenecks."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

EXPANSION = 4


class Bottleneck(nn.Module):
    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = EXPANSION * width
        self.body = nn.Sequential(
            nn.Conv3d(before, width, 1, bias=False),
            nn.BatchNorm3d(width),
            nn.ReLU(inplace=True),
            nn.Conv3d(width, width, 3, stride, padding=1, bias=False),
            nn.BatchNorm3d(width),
            nn.ReLU(inplace=True),
            nn.Conv3d(width, after, 1, bias=False),
            nn.BatchNorm3d(after),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(
                nn.Conv3d(before, after, 1, stride, bias=False), nn.BatchNorm3d(after)
            )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


class ResNet3d(nn.Module):
    """(batch, 3, frames, height, width) to a map of 4 * the last width channels, all axes smaller; its batch
    norms keep the statistics and scales that they came with."""

    def __init__(self, blocks: Sequence[int], widths: Sequence[int]) -> None:
        super().__init__()
        first = widths[0]
        self.stem = nn.Sequential(
            nn.Conv3d(3, first, 7, (1, 2, 2), padding=3, bias=False),
            nn.BatchNorm3d(first),
            nn.ReLU(inplace=True),
            nn.MaxPool3d(3, 2, padding=1),
        )
        stages, before = [], first
        for place, (count, width) in enumerate(zip(blocks, widths, strict=True)):
            for index in range(count):
                stages.append(Bottleneck(before, width, 2 if place and not index else 1))
                before = EXPANSION * width
        self.stages = nn.Sequential(*stages)
        self.channels = before
        self._norms = [one for one in self.modules() if isinstance(one, nn.BatchNorm3d)]
        for norm in self._norms:
            norm.requires_grad_(False)

    def train(self, mode: bool = True) -> ResNet3d:
        super().train(mode)
        for norm in self._norms:
            norm.eval()
        return self

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.stages(self.stem(x))
        return out


def r3d50() -> ResNet3d:
    """32 frames of 112 pixels to 2048 channels of 2 x 4 x 4."""
    return ResNet3d((3, 4, 6, 3), (64, 128, 256, 512))


def r3d_tiny() -> ResNet3d:
    """For tests."""
    return ResNet3d((1, 1), (4, 8))
