"""Kinds of video without manipulation that a recogniser learns to say nothing of.

Each takes a random generator, times (n,) in seconds and a size, and gives frames (n, h, w, 3), 0..1.
"""

from __future__ import annotations

import cv2
import numpy as np

from midspan.models.action.data.other.moving import Floats, going, jumps, shake, since, wander
from midspan.models.action.data.other.pictures import (
    Picture,
    Random,
    Size,
    between,
    colour,
    disc,
    lettering,
    place,
    rough,
    skin,
    solid,
    texture,
    through,
    view,
)


def panning(random: Random, times: Floats, size: Size) -> Picture:
    """A camera turns over a still place."""
    large = _large(random, size)
    turn, speed = random.uniform(0, 2 * np.pi), random.uniform(0.05, 1.2) * size[0]
    away = speed * (times - times[0]) + shake(random, times, random.uniform(0, 4))
    middles = np.outer(away, [np.cos(turn), np.sin(turn)]) + np.array(size)
    return np.stack([through(large, size, (x, y)) for x, y in middles])


def zooming(random: Random, times: Floats, size: Size) -> Picture:
    """Closer or farther, often turning."""
    large, past = _large(random, size), times - times[0]
    rate, spin = random.uniform(-0.5, 0.5), random.choice([0.0, random.uniform(-0.8, 0.8)])
    zooms = np.clip(np.exp(rate * past + wander(random, times, 0.1)), 0.5, 4)
    return np.stack(
        [
            through(large, size, (size[0], size[1]), zoom, turn)
            for zoom, turn in zip(zooms, spin * past, strict=True)
        ]
    )


def hand_held(random: Random, times: Floats, size: Size) -> Picture:
    """A still place from a camera that trembles."""
    large, by = _large(random, size), random.uniform(1, 0.12 * size[0])
    across, down = shake(random, times, by), shake(random, times, by)
    turns = shake(random, times, random.uniform(0, 0.08))
    return np.stack(
        [
            through(large, size, (size[0] + x, size[1] + y), 1.0, turn)
            for x, y, turn in zip(across, down, turns, strict=True)
        ]
    )


def street(random: Random, times: Floats, size: Size) -> Picture:
    """A fixed camera; things with shadows go by on a few lanes, each at a speed of its own."""
    ground, (width, height) = view(random, size), size
    movers = []
    for _ in range(random.integers(1, 7)):
        lane = random.uniform(0.35, 0.95) * height
        side = round(height * random.uniform(0.12, 0.5) * (0.4 + lane / height))
        speed = random.choice([-1, 1]) * random.uniform(0.05, 0.7) * width
        across = going(random, times, speed, width + 2 * side) - side
        bounce = random.uniform(0, 0.02) * height * np.sin(times * random.uniform(4, 12))
        movers.append((lane, solid(random, side), across, lane + bounce))
    frames = []
    for t in range(len(times)):
        canvas = ground.copy()
        for _, thing, across, down in sorted(movers, key=lambda mover: mover[0]):
            place(canvas, thing, (across[t], down[t]), shadow=0.4)
        frames.append(canvas)
    return np.stack(frames)


def faces(random: Random, times: Floats, size: Size) -> Picture:
    """One or two people talk: heads that nod, mouths that open, now and then an arm before the body."""
    ground = cv2.GaussianBlur(view(random, size), (0, 0), random.uniform(0.5, 5))
    frames = np.stack([np.asarray(ground, dtype=np.float32)] * len(times))
    for number in range(count := int(random.integers(1, 3))):
        middle = size[0] * (0.5 if count == 1 else 0.28 + 0.44 * number) + random.uniform(-8, 8)
        _person(random, frames, times, size, middle)
    return frames


def _person(random: Random, frames: Picture, times: Floats, size: Size, middle: float) -> None:
    tall, flesh, hair = size[1] * random.uniform(0.3, 0.75), skin(random), colour(random)
    body = solid(random, round(2.2 * tall), colour(random, 0.3))
    side = round(tall)
    head, crown, dark = disc(side, flesh), disc(side, hair), disc(max(3, side // 7), flesh * 0.35)
    arm = disc(side, flesh * 0.95)
    x = middle + wander(random, times, random.uniform(1, 0.08 * size[0]))
    y = size[1] * random.uniform(0.3, 0.5) + wander(random, times, random.uniform(0.5, 4), 1.5)
    opens = np.abs(wander(random, times, 1.0, 0.5))
    waves = random.random() < 0.4
    hand_x = x + wander(random, times, 0.9 * tall, 1.6)
    hand_y = y + 0.9 * tall + wander(random, times, 0.5 * tall, 1.2)
    for t, canvas in enumerate(frames):
        place(canvas, body, (x[t], y[t] + 1.35 * tall), scale=(0.9, 1.0), shadow=0.2)
        place(canvas, crown, (x[t], y[t] - 0.08 * tall), scale=(0.85, 1.05))
        place(canvas, head, (x[t], y[t] + 0.04 * tall), scale=(0.72, 0.92))
        for eye in (-0.16, 0.16):
            place(canvas, dark, (x[t] + eye * tall, y[t] - 0.05 * tall), scale=(0.8, 0.6))
        place(canvas, dark, (x[t], y[t] + 0.26 * tall), scale=(1.5, 0.15 + 0.9 * float(opens[t])))
        if waves:
            place(canvas, arm, (hand_x[t], hand_y[t]), scale=(0.35, 0.45), shadow=0.3)


def cuts(random: Random, times: Floats, size: Size) -> Picture:
    """A film: shots of other places and people, one after the other, some with a moving camera."""
    shots, frames = jumps(random, times, random.uniform(0.5, 3)), []
    kinds = (panning, zooming, hand_held, street, faces)
    for shot in np.unique(shots):
        kind = kinds[random.integers(len(kinds))]
        frames.append(kind(random, times[shots == shot], size))
    return np.concatenate(frames)


def still(random: Random, times: Floats, size: Size) -> Picture:
    """One picture."""
    return np.stack([_any_picture(random, size)] * len(times))


def noise(random: Random, times: Floats, size: Size) -> Picture:
    """No picture: noise of some coarseness, grey or coloured."""
    cells = random.uniform(0.06, 1) * np.array(size)
    shape = max(2, round(cells[1])), max(2, round(cells[0])), int(random.choice([1, 3]))
    sheets = [
        cv2.resize(random.random(shape, dtype=np.float32), size, interpolation=cv2.INTER_LINEAR)
        for _ in times
    ]
    return np.stack([sheet if sheet.ndim == 3 else np.dstack([sheet] * 3) for sheet in sheets])


def slides(random: Random, times: Floats, size: Size) -> Picture:
    """Pages with headings, lines and boxes; the next one comes at once or moves in."""
    pages = jumps(random, times, random.uniform(0.8, 5))
    drawn = [_page(random, size) for _ in range(int(pages.max()) + 2)]
    late, moves = since(pages, times), random.random() < 0.5
    frames = []
    for page, past in zip(pages, late, strict=True):
        canvas = drawn[page + 1].copy()
        if moves and page and past < 0.5:
            edge = int(size[0] * (1 - past / 0.5))
            canvas[:, :edge] = drawn[page][:, -edge:] if edge else canvas[:, :0]
        frames.append(canvas)
    return np.stack(frames)


def screen(random: Random, times: Floats, size: Size) -> Picture:
    """A recorded screen: windows with text that scrolls, and a pointer."""
    (width, height), paper = size, _paper(random)
    long = np.tile(paper, (4 * height, width, 1))
    step = random.integers(6, 14)
    for row in range(0, 4 * height, int(step)):
        words = lettering(random, int(random.integers(3, 30)), _ink(paper), random.uniform(0.22, 0.4))
        place(long, words, (random.uniform(0.02, 0.2) * width + words.shape[1] / 2, row))
    wheel = jumps(random, times, random.uniform(0.3, 2)) * random.uniform(0.1, 0.6) * height
    scrolled = (wheel + random.uniform(0, 0.5) * height * (times - times[0])) % (3 * height)
    bar, pointer = colour(random), disc(max(4, height // 14), colour(random))
    x, y = wander(random, times, 0.45 * width) + width / 2, wander(random, times, 0.45 * height) + height / 2
    frames = []
    for t, top in enumerate(scrolled.astype(int)):
        canvas = long[top : top + height].copy()
        canvas[: height // 10] = bar
        place(canvas, pointer, (x[t], y[t]), shadow=0.2)
        frames.append(canvas)
    return np.stack(frames)


def flicker(random: Random, times: Floats, size: Size) -> Picture:
    """Light that goes up and down, in all or in a part of the picture."""
    picture, rate = _any_picture(random, size), random.uniform(0.5, 15)
    light = 0.5 + 0.5 * np.sin(2 * np.pi * rate * times)
    light = np.where(random.random() < 0.5, light > 0.5, light)
    reach = rough(random, size, 2)[..., None] if random.random() < 0.5 else np.ones((size[1], size[0], 1))
    tint, deep = colour(random), random.uniform(0.2, 1)
    return np.stack([picture * (1 - deep * reach * share * (1 - tint)) for share in light])


def flames(random: Random, times: Floats, size: Size) -> Picture:
    """Fire or smoke: clouds that rise and boil, brighter below."""
    sheets = [rough(random, (2 * size[0], 2 * size[1]), int(random.integers(5, 12))) for _ in range(2)]
    speed, rise = random.uniform(0.2, 1.5) * size[1], np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
    stops = [colour(random) * 0.2, colour(random, 0.8), np.ones(3, np.float32)]
    frames = []
    for past in times - times[0]:
        layers = [
            through(sheet, size, (size[0] + 5 * np.sin(past * 3), size[1] + speed * pace * past))
            for sheet, pace in zip(sheets, (1.0, 0.6), strict=True)
        ]
        frames.append(between(np.clip(layers[0] * layers[1] * 1.6 * (0.3 + rise), 0, 1), *stops))
    return np.stack(frames)


def snow(random: Random, times: Floats, size: Size) -> Picture:
    """Flakes or dust before a place."""
    ground, (width, height) = view(random, size), size
    count, flake = int(random.integers(20, 120)), disc(4, colour(random) * 0.4 + 0.6, 0.5)
    starts = random.uniform(0, 1, (count, 2)) * (width, height)
    speeds = random.normal([random.uniform(-20, 20), random.uniform(10, 90)], 8, (count, 2))
    scales = random.uniform(0.3, 1.2, count)
    frames = []
    for past in times - times[0]:
        canvas = ground.copy()
        for (x, y), scale in zip((starts + speeds * past) % (width, height), scales, strict=True):
            place(canvas, flake, (x, y), scale=float(scale))
        frames.append(canvas)
    return np.stack(frames)


def blobs(random: Random, times: Floats, size: Size) -> Picture:
    """Bare shapes drift, grow and turn on a ground, of all colours, those of skin among them."""
    ground = _any_picture(random, size)
    frames = np.stack([ground] * len(times))
    for _ in range(random.integers(1, 8)):
        side = round(size[1] * random.uniform(0.1, 0.7))
        thing = solid(random, side, skin(random) if random.random() < 0.4 else None)
        if random.random() < 0.3:
            thing = disc(side, skin(random))
        x = random.uniform(0, 1) * size[0] + wander(random, times, random.uniform(0, 0.5) * size[0])
        y = random.uniform(0, 1) * size[1] + wander(random, times, random.uniform(0, 0.5) * size[1])
        scales = np.exp(wander(random, times, random.uniform(0, 0.5)))
        turns = wander(random, times, random.uniform(0, 3))
        for t, canvas in enumerate(frames):
            place(canvas, thing, (x[t], y[t]), scale=float(scales[t]), turn=float(turns[t]), shadow=0.25)
    return frames


LEARNED = {
    "panning": panning,
    "zooming": zooming,
    "hand-held": hand_held,
    "street": street,
    "faces": faces,
    "cuts": cuts,
    "still": still,
    "noise": noise,
    "slides": slides,
    "screen": screen,
    "flicker": flicker,
    "flames": flames,
    "snow": snow,
    "blobs": blobs,
}


def _any_picture(random: Random, size: Size) -> Picture:
    kind = random.integers(4)
    if kind == 0:
        return texture(random, size)
    return _page(random, size) if kind == 1 else view(random, size)


def _large(random: Random, size: Size) -> Picture:
    """A picture four times as large as is seen of it."""
    double = 2 * size[0], 2 * size[1]
    return view(random, double) if random.random() < 0.6 else texture(random, double)


def _page(random: Random, size: Size) -> Picture:
    width, height = size
    paper = _paper(random)
    page = np.tile(paper, (height, width, 1)).astype(np.float32)
    if random.random() < 0.5:
        page[: int(height * random.uniform(0.1, 0.25))] = colour(random)
    left = random.uniform(0.05, 0.3) * width
    for row in np.arange(0.15, 0.9, random.uniform(0.08, 0.16)) * height:
        words = lettering(random, int(random.integers(2, 14)), _ink(paper), random.uniform(0.25, 0.6))
        place(page, words, (left + words.shape[1] / 2, row))
    for _ in range(random.integers(0, 4)):
        low, high = (
            sorted(random.uniform(0.1, 0.95, 2) * width),
            sorted(random.uniform(0.2, 0.95, 2) * height),
        )
        page[int(high[0]) : int(high[1]), int(low[0]) : int(low[1])] = colour(random, 0.4)
    return page


def _paper(random: Random) -> Picture:
    light = random.uniform(0.82, 1) if random.random() < 0.65 else random.uniform(0, 0.25)
    return np.clip(light + random.normal(0, 0.03, 3), 0, 1).astype(np.float32)


def _ink(paper: Picture) -> Picture:
    return np.full(3, 0.08 if paper.mean() > 0.5 else 0.9, dtype=np.float32)
