"""Paints what the camera sees. Everything that varies here means nothing: light, skin, ground, grain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.hand_shape import ARM, VALLEYS, posed, sleeve
from midspan.models.action.data.nouns import Piece, Polygon, pieces
from midspan.models.action.data.scene import Floats, Hand, Moved, Thing
from midspan.models.action.data.tracks import Staged, place

Image = npt.NDArray[np.uint8]
_SCALE = 2
"""Everything is painted so many times as wide and as high, and scaled down, which smooths the edges."""
_BITS = 4
"""Fractional bits of the corners that OpenCV is given."""
_GROUND = (-1.2, -0.6, 3.4, 2.4)
"""Left, top, width and height of the ground that is painted, world units; beyond it is mirrored."""
_GROUND_PIXELS = (272, 192)
_TABLE_TOP = 0.42
"""World y at which the wall ends and the table begins."""

_GRAIN, _GRAIN_STARTS = 1024, 256
"""Side of the sheet of noise in pixels, and how far right and down a picture's cut-out may begin."""


@dataclass(frozen=True)
class Look:
    ground: Image
    """(192, 272, 3): table and wall, or what lies under a close camera."""
    skin: Floats
    """(3,) RGB."""
    sleeve: Floats
    """(3,) RGB."""
    sleeve_begins: float
    """Behind the palm, in units of the hand."""
    light: float
    grain: tuple[int, int]
    """Where in the sheet of noise this clip begins."""


_SKINS = np.array([(240, 200, 170), (214, 166, 128), (188, 136, 100), (150, 102, 72), (104, 70, 50)], float)


def random_look(style: Style, random: np.random.Generator) -> Look:
    ground = _table(random) if style == "table" else _surface(random)
    return Look(
        ground=ground,
        skin=_SKINS[random.integers(len(_SKINS))] * random.uniform(0.85, 1.08),
        sleeve=random.uniform(30, 220, 3),
        sleeve_begins=random.uniform(1.8, 5.0),
        light=random.uniform(0.75, 1.15),
        grain=(int(random.integers(_GRAIN_STARTS)), int(random.integers(_GRAIN_STARTS))),
    )


def paint(staged: Staged, look: Look, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """(times, height, width, 3) RGB; ``size`` is (width, height)."""
    width, height = size
    to_pixels = np.array([width * _SCALE, height * _SCALE], float)
    frames = np.empty((len(staged.views), height, width, 3), np.uint8)
    for t, view in enumerate(staged.views):
        canvas = _Canvas(look, view * to_pixels[:, None], size)
        for thing, moved in staged.things:
            if not moved.hidden[t]:
                canvas.thing(thing, moved, t)
        for hand, moved, grip in staged.hands:
            canvas.hand(hand, moved, grip[t], t)
        frames[t] = canvas.picture(t)
    return frames


class _Canvas:
    """One picture in the making; ``view`` maps the world to its pixels."""

    def __init__(self, look: Look, view: Floats, size: tuple[int, int]) -> None:
        self._look, self._view, self._size = look, view, size
        left, top, wide, high = _GROUND
        columns, rows = _GROUND_PIXELS
        ground = np.array([[wide / columns, 0, left], [0, high / rows, top], [0, 0, 1]])
        self._image = cv2.warpAffine(
            look.ground,
            view @ ground,
            (size[0] * _SCALE, size[1] * _SCALE),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )

    def thing(self, thing: Thing, moved: Moved, t: int) -> None:
        size, angle, middle = moved.sizes[t], moved.angles[t], moved.places[t]
        colour = np.array(thing.colour, float) * self._look.light
        state = thing.state[1] if thing.state is not None and moved.changed[t] else None
        if state == "lit":
            colour = 0.3 * colour + 178
        for piece in (*pieces(thing.noun), *(_OPENING if state == "open" else ())):
            self._fill(place(piece.polygon, size, angle, middle), piece.shade * colour)

    def hand(self, hand: Hand, moved: Moved, grip: float, t: int) -> None:
        size, angle, middle = moved.sizes[t], moved.angles[t], moved.places[t]
        skin = self._look.skin * self._look.light
        self._fill(place(ARM, size, angle, middle), 0.94 * skin)
        self._fill(place(sleeve(self._look.sleeve_begins), size, angle, middle), self._look.sleeve)
        outline = posed(grip, hand.mirrored)
        self._fill(place(outline, size, angle, middle), skin)
        for corner in VALLEYS:
            crease = np.stack([outline[corner], 0.35 * outline[corner]])
            self._line(place(crease, size, angle, middle), 0.72 * skin, 0.08 * size)

    def picture(self, t: int) -> Image:
        """Scaled down, with the grain of the ``t``-th."""
        small = cv2.resize(self._image, self._size, interpolation=cv2.INTER_AREA)
        sheet, (row, column) = _noise(), self._look.grain
        row, column = (row + 37 * t) % _GRAIN_STARTS, (column + 53 * t) % _GRAIN_STARTS
        height, width = small.shape[:2]
        grain = sheet[row : row + height, column : column + width]
        return np.asarray(cv2.add(small, grain, dtype=cv2.CV_8U), np.uint8)

    def _corners(self, polygon: Polygon) -> npt.NDArray[np.int32]:
        seen = polygon @ self._view[:, :2].T + self._view[:, 2]
        return np.rint(np.clip(seen, -9999, 9999) * (1 << _BITS)).astype(np.int32)

    def _fill(self, polygon: Polygon, colour: Floats) -> None:
        cv2.fillPoly(self._image, [self._corners(polygon)], _rgb(colour), cv2.LINE_8, _BITS)

    def _line(self, ends: Polygon, colour: Floats, wide: float) -> None:
        """``wide`` in world units."""
        pixels = max(1, round(wide * float(np.hypot(*self._view[1, :2]))))
        first, second = self._corners(ends).tolist()
        cv2.line(self._image, first, second, _rgb(colour), pixels, cv2.LINE_8, _BITS)


def _rgb(colour: Floats) -> tuple[float, ...]:
    return tuple(np.clip(colour, 0, 255).tolist())


def _ellipse(wide: float, high: float) -> Polygon:
    angles = np.arange(14) * 2 * np.pi / 14
    return np.stack([wide * np.cos(angles), high * np.sin(angles)], -1)


_OPENING = (Piece(_ellipse(0.78, 0.44), 0.5), Piece(_ellipse(0.68, 0.36), 0.12))
"""A dark inside with its rim."""


@cache
def _noise() -> npt.NDArray[np.int16]:
    sheet = np.random.default_rng(0).normal(0, 4.5, (_GRAIN, _GRAIN, 3))
    return np.rint(sheet).astype(np.int16)


def _uneven(random: np.random.Generator, colour: Floats, by: float) -> Floats:
    """(192, 272, 3): a colour that is lighter here and darker there."""
    coarse = random.uniform(-by, by, (8, 11, 1)) + random.uniform(-by / 4, by / 4, (8, 11, 3))
    return colour + cv2.resize(coarse, _GROUND_PIXELS, interpolation=cv2.INTER_CUBIC)


def _table(random: np.random.Generator) -> Image:
    """A wall, and a table before it."""
    image = _uneven(random, random.uniform(60, 200) + random.uniform(-18, 18, 3), 30)
    _, top, _, high = _GROUND
    row = round((_TABLE_TOP + random.uniform(-0.05, 0.08) - top) / high * _GROUND_PIXELS[1])
    image[row:] = _uneven(random, random.uniform(60, 200) + random.uniform(-15, 15, 3), 14)[row:]
    return np.clip(image, 0, 255).astype(np.uint8)


def _surface(random: np.random.Generator) -> Image:
    """What is seen from above: wood, cloth or a bare top, with flat things on it, and often its edge."""
    image = _uneven(random, random.uniform(50, 215) + random.uniform(-35, 35, 3), 26)
    columns, rows = _GROUND_PIXELS
    kind = random.integers(3)
    if kind == 0:
        image += random.normal(0, 9, (rows, 1, 1))
    elif kind == 1:
        period = int(random.integers(8, 24))
        checks = (np.arange(rows)[:, None] // period + np.arange(columns) // period) % 2
        image += checks[:, :, None] * random.uniform(-50, 50, 3)
    painted = np.clip(image, 0, 255).astype(np.uint8)
    for _ in range(random.integers(0, 4)):
        middle = random.uniform(0, 1, 2) * _GROUND_PIXELS
        half = random.uniform([8, 8], [46, 34])
        turn = random.uniform(0, np.pi)
        box = cv2.boxPoints((tuple(middle), tuple(2 * half), float(np.degrees(turn))))
        cv2.fillPoly(painted, [np.rint(box).astype(np.int32)], tuple(random.uniform(20, 230, 3).tolist()))
    if random.random() < 0.4:
        row, slope = random.uniform(0.55, 0.95) * rows, random.uniform(-0.2, 0.2) * rows
        edge = np.array([[0, row], [columns, row + slope], [columns, 2 * rows], [0, 2 * rows]])
        cv2.fillPoly(painted, [np.rint(edge).astype(np.int32)], tuple(random.uniform(10, 130, 3).tolist()))
    return painted
