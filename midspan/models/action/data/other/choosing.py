"""Kinds of video without manipulation by which it is chosen how a recogniser keeps silent.

Nothing is learned from them and nothing is reported on them: they are new to a recogniser, as the video of
the world is. Each takes a random generator, times (n,) in seconds and a size, and gives frames (n, h, w, 3),
0..1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from midspan.models.action.data.other.moving import Floats, going, jumps, wander
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

Point = Sequence[float] | Floats


def aquarium(random: Random, times: Floats, size: Size) -> Picture:
    """Fish swim to and fro before plants that sway; bubbles rise."""
    width, height = size
    deep = np.linspace(0, 1, height, dtype=np.float32)[:, None] * np.ones((1, width), np.float32)
    water = between(
        np.clip(deep + 0.2 * rough(random, size), 0, 1), colour(random) * 0.5 + 0.3, colour(random)
    )
    fish = [_fish(random, times, size) for _ in range(random.integers(2, 8))]
    plants = [
        (random.uniform(0, width), random.uniform(0.2, 0.8) * height, colour(random, 0.3)) for _ in range(8)
    ]
    bubbles = [(random.uniform(0, width), going(random, times, 0.4 * height, height)) for _ in range(6)]
    frames = []
    for t, now in enumerate(times):
        canvas = water.copy()
        for x, tall, paint in plants:
            tip = x + 0.12 * tall * np.sin(1.3 * now + x)
            _limb(
                canvas, [(x, height), ((x + tip) / 2 + 2, height - tall / 2), (tip, height - tall)], 3, paint
            )
        for body, tail, across, down in fish:
            heading = 1.0 if across[min(t + 1, len(times) - 1)] >= across[max(t - 1, 0)] else -1.0
            behind = across[t] - heading * 0.5 * body.shape[0]
            place(canvas, tail, (behind, down[t]), scale=(0.3 + 0.2 * np.sin(9 * now), 0.6))
            place(canvas, body, (across[t], down[t]), scale=(1.0, 0.45))
        for x, up in bubbles:
            cv2.circle(canvas, (int(x), int(height - up[t])), 2, (0.9, 0.95, 1.0), 1, cv2.LINE_AA)
        frames.append(canvas)
    return np.stack(frames)


def _fish(random: Random, times: Floats, size: Size) -> tuple[Picture, Picture, Floats, Floats]:
    side, paint = round(size[1] * random.uniform(0.12, 0.4)), colour(random, 0.6)
    across = size[0] * (0.5 + wander(random, times, 0.6, random.uniform(4, 9)))
    down = size[1] * (random.uniform(0.2, 0.8) + wander(random, times, 0.15, 5))
    return disc(side, paint), disc(max(3, side // 2), paint * 0.7), across, down


def dancers(random: Random, times: Floats, size: Size) -> Picture:
    """People move all their limbs to a beat, before a stage or a room."""
    width, height = size
    ground = view(random, size) if random.random() < 0.5 else texture(random, size) * 0.6
    count, beat = int(random.integers(1, 4)), 2 * np.pi * random.uniform(0.7, 2.2)
    people = [
        (
            width * (number + 1) / (count + 1) + wander(random, times, 0.08 * width),
            height * random.uniform(0.25, 0.42),
            skin(random),
            colour(random, 0.4),
            random.uniform(0, 2 * np.pi, 8),
            random.uniform(0.3, 1.3, 8),
        )
        for number in range(count)
    ]
    frames = []
    for t, now in enumerate(times):
        canvas = ground.copy()
        for across, tall, flesh, cloth, phases, swings in people:
            bends = swings * np.sin(beat * now + phases)
            _dancer(canvas, (float(across[t]), 0.5 * height + 3 * bends[0]), float(tall), flesh, cloth, bends)
        frames.append(canvas)
    return np.stack(frames)


def _dancer(canvas: Picture, hip: Point, tall: float, flesh: Picture, cloth: Picture, bends: Floats) -> None:
    thick = max(2, round(0.22 * tall))
    neck = hip[0] + 0.2 * tall * bends[1], hip[1] - tall
    for side, at in ((-1, 2), (1, 4)):
        knee = _from(hip, 0.65 * tall, np.pi / 2 - side * (0.25 + 0.5 * abs(bends[at])))
        _limb(
            canvas, [hip, knee, _from(knee, 0.65 * tall, np.pi / 2 + 0.4 * bends[at + 1])], thick, cloth * 0.6
        )
        elbow = _from(neck, 0.5 * tall, np.pi / 2 - side * (0.9 + bends[at]))
        _limb(
            canvas,
            [neck, elbow, _from(elbow, 0.5 * tall, -side * bends[at + 1] - np.pi / 2)],
            thick // 2 + 1,
            flesh,
        )
    _limb(canvas, [hip, neck], 2 * thick, cloth)
    place(canvas, disc(round(0.5 * tall), flesh), (neck[0], neck[1] - 0.3 * tall), scale=(0.8, 1.0))


def gears(random: Random, times: Floats, size: Size) -> Picture:
    """Toothed wheels turn, and rods go up and down with them."""
    ground, height = texture(random, size) * random.uniform(0.4, 1), size[1]
    wheels = [
        (
            random.uniform(0, 1, 2) * size,
            height * random.uniform(0.12, 0.4),
            int(random.integers(8, 20)),
            random.choice([-1, 1]) * random.uniform(0.4, 4),
            colour(random) * 0.6 + 0.2,
        )
        for _ in range(random.integers(2, 6))
    ]
    frames = []
    for now in times:
        canvas = ground.copy()
        for middle, reach, teeth, speed, paint in wheels:
            angles = np.linspace(0, 2 * np.pi, 4 * teeth, endpoint=False)
            lengths = reach * np.where(np.arange(4 * teeth) % 4 < 2, 1.0, 0.82)
            rim = middle + lengths[:, None] * np.stack(
                [np.cos(angles + speed * now), np.sin(angles + speed * now)], -1
            )
            cv2.fillPoly(canvas, [np.rint(rim).astype(np.int32)], paint.tolist(), cv2.LINE_AA)
            cv2.circle(
                canvas, _pixel(middle), max(2, int(0.25 * reach)), (paint * 0.4).tolist(), -1, cv2.LINE_AA
            )
            pin = middle + 0.6 * reach * np.array([np.cos(speed * now), np.sin(speed * now)])
            _limb(canvas, [pin, (middle[0], middle[1] - 1.8 * reach)], max(2, int(0.1 * reach)), paint * 0.7)
        frames.append(canvas)
    return np.stack(frames)


def fireworks(random: Random, times: Floats, size: Size) -> Picture:
    """Sparks burst over a dark place, fall and go out."""
    ground, height = view(random, size) * random.uniform(0.02, 0.25), size[1]
    bursts = []
    begin = times[0] - 1.0
    while begin < times[-1]:
        begin += random.exponential(0.7)
        turns, speeds = random.uniform(0, 2 * np.pi, 40), random.uniform(0.2, 0.6, 40) * height
        bursts.append(
            (begin, random.uniform(0.1, 0.8, 2) * size, turns, speeds, colour(random, 0.7) * 0.6 + 0.4)
        )
    frames = []
    for now in times:
        canvas = ground.copy()
        for start, middle, turns, speeds, paint in bursts:
            past = now - start
            if not 0 <= past < 1.6:
                continue
            away = speeds * (1 - np.exp(-2 * past))
            for x, y in zip(
                away * np.cos(turns), away * np.sin(turns) + 0.12 * height * past**2, strict=True
            ):
                tint = (paint * max(0.0, 1 - past / 1.6)).tolist()
                cv2.circle(canvas, _pixel((middle[0] + x, middle[1] + y)), 1, tint, -1, cv2.LINE_AA)
        frames.append(canvas)
    return np.stack(frames)


def foliage(random: Random, times: Floats, size: Size) -> Picture:
    """Leaves and twigs sway in the wind."""
    ground, (width, height) = view(random, size), size
    leaf, count = (
        solid(random, round(height * random.uniform(0.1, 0.35)), colour(random, 0.3)),
        int(random.integers(15, 60)),
    )
    places, phases = random.uniform(0, 1, (count, 2)) * size, random.uniform(0, 2 * np.pi, count)
    turns, sizes, lights = (
        random.uniform(0, 6, count),
        random.uniform(0.4, 1.2, count),
        random.uniform(0.5, 1.1, count),
    )
    gust = 0.5 + np.abs(wander(random, times, random.uniform(0.3, 2.0), 4))
    pace = random.uniform(2, 7)
    frames = []
    for t, now in enumerate(times):
        canvas = ground.copy()
        sways = gust[t] * np.sin(pace * now + phases)
        for (x, y), sway, turn, scale, light in zip(places, sways, turns, sizes, lights, strict=True):
            lit = leaf * np.array([light, light, light, 1], np.float32)
            place(
                canvas, lit, (x + 0.04 * width * sway, y), scale=(scale, 0.5 * scale), turn=turn + 0.3 * sway
            )
        frames.append(canvas)
    return np.stack(frames)


def conveyor(random: Random, times: Floats, size: Size) -> Picture:
    """Goods pass on a belt that goes and stops; nobody is there."""
    ground, (width, height) = texture(random, size), size
    lane, belt = height * random.uniform(0.4, 0.8), colour(random) * 0.5
    goods = [solid(random, round(height * random.uniform(0.15, 0.45))) for _ in range(random.integers(2, 7))]
    step = width * random.uniform(0.3, 0.8)
    runs = jumps(random, times, 2.0) % 2 if random.random() < 0.6 else np.ones(len(times))
    way = random.choice([-1, 1]) * random.uniform(0.1, 0.7) * width * np.cumsum(np.gradient(times) * runs)
    frames = []
    for gone in way:
        canvas = ground.copy()
        canvas[int(lane) : int(lane + 0.3 * height)] = belt
        for mark in np.arange(-1, width / 12 + 1):
            x = int((12 * mark + gone) % (width + 12))
            canvas[int(lane) : int(lane + 0.3 * height), x : x + 2] = belt * 0.6
        for number, thing in enumerate(goods):
            x = (number * step + gone) % (len(goods) * step) - thing.shape[0]
            place(canvas, thing, (x, lane + 0.05 * height), shadow=0.3)
        frames.append(canvas)
    return np.stack(frames)


def cells(random: Random, times: Floats, size: Size) -> Picture:
    """Under a microscope: round bodies drift, swell and part."""
    ground = np.clip(0.15 * texture(random, size) + 0.8 * colour(random), 0, 1).astype(np.float32)
    bodies = [
        (
            disc(round(size[1] * random.uniform(0.08, 0.4)), colour(random), 0.4),
            disc(round(size[1] * random.uniform(0.03, 0.1)), colour(random) * 0.5),
            size[0] * (random.random() + wander(random, times, 0.15, 6)),
            size[1] * (random.random() + wander(random, times, 0.15, 6)),
            1 + wander(random, times, 0.3, 4),
        )
        for _ in range(random.integers(4, 20))
    ]
    frames = []
    for t in range(len(times)):
        canvas = ground.copy()
        for body, core, x, y, swells in bodies:
            place(canvas, body, (x[t], y[t]), scale=(float(swells[t]), float(2 - swells[t])))
            place(canvas, core, (x[t] + 2 * swells[t], y[t]))
        frames.append(canvas)
    return np.stack(frames)


def charts(random: Random, times: Floats, size: Size) -> Picture:
    """Bars and lines of a presentation grow; the next chart follows."""
    width, height = size
    shown, frames = jumps(random, times, 4.0), []
    for number in np.unique(shown):
        past = times[shown == number]
        paper = np.full(3, random.choice([0.1, 0.95, 0.85])) * (0.8 + 0.2 * colour(random))
        title = lettering(random, 12, np.full(3, 0.1 if paper.mean() > 0.5 else 0.9, np.float32))
        values, paints = random.uniform(0.1, 0.75, 7), [colour(random, 0.6) for _ in range(7)]
        bars, rate = random.random() < 0.6, random.uniform(0.5, 2)
        for share in 1 - np.exp(-rate * (past - past[0])):
            canvas = np.tile(paper.astype(np.float32), (height, width, 1))
            place(canvas, title, (0.5 * width, 0.08 * height))
            tops = [
                (width * (0.1 + 0.12 * i), height * (0.92 - value * share)) for i, value in enumerate(values)
            ]
            for (x, y), paint in zip(tops, paints, strict=True):
                if bars:
                    canvas[int(y) : int(0.92 * height), int(x) : int(x + 0.08 * width)] = paint
            if not bars:
                _limb(canvas, tops[: 1 + int(6.99 * share)], 2, paints[0])
            frames.append(canvas)
    return np.stack(frames)


def kaleidoscope(random: Random, times: Floats, size: Size) -> Picture:
    """Four mirrored quarters of a turning pattern."""
    half = size[0] // 2 + 1, size[1] // 2 + 1
    large = texture(random, (3 * size[0], 3 * size[1]))
    for _ in range(random.integers(3, 12)):
        place(large, solid(random, size[1]), tuple(random.uniform(0, 3, 2) * size))
    spin, zoom = random.choice([-1, 1]) * random.uniform(0.1, 0.9), random.uniform(0.5, 1.5)
    frames = []
    for past in times - times[0]:
        middle = 1.5 * size[0] + 20 * np.sin(0.4 * past), 1.5 * size[1]
        part = through(large, half, middle, zoom, spin * past)
        upper = np.concatenate([part, part[:, ::-1]], 1)
        frames.append(np.concatenate([upper, upper[::-1]])[: size[1], : size[0]])
    return np.stack(frames)


def window_rain(random: Random, times: Floats, size: Size) -> Picture:
    """Drops run down a pane, before lights out of focus."""
    ground, (width, height) = cv2.GaussianBlur(view(random, size), (0, 0), 6) * random.uniform(0.3, 1), size
    for _ in range(random.integers(3, 15)):
        lamp = disc(round(height * random.uniform(0.05, 0.25)), colour(random) * 0.5 + 0.5, 0.3)
        place(ground, lamp, tuple(random.uniform(0, 1, 2) * size))
    drop, count = disc(7, np.full(3, random.uniform(0.5, 1), np.float32), 0.6), int(random.integers(15, 60))
    columns, scales = random.uniform(0, width, count), random.uniform(0.3, 1.4, count)
    paths = [
        going(random, times, random.choice([0, 0, 1]) * random.uniform(0.05, 0.6) * height, height)
        for _ in columns
    ]
    frames = []
    for t in range(len(times)):
        canvas = ground.astype(np.float32).copy()
        for x, path, scale in zip(columns, paths, scales, strict=True):
            place(
                canvas,
                drop * np.array([1, 1, 1, 0.6], np.float32),
                (x, path[t]),
                scale=(scale, 1.3 * scale),
                shadow=0.2,
            )
        frames.append(canvas)
    return np.stack(frames)


def pets(random: Random, times: Floats, size: Size) -> Picture:
    """An animal walks over a floor, stops and walks on, with legs and a tail that move."""
    ground, (width, height) = view(random, size), size
    tall, fur = height * random.uniform(0.2, 0.5), colour(random) * 0.8 + 0.1
    body, head = disc(round(1.6 * tall), fur), disc(round(0.7 * tall), fur * 0.95)
    goes = (np.sin(times * random.uniform(0.4, 1.2)) > -0.3).astype(float)
    heading, floor = float(random.choice([-1, 1])), height * random.uniform(0.6, 0.9)
    across = random.uniform(0, width) + heading * random.uniform(0.1, 0.5) * width * np.cumsum(
        np.gradient(times) * goes
    )
    across = across % (width + 2 * tall) - tall
    frames = []
    for t, now in enumerate(times):
        canvas, middle = ground.copy(), (float(across[t]), floor - 0.6 * tall)
        for leg in (-0.5, -0.3, 0.3, 0.5):
            swing = 0.5 * goes[t] * np.sin(9 * now + 7 * leg)
            top = middle[0] + leg * tall, middle[1]
            _limb(
                canvas, [top, _from(top, 0.6 * tall, np.pi / 2 + swing)], max(2, int(0.12 * tall)), fur * 0.8
            )
        rump = middle[0] - 0.7 * heading * tall, middle[1]
        _limb(
            canvas,
            [rump, _from(rump, 0.7 * tall, -np.pi / 2 - heading * (0.6 + 0.5 * np.sin(4 * now)))],
            2,
            fur * 0.8,
        )
        place(canvas, body, middle, scale=(1.0, 0.5), shadow=0.3)
        place(
            canvas, head, (middle[0] + 0.85 * heading * tall, middle[1] - 0.35 * tall + 2 * np.sin(3 * now))
        )
        frames.append(canvas)
    return np.stack(frames)


def gestures(random: Random, times: Floats, size: Size) -> Picture:
    """Somebody's arms wave and point before a wall, and touch nothing."""
    ground, (width, height) = (texture if random.random() < 0.5 else view)(random, size), size
    flesh, sleeve = skin(random), colour(random)
    arms = [
        (
            (width * (0.3 + 0.4 * side), 1.15 * height),
            width * (0.3 + 0.4 * side + wander(random, times, 0.3, 1.8)),
            height * (0.5 + wander(random, times, 0.35, 1.5)),
            wander(random, times, 1.0, 1.2),
        )
        for side in range(random.integers(1, 3))
    ]
    thick, palm = max(4, round(0.1 * height)), disc(round(height * random.uniform(0.15, 0.3)), flesh)
    frames = []
    for t in range(len(times)):
        canvas = ground.copy()
        for shoulder, x, y, turns in arms:
            elbow = 0.5 * (shoulder[0] + x[t]) + 6 * turns[t], 0.6 * shoulder[1] + 0.4 * y[t]
            _limb(canvas, [shoulder, elbow], 2 * thick, sleeve)
            _limb(canvas, [elbow, (x[t], y[t])], thick, flesh)
            place(canvas, palm, (x[t], y[t]), scale=(0.8, 1.0), turn=float(turns[t]))
            for finger in (-0.5, -0.2, 0.1, 0.4):
                tip = _from((x[t], y[t]), 0.8 * palm.shape[0], finger + turns[t] - np.pi / 2)
                _limb(canvas, [(x[t], y[t]), tip], max(2, thick // 3), flesh)
        frames.append(canvas)
    return np.stack(frames)


CHOSEN_ON: dict[str, Callable[[Random, Floats, Size], Picture]] = {
    "aquarium": aquarium,
    "dancers": dancers,
    "gears": gears,
    "fireworks": fireworks,
    "foliage": foliage,
    "conveyor": conveyor,
    "cells": cells,
    "charts": charts,
    "kaleidoscope": kaleidoscope,
    "window rain": window_rain,
    "pets": pets,
    "gestures": gestures,
}


def _limb(canvas: Picture, points: Sequence[Point], thick: int, paint: Picture) -> None:
    """A line from point to point, in pixels."""
    corners = np.rint(np.array(points, dtype=np.float64)).astype(np.int32)
    cv2.polylines(
        canvas, [corners], False, np.asarray(paint, dtype=np.float64).tolist(), max(1, thick), cv2.LINE_AA
    )


def _from(point: Point, length: float, turn: float) -> tuple[float, float]:
    """The point that lies ``length`` pixels away, at an angle from the right, downwards."""
    return point[0] + length * float(np.cos(turn)), point[1] + length * float(np.sin(turn))


def _pixel(point: Point) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
