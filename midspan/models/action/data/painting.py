"""Paints what the camera sees. Everything that varies here means nothing: light, skin, ground, grain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.hand_shape import ARM, VALLEYS, posed, sleeve
from midspan.models.action.data.nouns import Piece, Polygon, pieces
from midspan.models.action.data.scene import Bools, Floats, Hand, Moved, Thing
from midspan.models.action.data.tracks import Staged, placed

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
    views = staged.views * np.array([[width * _SCALE], [height * _SCALE]], float)
    shapes = [shape for thing, moved in staged.things for shape in _thing(thing, moved, look)]
    shapes += [shape for hand, moved, grip in staged.hands for shape in _hand(hand, moved, grip, look)]
    drawn = [(shape, _pixels(shape, views)) for shape in shapes]
    frames = np.empty((len(views), height, width, 3), np.uint8)
    for t, view in enumerate(views):
        canvas = _ground(look, view, size)
        for shape, corners in drawn:
            if shape.there[t]:
                _draw(canvas, shape, corners[t], view)
        frames[t] = _picture(canvas, look, t, size)
    return frames


@dataclass(frozen=True)
class _Shape:
    """A filled polygon, or a line, in all frames."""

    world: Floats
    """(times, corners, 2)"""
    colour: tuple[float, ...]
    there: Bools
    """(times,)"""
    wide: float = 0.0
    """Width of a line, world units; 0 for polygons."""


def _thing(thing: Thing, moved: Moved, look: Look) -> Iterator[_Shape]:
    colour, seen = np.array(thing.colour, float) * look.light, ~moved.hidden
    state = None if thing.state is None else thing.state[1]
    for piece in pieces(thing.noun):
        world = placed(piece.polygon, moved)
        if state == "lit":
            yield _Shape(world, _rgb(piece.shade * colour), seen & ~moved.changed)
            yield _Shape(world, _rgb(piece.shade * (0.3 * colour + 178)), seen & moved.changed)
        else:
            yield _Shape(world, _rgb(piece.shade * colour), seen)
    for piece in _OPENING if state == "open" else ():
        yield _Shape(placed(piece.polygon, moved), _rgb(piece.shade * colour), seen & moved.changed)


def _hand(hand: Hand, moved: Moved, grip: Floats, look: Look) -> Iterator[_Shape]:
    skin, outline = look.skin * look.light, posed(grip, hand.mirrored)
    yield _Shape(placed(ARM, moved), _rgb(0.94 * skin), ~moved.hidden)
    yield _Shape(placed(sleeve(look.sleeve_begins), moved), _rgb(look.sleeve), ~moved.hidden)
    yield _Shape(placed(outline, moved), _rgb(skin), ~moved.hidden)
    for corner in VALLEYS:
        crease = outline[:, [corner, corner]] * np.array([[1.0], [0.35]])
        yield _Shape(placed(crease, moved), _rgb(0.72 * skin), ~moved.hidden, 0.08 * hand.size)


def _ground(look: Look, view: Floats, size: tuple[int, int]) -> Image:
    left, top, wide, high = _GROUND
    columns, rows = _GROUND_PIXELS
    world = np.array([[wide / columns, 0, left], [0, high / rows, top], [0, 0, 1]])
    canvas_size = (size[0] * _SCALE, size[1] * _SCALE)
    return np.asarray(
        cv2.warpAffine(look.ground, view @ world, canvas_size, borderMode=cv2.BORDER_REFLECT_101), np.uint8
    )


def _pixels(shape: _Shape, views: Floats) -> npt.NDArray[np.int32]:
    """(times, corners, 2) in fractions of a pixel."""
    seen = shape.world @ views[:, :, :2].transpose(0, 2, 1) + views[:, None, :, 2]
    return np.asarray(np.rint(np.clip(seen, -9999, 9999) * (1 << _BITS)), np.int32)


def _draw(canvas: Image, shape: _Shape, corners: npt.NDArray[np.int32], view: Floats) -> None:
    if shape.wide == 0:
        cv2.fillPoly(canvas, [corners], shape.colour, cv2.LINE_8, _BITS)
        return
    pixels = max(1, round(shape.wide * float(np.hypot(view[1, 0], view[1, 1]))))
    first, second = corners.tolist()
    cv2.line(canvas, first, second, shape.colour, pixels, cv2.LINE_8, _BITS)


def _picture(canvas: Image, look: Look, t: int, size: tuple[int, int]) -> Image:
    """Scaled down, with the grain of the ``t``-th."""
    small = cv2.resize(canvas, size, interpolation=cv2.INTER_AREA)
    row, column = (
        (start + step * t) % _GRAIN_STARTS for start, step in zip(look.grain, (37, 53), strict=True)
    )
    grain = _noise()[row : row + size[1], column : column + size[0]]
    return np.asarray(cv2.add(small, grain, dtype=cv2.CV_8U), np.uint8)


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
