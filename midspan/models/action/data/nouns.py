"""The things of the benchmark: eight shapes in three textures, and colours that mean nothing, or little.

A noun is a shape with a texture ("striped star"); colour, size and light are nuisances. The nouns fall into
two groups; with strength ``q`` a thing takes its colour from the hues of its group, which is the shortcut
that a model of frames learns.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""
Polygon = npt.NDArray[np.float64]
"""(corners, 2): x right, y down."""
SHAPES = ("disc", "square", "triangle", "star", "hexagon", "cross", "diamond", "bar")
TEXTURES = ("plain", "striped", "dotted")
NOUNS = tuple(f"{texture} {shape}" for shape in SHAPES for texture in TEXTURES)
GROUPS = tuple((i // 3 + i % 3) % 2 for i in range(len(NOUNS)))
"""The group, 0 or 1, of each noun: every shape and every texture is in both."""
_DARK = 0.45
_WARMEST, _COOLEST, _HUES = 0.93, 0.47, 0.27
"""Where the hues of the two groups begin, and how far they reach, in turns."""


@dataclass(frozen=True)
class Piece:
    polygon: Polygon
    shade: float
    """Brightness as a share of the thing's own."""


@cache
def pieces(noun: int) -> tuple[Piece, ...]:
    """What a thing is drawn of, back to front, in units of its radius around its middle."""
    return (Piece(outline(noun), 1.0), *_TEXTURES[noun % len(TEXTURES)])


@cache
def outline(noun: int) -> Polygon:
    """Reaches at most one radius in x and in y."""
    polygon = _outlines()[SHAPES[noun // len(TEXTURES)]]
    scaled: Polygon = polygon / np.abs(polygon).max()
    return scaled


def random_colour(noun: int, q: float, random: np.random.Generator) -> Colour:
    """With probability ``q`` a hue of the noun's group, otherwise any."""
    hue = random.random()
    if random.random() < q:
        start = _WARMEST if GROUPS[noun] == 0 else _COOLEST
        hue = (start + _HUES * random.random()) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, random.uniform(0.65, 0.9), random.uniform(0.5, 0.92))
    return round(255 * red), round(255 * green), round(255 * blue)


def _regular(corners: int, turn: float = 0.0) -> Polygon:
    angles = np.arange(corners) * 2 * np.pi / corners + turn
    return np.stack([np.cos(angles), np.sin(angles)], -1)


def _outlines() -> dict[str, Polygon]:
    star = _regular(10, -np.pi / 2)
    star[1::2] *= 0.48
    arm = 0.38
    return {
        "disc": _regular(20),
        "square": np.array([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]),
        "triangle": np.array([[0.0, -1], [1, 0.8], [-1, 0.8]]),
        "star": star,
        "hexagon": _regular(6),
        "cross": np.array(
            [
                *([-arm, -1], [arm, -1], [arm, -arm], [1, -arm], [1, arm], [arm, arm]),
                *([arm, 1], [-arm, 1], [-arm, arm], [-1, arm], [-1, -arm], [-arm, -arm]),
            ]
        ),
        "diamond": np.array([[0.0, -1], [0.7, 0], [0, 1], [-0.7, 0]]),
        "bar": np.array([[-1.0, -0.45], [1, -0.45], [1, 0.45], [-1, 0.45]]),
    }


def _stripe(x: float) -> Piece:
    half, tall = 0.085, 0.4
    return Piece(np.array([[x - half, -tall], [x + half, -tall], [x + half, tall], [x - half, tall]]), _DARK)


def _dot(x: float, y: float) -> Piece:
    return Piece(_regular(8) * 0.15 + [x, y], _DARK)


_TEXTURES: tuple[tuple[Piece, ...], ...] = (
    (),
    (_stripe(-0.32), _stripe(0.0), _stripe(0.32)),
    (_dot(-0.3, 0.12), _dot(0.3, 0.12), _dot(0.0, -0.26)),
)
