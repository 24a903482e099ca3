"""A convolution in three dimensions as what it is: a sum, over the moments it sees, of ones in two.

ONNX Runtime has kernels of the processor's own for two dimensions; for three it gathers numbers first and
takes half as long again.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional


class ByMoment(nn.Module):
    """Of a clip (batch, channels, frames, height, width) the same as the convolution, with its weights."""

    def __init__(self, conv: nn.Conv3d) -> None:
        super().__init__()
        self.weight = conv.weight
        self._stride, self._padding = conv.stride[1:], conv.padding[1:]

    def forward(self, clip: Tensor) -> Tensor:
        frames = clip.shape[2]
        pictures = clip.transpose(1, 2).flatten(0, 1)
        moments = self.weight.shape[2]
        return sum(  # type: ignore[return-value]
            _later(self._of(pictures, moment, frames), moments // 2 - moment) for moment in range(moments)
        )

    def _of(self, pictures: Tensor, moment: int, frames: int) -> Tensor:
        """What the weights of one moment make of each frame: (batch, channels, frames, height, width)."""
        weight = self.weight[:, :, moment]
        made = functional.conv2d(pictures, weight, stride=self._stride, padding=self._padding)
        return made.reshape(-1, frames, *made.shape[1:]).transpose(1, 2)


def by_moment(network: nn.Module) -> nn.Module:
    """A copy of a network whose convolutions are such sums where they can be; its state is the same."""
    made = copy.deepcopy(network)
    for module in list(made.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.Conv3d) and _can(child):
                setattr(module, name, ByMoment(child))
    return made


def _can(conv: nn.Conv3d) -> bool:
    """One step in time, as many moments before as after, nothing else than weights."""
    plain = conv.bias is None and conv.groups == 1 and set(conv.dilation) == {1}
    centred = conv.stride[0] == 1 and conv.padding[0] == conv.kernel_size[0] // 2
    return plain and centred


def _later(clip: Tensor, frames: int) -> Tensor:
    """Moved along time, nothing where nothing comes from."""
    if frames == 0:
        return clip
    nothing = torch.zeros_like(clip[:, :, : abs(frames)])
    if frames > 0:
        return torch.cat([nothing, clip[:, :, :-frames]], 2)
    return torch.cat([clip[:, :, -frames:], nothing], 2)
