"""Kinds of video without manipulation that nothing learns from: what claims are measured on.

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


def walkers(random: Random, times: Floats, size: Size) -> Picture:
    """People seen from far above a square, with legs that swing and long shadows."""
    ground, (width, height) = texture(random, size) * 0.6 + 0.2, size
    frames = np.stack([ground] * len(times))
    for _ in range(random.integers(3, 9)):
        tall = height * random.uniform(0.12, 0.28)
        coat, legs = disc(round(tall), colour(random, 0.4)), disc(round(tall), colour(random) * 0.5)
        head, way = disc(round(tall), skin(random)), random.choice([-1, 1])
        x = going(random, times, way * random.uniform(0.06, 0.2) * width, 1.3 * width) - 0.15 * width
        y = random.uniform(0.2, 0.9) * height + wander(random, times, 0.05 * height, 8)
        swing = 0.14 * tall * np.sin(2 * np.pi * times * random.uniform(0.8, 1.4))
        for t, canvas in enumerate(frames):
            for leg in (-1, 1):
                foot = x[t] + leg * swing[t], y[t] + 0.4 * tall
                place(canvas, legs, foot, scale=(0.16, 0.5), turn=-leg * swing[t] / tall, shadow=0.3)
            place(canvas, coat, (x[t], y[t]), scale=(0.34, 0.6), shadow=0.4)
            place(canvas, head, (x[t], y[t] - 0.38 * tall), scale=0.22)
    return frames


def night_traffic(random: Random, times: Floats, size: Size) -> Picture:
    """A dark road in perspective; pairs of white lamps come nearer, red ones go away."""
    width, height = size
    road = view(random, size) * 0.12
    frames, vanishing = np.stack([road] * len(times)), (width * random.uniform(0.35, 0.65), 0.35 * height)
    white, red = (
        disc(24, np.array([1, 0.96, 0.85], np.float32), 1.0),
        disc(24, np.array([1, 0.1, 0.05], np.float32), 1.0),
    )
    for _ in range(random.integers(3, 9)):
        comes = random.random() < 0.5
        depth = going(random, times, random.uniform(0.15, 0.5) * (1 if comes else -1), 1.0)
        lane = random.uniform(0.1, 0.8) * (-1 if comes else 1)
        for t, canvas in enumerate(frames):
            near = depth[t] ** 2
            x, y = vanishing[0] + lane * width * near, vanishing[1] + 0.6 * height * near
            for lamp in (-1, 1):
                place(
                    canvas,
                    white if comes else red,
                    (x + lamp * 0.09 * width * near, y),
                    scale=0.05 + 1.1 * float(near),
                )
    return frames


def drive(random: Random, times: Floats, size: Size) -> Picture:
    """The view ahead from a vehicle: the road and what stands beside it come nearer and pass."""
    (width, height), sheet = size, texture(random, (256, 256))
    sky = between(np.linspace(0, 1, height)[:, None] * np.ones((1, width)), colour(random), colour(random))
    rows = np.arange(1, height // 2 + 1, dtype=np.float32)
    depth = 40 * height / rows
    beside = [
        (random.uniform(0, 400), random.choice([-1, 1]) * random.uniform(0.5, 1.5), solid(random, 40))
        for _ in range(14)
    ]
    speed, sway = random.uniform(30, 160), wander(random, times, 0.05 * width, 4)
    frames = []
    for t, past in enumerate(times - times[0]):
        canvas = np.roll(sky, int(sway[t]), axis=1)
        across = (np.arange(width) - width / 2 - sway[t]) / width
        columns = (across * depth[:, None] * 2).astype(np.float32) % 255
        lines = np.broadcast_to(((depth + speed * past) % 255)[:, None], columns.shape).astype(np.float32)
        canvas[height - height // 2 :] = cv2.remap(sheet, columns, lines, cv2.INTER_LINEAR)
        for far, side, thing in sorted(
            (((begin - speed * past) % 400 + 12, side, thing) for begin, side, thing in beside),
            key=lambda one: -one[0],
        ):
            near = 25 / far
            where = width / 2 + sway[t] + side * width * near, height / 2 + 0.25 * height * near
            place(canvas, thing, where, scale=float(1.5 * near))
        frames.append(canvas)
    return np.stack(frames)


def cartoon(random: Random, times: Floats, size: Size) -> Picture:
    """Flat colours with outlines; figures hop and change their shape before hills that pass."""
    width, height = size
    hills = [
        (rough(random, (2 * width, 8), 3)[0] * height * 0.4, colour(random, 0.8), pace) for pace in (0.1, 0.3)
    ]
    sky, figures = colour(random, 0.8), []
    for _ in range(random.integers(1, 4)):
        paint, side = colour(random, 0.9), height * random.uniform(0.2, 0.5)
        figures.append((paint, side, random.uniform(0.1, 0.9) * width, random.uniform(1, 3)))
    speed = random.uniform(-0.4, 0.4) * width
    frames = []
    for now in times:
        canvas = np.tile(sky, (height, width, 1)).astype(np.float32)
        for level, (hill, paint, pace) in enumerate(hills):
            edge = np.roll(hill, int(speed * pace * now))[:width] + (0.35 + 0.15 * level) * height
            canvas[np.arange(height)[:, None] > edge] = paint
        for paint, side, x, rate in figures:
            hop = abs(np.sin(np.pi * rate * now))
            middle = int(x + 0.2 * width * np.sin(now)), int(height * 0.8 - hop * side)
            axes = int(side * (0.35 - 0.1 * hop)), int(side * (0.35 + 0.15 * hop))
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, paint.tolist(), -1)
            cv2.ellipse(canvas, middle, axes, 0, 0, 360, (0, 0, 0), 2)
            for eye in (-1, 1):
                cv2.circle(
                    canvas,
                    (middle[0] + eye * axes[0] // 3, middle[1] - axes[1] // 4),
                    max(2, axes[0] // 5),
                    (1, 1, 1),
                    -1,
                )
        frames.append(canvas)
    return np.stack(frames)


def ball_game(random: Random, times: Floats, size: Size) -> Picture:
    """A field from above with lines; players run about, a ball flies between them, the camera follows."""
    width, height = 2 * size[0], 2 * size[1]
    field = texture(random, (width, height)) * 0.2 + colour(random, 0.5) * 0.7
    for _ in range(3):
        x = int(random.uniform(0.1, 0.9) * width)
        cv2.line(field, (x, 0), (x, height), (0.95, 0.95, 0.95), 2, cv2.LINE_AA)
    cv2.circle(field, (width // 2, height // 2), height // 5, (0.95, 0.95, 0.95), 2, cv2.LINE_AA)
    shirts, ball = [colour(random, 0.9), colour(random, 0.9)], disc(7, np.ones(3, np.float32))
    players = [
        (
            disc(round(size[1] * 0.12), shirts[n % 2]),
            random.uniform(0, 1, 2) * (width, height),
            random.uniform(2, 6, 2),
        )
        for n in range(int(random.integers(8, 20)))
    ]
    flight = np.stack([wander(random, times, 0.3 * width, 2.5), wander(random, times, 0.3 * height, 2)], -1)
    paths = [
        start
        + np.stack(
            [wander(random, times, 0.2 * width, periods[0]), wander(random, times, 0.2 * height, periods[1])],
            -1,
        )
        for _, start, periods in players
    ]
    frames = []
    for t in range(len(times)):
        canvas = np.asarray(field, dtype=np.float32).copy()
        for (player, _, _), path in zip(players, paths, strict=True):
            place(canvas, player, (path[t, 0], path[t, 1]), scale=(0.6, 1.0), shadow=0.4)
        middle = np.array([width, height]) / 2 + flight[t]
        place(canvas, ball, (middle[0], middle[1]), shadow=0.4)
        frames.append(
            through(canvas, size, tuple((0.5 * middle + 0.25 * np.array([width, height])).tolist()))
        )
    return np.stack(frames)


def credits(random: Random, times: Floats, size: Size) -> Picture:
    """Lines of names roll up over black or over a dim picture."""
    (width, height), ground = size, view(random, size) * random.choice([0.0, 0.3])
    gap = random.integers(8, 16)
    length = int(height + 3 * gap * (times[-1] - times[0] + 2))
    rows = [
        (y, lettering(random, int(random.integers(6, 22)), np.full(3, 0.92, np.float32), 0.3))
        for y in range(0, length, int(gap))
    ]
    speed = random.uniform(0.1, 0.4) * height
    frames = []
    for past in times - times[0]:
        canvas = np.asarray(ground, dtype=np.float32).copy()
        for row, words in rows:
            place(canvas, words, (width / 2, row - speed * past))
        frames.append(canvas)
    return np.stack(frames)


def photo_album(random: Random, times: Floats, size: Size) -> Picture:
    """Photographs, each slowly enlarged or moved, that melt into the next."""
    shots, large = jumps(random, times, random.uniform(1.5, 4)), (2 * size[0], 2 * size[1])
    count = int(shots.max()) + 2
    photos = [view(random, large) for _ in range(count)]
    rates, moves = random.uniform(-0.12, 0.12, count), random.uniform(-8, 8, (count, 2))

    def seen(shot: int, past: float) -> Picture:
        x, y = np.array(size) + moves[shot] * past
        return through(photos[shot], size, (x, y), float(np.exp(rates[shot] * past)))

    frames = []
    for shot, past in zip(shots, since(shots, times), strict=True):
        share = min(1.0, past / 0.8) if shot else 1.0
        frames.append(share * seen(shot + 1, past) + (1 - share) * seen(shot, past + 2))
    return np.stack(frames)


def typing(random: Random, times: Floats, size: Size) -> Picture:
    """A terminal or an editor in which text appears letter by letter; the lines move up when it is full."""
    width, height = size
    paper, ink = np.full(3, random.uniform(0, 0.15), np.float32), colour(random, 0.5) * 0.4 + 0.55
    gap, rate = int(random.integers(8, 13)), random.uniform(8, 40)
    lines = [
        lettering(random, int(random.integers(4, 26)), ink, 0.3)
        for _ in range(int(rate * (times[-1] - times[0] + 1) / 6) + 12)
    ]
    full, begun = height // gap - 1, int(random.integers(1, 10))
    frames = []
    for past in times - times[0]:
        canvas = np.tile(paper, (height, width, 1)).astype(np.float32)
        typed = rate * past / 12 + begun
        first = max(0, int(typed) - full)
        for row, words in enumerate(lines[first : int(typed) + 1]):
            last = row + first == int(typed)
            part = words[:, : max(1, int(words.shape[1] * (typed % 1)))] if last else words
            place(canvas, part, (4 + part.shape[1] / 2, (row + 0.7) * gap))
        frames.append(canvas)
    return np.stack(frames)


def news(random: Random, times: Floats, size: Size) -> Picture:
    """Somebody at a desk before a picture, a band with text that runs, a sign in the corner."""
    width, height = size
    ground = cv2.GaussianBlur(view(random, size), (0, 0), 3)
    band, words = colour(random, 0.6), lettering(random, 90, np.ones(3, np.float32), 0.35)
    tall, flesh = 0.45 * height, skin(random)
    coat, head = disc(round(2 * tall), colour(random) * 0.6), disc(round(tall), flesh)
    hair, mouth = disc(round(tall), colour(random) * 0.4), disc(round(tall / 4), flesh * 0.4)
    x, y = 0.45 * width + wander(random, times, 3), 0.4 * height + wander(random, times, 1.5, 1)
    opens, speed = np.abs(wander(random, times, 1, 0.4)), random.uniform(0.15, 0.5) * width
    desk = colour(random)
    frames = []
    for t, past in enumerate(times - times[0]):
        canvas = ground.copy()
        place(canvas, coat, (x[t], y[t] + 1.1 * tall), scale=(0.8, 0.8))
        place(canvas, hair, (x[t], y[t] - 0.06 * tall), scale=(0.68, 0.9))
        place(canvas, head, (x[t], y[t] + 0.05 * tall), scale=(0.6, 0.8))
        place(canvas, mouth, (x[t], y[t] + 0.25 * tall), scale=(0.9, 0.1 + 0.5 * float(opens[t])))
        canvas[int(0.78 * height) :] = desk
        canvas[int(0.86 * height) :] = band
        place(canvas, words, (width + words.shape[1] / 2 - speed * past, 0.93 * height))
        canvas[4 : height // 9, 4 : width // 7] = band
        frames.append(canvas)
    return np.stack(frames)


def water(random: Random, times: Floats, size: Size) -> Picture:
    """Waves that glitter, to a horizon or from above."""
    width, height = size
    top = int(random.choice([0.0, 0.4]) * height)
    down = (np.maximum(np.arange(height) - top, 0) + 4.0)[:, None]
    across = (np.arange(width) - width / 2)[None, :]
    if top:
        across, down = across * height / down, 60 * height / down
    waves = [
        (random.uniform(0.03, 0.3), random.uniform(0, 2 * np.pi), random.uniform(1, 6)) for _ in range(7)
    ]
    deep, bright, sky = colour(random) * 0.5, colour(random) * 0.4 + 0.6, colour(random)
    frames = []
    for now in times:
        high = sum(
            np.sin(k * (across * np.cos(turn) + down * np.sin(turn)) + rate * now) for k, turn, rate in waves
        )
        canvas = between(np.clip(high / 9 + 0.5, 0, 1) ** 2, deep, deep * 1.3, bright)
        canvas[:top] = sky
        frames.append(canvas)
    return np.stack(frames)


def clouds(random: Random, times: Floats, size: Size) -> Picture:
    """A sky in fast motion over a dark skyline, the light changing."""
    width, height = size
    sheets = [rough(random, (2 * width, 2 * height), 4) for _ in range(2)]
    roofs = (0.75 - 0.25 * np.repeat(random.random(width // 6 + 1), 6)[:width]) * height
    dark, speed = np.arange(height)[:, None] > roofs, random.uniform(-0.5, 0.5, 2) * width
    low, high, light = colour(random), colour(random), 0.75 + wander(random, times, 0.25, 5)
    frames = []
    for t, past in enumerate(times - times[0]):
        layers = [through(s, size, (width + v * past, height)) for s, v in zip(sheets, speed, strict=True)]
        canvas = between((layers[0] + layers[1]) / 2, low, high, np.ones(3, np.float32)) * light[t]
        canvas[dark] = 0.06
        frames.append(canvas)
    return np.stack(frames)


def bars(random: Random, times: Floats, size: Size) -> Picture:
    """A broken signal: coloured bars that tear, roll and drop out in lines."""
    width, height = size
    paints = np.stack([colour(random, 1.0) for _ in range(int(random.integers(5, 9)))])
    card = np.repeat(paints[np.arange(width) * len(paints) // width][None], height, 0)
    roll = random.uniform(0, 1.5) * height
    frames = []
    for past in times - times[0]:
        canvas = np.roll(card, int(roll * past), axis=0).copy()
        offsets = (random.random(height) < 0.15) * random.integers(-20, 20, height)
        canvas = np.stack([np.roll(line, off, axis=0) for line, off in zip(canvas, offsets, strict=True)])
        canvas[random.random(height) < 0.08] = random.random(3)
        frames.append(np.clip(canvas + random.normal(0, 0.08, (height, width, 1)), 0, 1))
    return np.stack(frames).astype(np.float32)


def platform_game(random: Random, times: Floats, size: Size) -> Picture:
    """A game from the side: blocks scroll past, a figure runs and jumps, a row of numbers above."""
    (width, height), cell = size, max(6, size[1] // 9)
    sky, brick, hero = (
        colour(random, 0.7),
        texture(random, (cell, cell)),
        solid(random, 2 * cell, colour(random, 0.9)),
    )
    columns = 60
    ground = np.cumsum(random.integers(-1, 2, columns)) % 4 + 1
    floating = random.random((columns, 3)) < 0.12
    speed, rate = random.uniform(0.15, 0.6) * width, random.uniform(0.6, 1.5)
    score = lettering(random, 12, np.ones(3, np.float32), 0.35)
    frames = []
    for past in times - times[0]:
        canvas, shift = np.tile(sky, (height, width, 1)).astype(np.float32), speed * past
        for column in range(width // cell + 2):
            x = int(column * cell - shift % cell)
            number = (column + int(shift // cell)) % columns
            rows = [height - cell * (r + 1) for r in range(ground[number])]
            rows += [height - cell * (6 + r) for r in range(3) if floating[number, r]]
            for y in rows:
                place(
                    canvas,
                    np.dstack([brick, np.ones((cell, cell, 1), np.float32)]),
                    (x + cell / 2, y + cell / 2),
                )
        jump = abs(np.sin(np.pi * rate * past)) * 2.5 * cell
        place(canvas, hero, (0.35 * width, height - 5 * cell - jump), scale=0.8)
        place(canvas, score, (score.shape[1] / 2 + 4, 8))
        frames.append(canvas)
    return np.stack(frames)


def birds(random: Random, times: Floats, size: Size) -> Picture:
    """A flock before the sky, the camera following it."""
    (width, height), large = size, (2 * size[0], 2 * size[1])
    sky = between(rough(random, large, 3), colour(random) * 0.4 + 0.5, colour(random) * 0.3 + 0.65)
    count, ink = int(random.integers(6, 30)), (colour(random) * 0.3).tolist()
    offsets = random.normal(0, 0.2, (count, 2)) * (width, height)
    flap, span = random.uniform(2, 5), random.uniform(0.02, 0.07) * width
    middle = np.array(size) / 2 + np.stack(
        [shake(random, times, 0.1 * width), shake(random, times, 0.1 * height)], -1
    )
    frames = []
    for t, now in enumerate(times):
        canvas = through(sky, size, (width + 20 * now % width, height))
        for number, offset in enumerate(offsets):
            x, y = middle[t] + offset + 0.04 * width * np.sin(now + number)
            lift = span * np.sin(2 * np.pi * flap * now + number)
            wings = np.array([[x - span, y - lift], [x, y], [x + span, y - lift]])
            cv2.polylines(canvas, [np.rint(wings).astype(np.int32)], False, ink, 1, cv2.LINE_AA)
        frames.append(canvas)
    return np.stack(frames)


HELD_OUT = {
    "walkers": walkers,
    "night traffic": night_traffic,
    "drive": drive,
    "cartoon": cartoon,
    "ball game": ball_game,
    "credits": credits,
    "photo album": photo_album,
    "typing": typing,
    "news": news,
    "water": water,
    "clouds": clouds,
    "bars": bars,
    "platform game": platform_game,
    "birds": birds,
}
