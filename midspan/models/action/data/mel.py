"""Log-mel spectrograms: what a network hears."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import MELS
from midspan.models.action.data.sound import RATE, Samples

WINDOW, HOP = 1024, 512
"""Samples."""
_LOWEST, _HIGHEST = 40.0, 7600.0
"""Hertz."""
_FLOOR = 1e-6


def log_mel(wave: Samples) -> npt.NDArray[np.float16]:
    """(64, t): natural logarithm of the power in 64 mel bands, one column every 512 samples at 16 kHz.

    The wave is padded by half a window of silence on both sides, so t is 1 + samples // 512.
    """
    padded = np.pad(wave, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW).astype(np.float32), axis=1)) ** 2 / WINDOW
    return np.asarray(np.log(_bands() @ power.T + _FLOOR), np.float16)


@cache
def _bands() -> npt.NDArray[np.float32]:
    """(64, 513): triangles that overlap by half, evenly spread over mel(f) = 2595 log10(1 + f / 700)."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (_LOWEST, _HIGHEST))
    edges = 700 * (10 ** (np.linspace(low, high, MELS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    return np.clip(np.minimum(rising, falling), 0, None).astype(np.float32)
