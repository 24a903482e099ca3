"""Clips in the number of frames and the size that a network was made for."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def resampled(clip: Tensor, frames: int, side: int) -> Tensor:
    """(batch, channels, t, h, w) to (batch, channels, frames, side, side).

    Frames are repeated or left out.
    """
    picked = torch.linspace(0, clip.shape[2] - 1, frames, device=clip.device).round().long()
    return functional.interpolate(clip[:, :, picked], (frames, side, side), mode="trilinear")
