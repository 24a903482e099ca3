"""What pictures of other kinds of video are put together from: grounds, shaded things, lettering, a camera.

Pictures are float32 (h, w, 3) in 0..1, rows from the top. A size is (width, height) in pixels.
"""

from __future__ import annotations

import string

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
Size = tuple[int, int]
Random = np.random.Generator

_SKINS = np.array(
    [[0.94, 0.78, 0.67], [0.84, 0.65, 0.5], [0.73, 0.53, 0.4], [0.58, 0.4, 0.28], [0.4, 0.28, 0.2]],
    dtype=np.float32,
)
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)


def rough(random: Random, size: Size, coarsest: int = 3, falling: float = 0.55) -> Picture:
    """(h, w): clouds of noise in 0..1, each octave twice as fine and ``falling`` times as strong."""
    width, height = size
    total = np.zeros((height, width), dtype=np.float32)
    strength, cells = 1.0, coarsest
    while cells < width:
        rows = max(2, round(cells * height / width))
        sheet = random.random((rows, cells), dtype=np.float32)
        total += strength * cv2.resize(sheet, size, interpolation=cv2.INTER_CUBIC)
        strength, cells = strength * falling, 2 * cells
    least, most = float(total.min()), float(total.max())
    return np.asarray((total - least) / max(most - least, 1e-6), dtype=np.float32)


def colour(random: Random, dullest: float = 0.0) -> Picture:
    """(3,): any hue, more often dull than bright."""
    grey = random.uniform(0.05, 0.95)
    hue = random.random(3) - 0.5
    return np.clip(grey + max(dullest, float(random.random() ** 2)) * hue, 0, 1).astype(np.float32)


def skin(random: Random) -> Picture:
    """(3,)"""
    chosen = _SKINS[random.integers(len(_SKINS))] * random.uniform(0.7, 1.1)
    return np.asarray(np.clip(chosen, 0, 1), dtype=np.float32)


def between(share: npt.NDArray[np.floating], *stops: Picture) -> Picture:
    """(h, w) of 0..1 to colours (h, w, 3) along ``stops``."""
    levels, places = np.linspace(0, 1, 256), np.linspace(0, 1, len(stops))
    table = np.stack([np.interp(levels, places, [stop[c] for stop in stops]) for c in range(3)], axis=-1)
    return np.asarray(table[np.clip(255 * share, 0, 255).astype(np.uint8)], dtype=np.float32)


def texture(random: Random, size: Size) -> Picture:
    """Marble, cloth, grass, bricks, planks: clouds in three colours, with or without a pattern on them."""
    clouds = rough(random, size, int(random.integers(2, 12)), random.uniform(0.4, 0.85))
    picture = between(clouds, colour(random), colour(random), colour(random))
    kind = random.integers(4)
    if kind == 0:
        return picture
    width, height = size
    across, down = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    period = random.uniform(0.04, 0.25) * width
    if kind == 1:
        turn = random.uniform(0, np.pi)
        pattern = np.sin(2 * np.pi * (across * np.cos(turn) + down * np.sin(turn)) / period)
    elif kind == 2:
        pattern = np.sign(np.sin(2 * np.pi * across / period) * np.sin(2 * np.pi * down / period))
    else:
        row = np.floor(2 * down / period)
        joint = np.minimum((across + period / 2 * (row % 2)) % period, (2 * down) % period)
        pattern = np.where(joint < max(1.0, 0.08 * period), -1.0, 0.2)
    return np.asarray(np.clip(picture + random.uniform(0.05, 0.25) * pattern[..., None], 0, 1), np.float32)


def view(random: Random, size: Size) -> Picture:
    """A place: sky or wall above, ground below, a few shaded things with soft shadows before them."""
    width, height = size
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None] * np.ones((1, width), dtype=np.float32)
    picture = between(down, colour(random), colour(random))
    picture += 0.25 * (rough(random, size)[..., None] - 0.5)
    horizon = int(height * random.uniform(0.3, 0.8))
    ground = texture(random, size) if random.random() < 0.6 else between(down, colour(random), colour(random))
    picture[horizon:] = ground[horizon:] * np.linspace(0.7, 1.0, height - horizon)[:, None, None]
    for _ in range(random.integers(2, 9)):
        thing = solid(random, round(height * random.uniform(0.15, 0.8)))
        where = random.uniform(0, width), random.uniform(horizon - 0.1 * height, height)
        place(picture, thing, where, shadow=random.uniform(0, 0.5))
    return np.clip(picture, 0, 1)


def solid(random: Random, side: int, paint: Picture | None = None) -> Picture:
    """(side, side, 4): something shaded, with its share of cover in the last channel."""
    side = max(side, 4)
    mask = np.zeros((side, side), dtype=np.float32)
    middle, kind = (side // 2, side // 2), random.integers(4)
    half = max(2, int(side * random.uniform(0.2, 0.48))), max(2, int(side * random.uniform(0.2, 0.48)))
    if kind == 0:
        cv2.ellipse(mask, middle, half, float(random.uniform(0, 180)), 0, 360, 1.0, -1, cv2.LINE_AA)
    elif kind == 1:
        box = cv2.boxPoints((middle, (2 * half[0] * 0.8, 2 * half[1] * 0.8), float(random.uniform(-15, 15))))
        cv2.fillPoly(mask, [np.rint(box).astype(np.int32)], 1.0, cv2.LINE_AA)
    elif kind == 2:
        angles = np.sort(random.uniform(0, 2 * np.pi, int(random.integers(5, 11))))
        reach = random.uniform(0.55, 1, len(angles)) * 0.48 * side
        corners = np.stack([np.cos(angles), np.sin(angles)], -1) * reach[:, None] + side / 2
        cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 1.0, cv2.LINE_AA)
    else:
        mask = ((rough(random, (side, side)) > 0.5) * _round(side)).astype(np.float32)
    shade = paint if paint is not None else colour(random, 0.3)
    if random.random() < 0.4:
        inside = between(rough(random, (side, side), 4), shade * random.uniform(0.3, 0.9), shade)
    else:
        inside = np.tile(shade, (side, side, 1))
    return np.dstack([np.clip(inside * _lit(random, side), 0, 1), mask]).astype(np.float32)


def disc(side: int, paint: Picture, soft: float = 0.12) -> Picture:
    """(side, side, 4): a ball of one colour with a soft edge."""
    side = max(side, 3)
    reach = np.hypot(*(np.indices((side, side)) - (side - 1) / 2)) / (side / 2)
    cover = np.clip((1 - reach) / soft, 0, 1)
    return np.dstack([np.tile(paint, (side, side, 1)) * (1 - 0.35 * reach[..., None] ** 2), cover]).astype(
        np.float32
    )


def lettering(random: Random, line: int, ink: Picture, size: float = 0.35) -> Picture:
    """(h, w, 4): words of random letters on one line of about ``line`` characters."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < line:
        letters = random.choice(list(string.ascii_letters), int(random.integers(1, 10)))
        words.append("".join(letters))
    text, font = " ".join(words), int(random.choice(_FONTS))
    (width, height), below = cv2.getTextSize(text, font, size, 1)
    cover = np.zeros((height + below + 2, max(width, 1)), dtype=np.uint8)
    cv2.putText(cover, text, (0, height), font, size, 255, 1, cv2.LINE_AA)
    return np.dstack([np.tile(ink, (*cover.shape, 1)), cover / np.float32(255)]).astype(np.float32)


def place(
    canvas: Picture,
    thing: Picture,
    middle: tuple[float, float],
    *,
    scale: float | tuple[float, float] = 1.0,
    turn: float = 0.0,
    shadow: float = 0.0,
) -> None:
    """Puts a thing (h, w, 4) onto the canvas, its middle at (x, y) pixels, turned by radians."""
    wide, high = (scale, scale) if isinstance(scale, float | int) else scale
    if wide <= 0 or high <= 0:
        return
    rows, columns = thing.shape[:2]
    cos, sin = np.cos(turn), np.sin(turn)
    reach = 0.5 * np.hypot(columns * wide, rows * high) + 2
    left, top = int(max(middle[0] - reach, 0)), int(max(middle[1] - reach, 0))
    right, bottom = (
        int(min(middle[0] + reach + 1, canvas.shape[1])),
        int(min(middle[1] + reach + 1, canvas.shape[0])),
    )
    if right <= left or bottom <= top:
        return
    turned = np.array([[cos * wide, -sin * high], [sin * wide, cos * high]])
    origin = np.array([middle[0] - left, middle[1] - top]) - turned @ [columns / 2, rows / 2]
    shown = cv2.warpAffine(thing, np.column_stack([turned, origin]), (right - left, bottom - top))
    part, cover = canvas[top:bottom, left:right], shown[..., 3:]
    if shadow:
        off = max(1, round(0.08 * rows * high))
        dark = cv2.GaussianBlur(np.roll(shown[..., 3], (off, off), (0, 1)), (0, 0), max(0.8, off / 2))
        part *= 1 - shadow * dark[..., None]
    part *= 1 - cover
    part += shown[..., :3] * cover


def through(
    picture: Picture, size: Size, middle: tuple[float, float], zoom: float = 1.0, turn: float = 0.0
) -> Picture:
    """What a camera sees of a picture: ``middle`` in its pixels, ``zoom`` pixels to one; mirrored beyond."""
    cos, sin = np.cos(turn) * zoom, np.sin(turn) * zoom
    turned = np.array([[cos, -sin], [sin, cos]])
    origin = np.array(size) / 2 - turned @ np.array(middle)
    return np.asarray(
        cv2.warpAffine(picture, np.column_stack([turned, origin]), size, borderMode=cv2.BORDER_REFLECT_101),
        dtype=np.float32,
    )


def _lit(random: Random, side: int) -> Picture:
    """(side, side, 1): light that falls off from one side to the other."""
    turn = random.uniform(0, 2 * np.pi)
    rows, columns = np.indices((side, side)) / max(side - 1, 1) - 0.5
    light = 1 + random.uniform(0.2, 0.9) * (rows * np.sin(turn) + columns * np.cos(turn))
    return np.asarray(light[..., None], dtype=np.float32)


def _round(side: int) -> npt.NDArray[np.bool_]:
    return np.asarray(np.hypot(*(np.indices((side, side)) - side / 2)) < 0.48 * side)
