"""Draws the tabletop world: a table, coloured things on it, and a hand that comes from below.

Frame: pixels of a 320 x 240 picture, origin top left, x right, y down. A thing's place is the middle of its
base. Everything is drawn four times as large in area and scaled down, which smooths the edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 320, 240
TABLE_TOP = 96
"""The far edge of the table."""
HAND_RADIUS = 19.0
_SCALE = 2

COLOURS = {
    "red": (206, 48, 44),
    "green": (46, 150, 70),
    "blue": (44, 86, 196),
    "yellow": (236, 190, 40),
    "purple": (128, 62, 158),
    "white": (232, 232, 226),
}
SHAPES = {"cup": (34, 36), "ball": (34, 34), "bottle": (24, 62), "block": (36, 30), "box": (62, 66)}
"""Width and height in pixels."""

Image = npt.NDArray[np.uint8]
Point = tuple[float, float]


@dataclass(frozen=True)
class Thing:
    """A thing on the table: a name of ``COLOURS`` and one of ``SHAPES``."""

    colour: str
    shape: str

    @property
    def noun(self) -> str:
        return f"{self.colour} {self.shape}"

    @property
    def size(self) -> tuple[int, int]:
        return SHAPES[self.shape]

    def box(self, base: Point) -> tuple[float, float, float, float]:
        """Left, top, right, bottom when it stands at ``base``."""
        width, height = self.size
        return (base[0] - width / 2, base[1] - height, base[0] + width / 2, base[1])


@dataclass(frozen=True)
class Look:
    """What varies from clip to clip and means nothing."""

    wall: tuple[int, int, int]
    table: tuple[int, int, int]
    skin: tuple[int, int, int]
    sleeve: tuple[int, int, int]


def random_look(random: np.random.Generator) -> Look:
    def around(colour: tuple[int, int, int], by: int) -> tuple[int, int, int]:
        red, green, blue = np.clip(np.array(colour) + random.integers(-by, by + 1, 3), 0, 255).tolist()
        return red, green, blue

    skins = ((240, 200, 170), (214, 166, 128), (164, 112, 78), (108, 72, 50))
    return Look(
        wall=around((206, 212, 214), 18),
        table=around((168, 128, 88), 22),
        skin=skins[int(random.integers(len(skins)))],
        sleeve=around((70, 80, 110), 40),
    )


def background(look: Look, random: np.random.Generator) -> Image:
    """The wall and the table with its grain, (2 * HEIGHT, 2 * WIDTH, 3) uint8 RGB."""
    image = np.empty((HEIGHT * _SCALE, WIDTH * _SCALE, 3), np.float32)
    image[:] = look.wall
    rows = HEIGHT * _SCALE - TABLE_TOP * _SCALE
    grain = cv2.resize(
        random.normal(0, 7, (rows // 8, 6)).astype(np.float32),
        (WIDTH * _SCALE, rows),
        interpolation=cv2.INTER_CUBIC,
    )
    light = np.linspace(0.88, 1.06, rows, dtype=np.float32)[:, None, None]
    image[TABLE_TOP * _SCALE :] = (np.array(look.table, np.float32) + grain[..., None]) * light
    image[TABLE_TOP * _SCALE : TABLE_TOP * _SCALE + 3] *= 0.7
    return np.clip(image, 0, 255).astype(np.uint8)


def draw_frame(
    base: Image,
    look: Look,
    things: Sequence[tuple[Thing, Point, float]],
    hand: Point,
    lean: float,
) -> Image:
    """One picture, (HEIGHT, WIDTH, 3) uint8 RGB.

    ``things`` come far to near, each with the place of its base and the y of the table under it (its shadow
    lies there). The hand is in front of all of them; its arm comes from the lower left (``lean`` -1) to the
    lower right (1).
    """
    image = base.copy()
    for thing, place, ground in things:
        _shadow(image, thing, place[0], ground)
        _DRAW[thing.shape](image, thing.box(place), COLOURS[thing.colour])
    _hand(image, hand, lean, look)
    return np.asarray(cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def _shade(colour: Sequence[int], by: float) -> tuple[int, int, int]:
    red, green, blue = (min(255, int(part * by)) for part in colour)
    return red, green, blue


def _polygon(image: Image, corners: Sequence[Point], colour: Sequence[int]) -> None:
    points = np.round(np.array(corners) * _SCALE * 16).astype(np.int32)
    cv2.fillPoly(image, [points], tuple(colour), cv2.LINE_AA, 4)


def _ellipse(image: Image, centre: Point, radii: Point, colour: Sequence[int], angle: float = 0) -> None:
    x, y = (round(part * _SCALE) for part in centre)
    axes = (max(1, round(radii[0] * _SCALE)), max(1, round(radii[1] * _SCALE)))
    cv2.ellipse(image, (x, y), axes, angle, 0, 360, tuple(colour), -1, cv2.LINE_AA)


def _bar(image: Image, start: Point, end: Point, width: float, colour: Sequence[int]) -> None:
    points = [(round(x * _SCALE), round(y * _SCALE)) for x, y in (start, end)]
    cv2.line(image, points[0], points[1], tuple(colour), max(1, round(width * _SCALE)), cv2.LINE_AA)


def _shadow(image: Image, thing: Thing, x: float, ground: float) -> None:
    shadow = image.copy()
    _ellipse(shadow, (x + 3, ground - 1), (thing.size[0] * 0.56, 5), (20, 16, 12))
    cv2.addWeighted(shadow, 0.35, image, 0.65, 0, dst=image)


Box = tuple[float, float, float, float]


def _cup(image: Image, box: Box, colour: Sequence[int]) -> None:
    left, top, right, bottom = box
    right -= 7
    middle = (left + right) / 2
    _ellipse(image, (right + 1, (top + bottom) / 2), (7, 9), _shade(colour, 0.75))
    _ellipse(image, (right + 1, (top + bottom) / 2), (3.5, 5), _shade(colour, 0.35))
    _polygon(image, [(left, top + 4), (right, top + 4), (right - 4, bottom), (left + 4, bottom)], colour)
    _polygon(
        image,
        [(left, top + 4), (left + 6, top + 4), (left + 8, bottom), (left + 4, bottom)],
        _shade(colour, 1.3),
    )
    _ellipse(image, (middle, top + 4), ((right - left) / 2, 4), _shade(colour, 0.5))


def _ball(image: Image, box: Box, colour: Sequence[int]) -> None:
    left, top, right, bottom = box
    x, y, radius = (left + right) / 2, (top + bottom) / 2, (right - left) / 2
    _ellipse(image, (x, y), (radius, radius), _shade(colour, 0.8))
    _ellipse(image, (x - 1, y - 2), (radius * 0.85, radius * 0.82), colour)
    _ellipse(image, (x - radius * 0.35, y - radius * 0.4), (4, 3), _shade(colour, 1.5))


def _bottle(image: Image, box: Box, colour: Sequence[int]) -> None:
    left, top, right, bottom = box
    middle, shoulder = (left + right) / 2, top + (bottom - top) * 0.4
    _polygon(image, [(left, shoulder), (right, shoulder), (right, bottom), (left, bottom)], colour)
    _polygon(
        image, [(left, shoulder), (middle - 4, top + 12), (middle + 4, top + 12), (right, shoulder)], colour
    )
    _polygon(
        image, [(middle - 4, top), (middle + 4, top), (middle + 4, top + 14), (middle - 4, top + 14)], colour
    )
    _polygon(
        image,
        [(middle - 5, top), (middle + 5, top), (middle + 5, top + 4), (middle - 5, top + 4)],
        (60, 56, 52),
    )
    _polygon(
        image,
        [(left, bottom - 26), (right, bottom - 26), (right, bottom - 10), (left, bottom - 10)],
        (236, 232, 220),
    )


def _block(image: Image, box: Box, colour: Sequence[int]) -> None:
    left, top, right, bottom = box
    _polygon(image, [(left, top + 7), (right, top + 7), (right, bottom), (left, bottom)], colour)
    _polygon(
        image, [(left, top + 7), (left + 6, top), (right - 2, top), (right, top + 7)], _shade(colour, 1.35)
    )


def _box(image: Image, box: Box, colour: Sequence[int]) -> None:
    left, _, right, bottom = box
    _block(image, box, colour)
    _polygon(
        image,
        [(left, bottom - 24), (right, bottom - 24), (right, bottom - 16), (left, bottom - 16)],
        _shade(colour, 0.7),
    )


def _hand(image: Image, hand: Point, lean: float, look: Look) -> None:
    """Fist with four fingers and a thumb at ``hand``; the arm runs down out of the picture."""
    x, y = hand
    elbow = (x + lean * 110, HEIGHT + 60.0)
    wrist = (x + (elbow[0] - x) * 0.25, y + (elbow[1] - y) * 0.25)
    _bar(image, wrist, elbow, 30, look.sleeve)
    _bar(image, hand, wrist, 23, _shade(look.skin, 0.92))
    _ellipse(image, hand, (HAND_RADIUS * 0.95, HAND_RADIUS), look.skin)
    for finger in range(4):
        tip = (x - 12 + finger * 8, y - HAND_RADIUS + 6 + abs(finger - 1.5) * 2)
        _ellipse(image, tip, (4.5, 8), look.skin)
        _ellipse(image, (tip[0], tip[1] - 4), (2.5, 2.5), _shade(look.skin, 1.12))
        if finger:
            _bar(image, (tip[0] - 4, tip[1] - 4), (tip[0] - 4, tip[1] + 9), 1, _shade(look.skin, 0.7))
    _ellipse(image, (x - lean * HAND_RADIUS * 0.75, y + 5), (5, 10), _shade(look.skin, 0.95), lean * 25)


_DRAW = {"cup": _cup, "ball": _ball, "bottle": _bottle, "block": _block, "box": _box}
