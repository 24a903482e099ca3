"""Swin-T in three dimensions, the published student and teachers of chapter 7, without its weights.

Attention within windows of the map, which every second block shifts by half a window; between stages four
neighbours in space become one. As published for video: patches of 2 x 4 x 4, windows of 8 x 7 x 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

Size = tuple[int, int, int]


@dataclass(frozen=True)
class SwinConfig:
    patch: Size
    window: Size
    width: int
    """Of the first stage; each next one has twice as many channels."""
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    drop_path: float
    """Share of clips for which the last block is left out in training; less before it, down to 0."""


class WindowAttention(nn.Module):
    """Attention within windows, with a learned bias of where one lies from the other."""

    def __init__(self, width: int, heads: int, window: Size) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        places = (2 * window[0] - 1) * (2 * window[1] - 1) * (2 * window[2] - 1)
        self.bias = nn.Parameter(torch.zeros(places, heads))
        nn.init.trunc_normal_(self.bias, std=0.02)
        self._whole = window

    def forward(self, x: Tensor, window: Size, mask: Tensor | None) -> Tensor:
        """x (windows, tokens, width); mask (windows of a clip, tokens, tokens), True where one may look."""
        query, key, value = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        bias = self.bias[offsets(window, self._whole).to(x.device)].permute(2, 0, 1)[None]
        if mask is not None:
            # (windows of a clip, heads, tokens, tokens), for every clip of the batch
            hidden = bias.new_zeros(mask.shape).masked_fill(~mask, float("-inf"))
            bias = (bias + hidden[:, None]).repeat(x.shape[0] // mask.shape[0], 1, 1, 1)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return out


class SwinBlock(nn.Module):
    def __init__(self, width: int, heads: int, window: Size, shifted: bool, drop_path: float) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.attention = WindowAttention(width, heads, window)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self._window, self._shifted, self._drop_path = window, shifted, drop_path

    def forward(self, x: Tensor) -> Tensor:
        """x (batch, moments, rows, columns, width)."""
        x = x + self._dropped(self._attended(self.norms[0](x)))
        return x + self._dropped(self.mlp(self.norms[1](x)))

    def _attended(self, x: Tensor) -> Tensor:
        size = _size(x)
        # a map smaller than a window is one window, and is not shifted
        window = _least(self._window, size)
        shift = tuple(
            side // 2 if self._shifted and side < length else 0
            for side, length in zip(window, size, strict=True)
        )
        missing = [-length % side for side, length in zip(window, size, strict=True)]
        padded = functional.pad(x, (0, 0, 0, missing[2], 0, missing[1], 0, missing[0]))
        if any(shift):
            padded = padded.roll([-one for one in shift], (1, 2, 3))
        mask = _mask(size, _size(padded), window, shift, x.device) if any(shift) or any(missing) else None
        attended = self.attention(_windows(padded, window), window, mask)
        whole = _unwindowed(attended, x.shape[0], _size(padded), window)
        if any(shift):
            whole = whole.roll(shift, (1, 2, 3))
        return whole[:, : size[0], : size[1], : size[2]]

    def _dropped(self, x: Tensor) -> Tensor:
        if not self.training or not self._drop_path:
            return x
        kept = torch.rand(x.shape[0], 1, 1, 1, 1, device=x.device) >= self._drop_path
        return x * kept / (1 - self._drop_path)


class Merging(nn.Module):
    """Four neighbours in space to one of twice the width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm, self.reduce = nn.LayerNorm(4 * width), nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.pad(x, (0, 0, 0, x.shape[3] % 2, 0, x.shape[2] % 2))
        corners = [x[:, :, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        out: Tensor = self.reduce(self.norm(torch.cat(corners, -1)))
        return out


class Swin3d(nn.Module):
    """(batch, 3, frames, height, width) to a map (batch, channels, frames / 2, height / 32, width / 32)."""

    def __init__(self, config: SwinConfig) -> None:
        super().__init__()
        self.patches = nn.Conv3d(3, config.width, config.patch, config.patch)
        self.first_norm = nn.LayerNorm(config.width)
        rates = torch.linspace(0, config.drop_path, sum(config.depths)).tolist()
        stages: list[nn.Module] = []
        width = config.width
        for place, (depth, heads) in enumerate(zip(config.depths, config.heads, strict=True)):
            if place:
                stages.append(Merging(width))
                width *= 2
            for index in range(depth):
                stages.append(SwinBlock(width, heads, config.window, bool(index % 2), rates.pop(0)))
        self.stages = nn.Sequential(*stages)
        self.norm = nn.LayerNorm(width)
        self.channels = width

    def forward(self, clip: Tensor) -> Tensor:
        x = self.first_norm(self.patches(clip).permute(0, 2, 3, 4, 1))
        out: Tensor = self.norm(self.stages(x)).permute(0, 4, 1, 2, 3)
        return out


def swin_tiny() -> Swin3d:
    """Swin-T 3D."""
    return Swin3d(SwinConfig((2, 4, 4), (8, 7, 7), 96, (2, 2, 6, 2), (3, 6, 12, 24), drop_path=0.2))


def swin_toy() -> Swin3d:
    """For tests: the same parts, small."""
    return Swin3d(SwinConfig((2, 4, 4), (2, 3, 3), 8, (2, 2), (2, 4), drop_path=0.2))


def offsets(window: Size, whole: Size) -> Tensor:
    """(tokens, tokens): which row of the table of biases says how one token of a window lies from another.

    The table was made for windows of ``whole``.
    """
    axes = [torch.arange(side) for side in window]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij")).flatten(1)
    apart = places[:, :, None] - places[:, None, :]
    moved = [one + side - 1 for one, side in zip(apart, whole, strict=True)]
    rows: Tensor = (moved[0] * (2 * whole[1] - 1) + moved[1]) * (2 * whole[2] - 1) + moved[2]
    return rows


def _least(window: Size, size: Size) -> Size:
    return min(window[0], size[0]), min(window[1], size[1]), min(window[2], size[2])


def _size(x: Tensor) -> Size:
    return x.shape[1], x.shape[2], x.shape[3]


def _windows(x: Tensor, window: Size) -> Tensor:
    """(batch, moments, rows, columns, width) to (batch * windows, tokens, width)."""
    moments, rows, columns = (length // side for length, side in zip(_size(x), window, strict=True))
    cut = x.reshape(x.shape[0], moments, window[0], rows, window[1], columns, window[2], x.shape[4])
    return cut.permute(0, 1, 3, 5, 2, 4, 6, 7).flatten(4, 6).flatten(0, 3)


def _unwindowed(x: Tensor, batch: int, size: Size, window: Size) -> Tensor:
    counts = [length // side for length, side in zip(size, window, strict=True)]
    cut = x.view(batch, *counts, *window, -1)
    return cut.permute(0, 1, 4, 2, 5, 3, 6, 7).reshape(batch, *size, -1)


def _mask(size: Size, padded: Size, window: Size, shift: Sequence[int], device: torch.device) -> Tensor:
    """(windows, tokens, tokens): True between tokens that were neighbours before the map was rolled.

    Nobody looks at padding, but any token may look at itself.
    """
    regions = torch.zeros((1, *padded, 1), device=device)
    for axis, (length, side, by) in enumerate(zip(padded, window, shift, strict=True)):
        # of the rolled map the last window holds what stood at the start, which is another region
        part = torch.zeros(length, device=device)
        if by:
            part[length - side : length - by] = 1
            part[length - by :] = 2
        shape = [1] * 5
        shape[axis + 1] = length
        regions = regions * 3 + part.view(shape)
    real = torch.zeros((1, *padded, 1), dtype=torch.bool, device=device)
    real[:, : size[0], : size[1], : size[2]] = True
    if any(shift):
        real = real.roll([-one for one in shift], (1, 2, 3))
    region, there = _windows(regions, window)[..., 0], _windows(real, window)[..., 0]
    own = torch.eye(region.shape[1], dtype=torch.bool, device=device)
    return ((region[:, :, None] == region[:, None, :]) & there[:, None, :]) | own
