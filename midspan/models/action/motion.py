"""What a signature says of a window: how things move on the screen and how it is lit, and that in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Direction = Literal["left", "right", "up", "down", ""]
TOWARDS = {"left": "to the left", "right": "to the right", "up": "upwards", "down": "downwards"}
"""Directions in words."""

STILL = 0.05
"""Frame widths a second below which nothing counts as moving."""
_FAST = 0.4
_COLOURS = (
    "red", "orange", "yellow", "green", "green", "green", "turquoise", "blue", "blue", "purple", "purple",
    "pink", "black", "dark grey", "light grey", "white",
)  # fmt: skip
"""Names of the colour bins: twelve hues of 30 degrees centred on red, then four lights without hue."""


@dataclass(frozen=True)
class Motion:
    """How things move on the screen."""

    speed: float
    """Frame widths a second: of the whole picture, or of the fastest twentieth of it."""
    direction: Direction
    """Empty when nothing moves, or when it moves in several directions."""
    whole: bool
    """The whole picture moves, as when the camera turns."""

    @property
    def moving(self) -> bool:
        return self.speed >= STILL


@dataclass(frozen=True)
class Signature:
    """A window's description."""

    vector: Floats
    """(96,), L2-normalised."""
    motion: Motion
    colours: Floats
    """(16,) share of the picture by colour bin; sums to 1."""
    brightness: float
    """0..1."""


def in_words(motion: Motion, colours: Floats, brightness: float) -> str:
    """Plain words, as ``moving to the right, fast; mostly green and blue; bright``."""
    return "; ".join([motion_in_words(motion), _colour_words(colours), _light_words(brightness)])


def motion_in_words(motion: Motion) -> str:
    if not motion.moving:
        return "still"
    how = TOWARDS.get(motion.direction, "in several directions")
    pace = ", fast" if motion.speed >= _FAST else ", slowly" if motion.speed < 2 * STILL else ""
    return f"{'whole picture ' if motion.whole else ''}moving {how}{pace}"


def _colour_words(colours: Floats) -> str:
    shares: dict[str, float] = {}
    for name, share in zip(_COLOURS, colours, strict=True):
        shares[name] = shares.get(name, 0.0) + float(share)
    ranked = sorted(shares, key=lambda name: -shares[name])
    chosen = [ranked[0]] + [name for name in ranked[1:2] if shares[name] >= 0.2]
    return "mostly " + " and ".join(chosen)


def _light_words(brightness: float) -> str:
    return "dark" if brightness < 0.25 else "bright" if brightness > 0.6 else "medium light"
