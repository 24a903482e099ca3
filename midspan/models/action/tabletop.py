"""Makes the clips of the demo corpus: a hand moves coloured things on a table, with the ground truth.

The benchmark is drawn by another generator, in ``data``: smaller, faster, with all its verbs and cameras.

The motion is scripted, not simulated: every step is an approach, a contact and a retreat along smooth
paths, so what happens when and where is exact by construction. The same seed and steps give the same
frames. Frame of all boxes: pixels, origin top left, x right, y down, as in ``tabletop_drawing``.

    clip = make_clip((Thing("red", "cup"),), (Step("push_right", 0),), seed=1)
    clip.events[0].verb, clip.frames.shape      # "push_right", (n, 240, 320, 3)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from midspan.errors import WrongUse
from midspan.models.action.tabletop_drawing import (
    HAND_RADIUS,
    HEIGHT,
    WIDTH,
    Point,
    Thing,
    background,
    draw_frame,
    random_look,
)
from midspan.models.action.tabletop_path import Path

FPS = 12
Verb = Literal["push_right", "push_left", "put_down", "cover", "lift_drop"]
_APPROACH_S, _ACT_S, _RETREAT_S, _FALL_S = 0.6, 1.2, 0.6, 0.34
_NEAREST, _LANE_GAP = 214, 26
_LIFT = 62.0
"""Pixels by which a thing is lifted."""
_LEAST_PUSH = 16.0


@dataclass(frozen=True)
class Step:
    """One thing that the hand does; ``thing`` and ``other`` are indices into the clip's things.

    ``put_down`` picks the thing up and puts it down in another place. ``cover`` puts ``thing`` over the
    smaller ``other``. ``lift_drop`` lifts the thing and lets it fall.
    """

    verb: Verb
    thing: int
    other: int | None = None


@dataclass(frozen=True)
class ClipEvent:
    """``start`` (the hand touches) to ``end`` (it lets go, or what fell has landed) in seconds, half-open."""

    start: float
    end: float
    verb: Verb
    nouns: tuple[str, ...]
    tracks: tuple[str, ...]
    """Ids of the tracks of ``nouns``, in the same order."""


@dataclass(frozen=True)
class Track:
    """Where one thing or the hand is in every frame."""

    id: str
    category: Literal["hand", "object"]
    noun: str
    boxes: npt.NDArray[np.float32]
    """(frames, 4): left, top, right, bottom; NaN where it is out of the picture or covered."""


@dataclass(frozen=True)
class Clip:
    frames: npt.NDArray[np.uint8]
    """(frames, 240, 320, 3) RGB at ``FPS``."""
    events: tuple[ClipEvent, ...]
    tracks: tuple[Track, ...]


class _Script:
    """The paths of hand and things, written step by step."""

    def __init__(self, things: tuple[Thing, ...], random: np.random.Generator) -> None:
        self.things = things
        self.random = random
        self.now = 0.0
        self.hand = Path(self._outside())
        lanes = [_NEAREST - _LANE_GAP * lane for lane in range(len(things))]
        grounds = [float(lanes[lane]) for lane in random.permutation(len(things))]
        self.grounds = [Path((0.0, y)) for y in grounds]
        """The y of the table under each thing."""
        self.lean = Path((1.0, 0.0))
        """Where the arm comes from: -1 lower left, 1 lower right."""
        columns = np.linspace(70, WIDTH - 70, max(2, len(things)))[: len(things)]
        self.paths = [
            Path((float(x + random.uniform(-14, 14)), y))
            for x, y in zip(random.permutation(columns), grounds, strict=True)
        ]
        self.covered: list[float] = [np.inf] * len(things)
        """When each thing was covered, seconds."""
        self.events: list[ClipEvent] = []

    def play(self, step: Step) -> None:
        self._wait(float(self.random.uniform(0.4, 0.7)))
        used = (step.thing,) if step.other is None else (step.thing, step.other)
        start = self.now + _APPROACH_S
        self._approach(step)
        _ACTS[step.verb](self, step)
        nouns = tuple(self.things[i].noun for i in used)
        tracks = tuple(f"thing-{i}" for i in used)
        self.events.append(ClipEvent(start, self.now, step.verb, nouns, tracks))
        self._move_hand(_RETREAT_S, self._outside())
        self.lean.wait(self.now)

    def finish(self) -> None:
        self._wait(0.5)

    def _outside(self) -> Point:
        return (float(self.random.uniform(80, WIDTH - 80)), HEIGHT + 2 * HAND_RADIUS)

    def _wait(self, seconds: float) -> None:
        self._move_hand(seconds, self.hand.place)

    def _approach(self, step: Step) -> None:
        x, y = self.paths[step.thing].place
        width, height = self.things[step.thing].size
        pushes = step.verb in ("push_right", "push_left")
        from_left = step.verb == "push_right" if pushes else x > WIDTH / 2
        side = -1 if from_left else 1
        reach = width / 2 + HAND_RADIUS * (0.8 if pushes else 0.4)
        self.lean.move(self.now, (side, 0.0))
        self._move_hand(_APPROACH_S, (x + side * reach, y - height * (0.45 if pushes else 0.7)))
        self.lean.wait(self.now)

    def _move_hand(self, seconds: float, to: Point) -> None:
        self.now += seconds
        self.hand.move(self.now, to)

    def _carry(self, thing: int, seconds: float, to: Point) -> None:
        """Hand and thing move together until the thing is at ``to``."""
        path = self.paths[thing]
        path.wait(self.now)
        shift = (to[0] - path.place[0], to[1] - path.place[1])
        self._move_hand(seconds, (self.hand.place[0] + shift[0], self.hand.place[1] + shift[1]))
        path.move(self.now, to)

    def push(self, step: Step) -> None:
        x, y = self.paths[step.thing].place
        wanted = float(self.random.uniform(60, 95)) * (1 if step.verb == "push_right" else -1)
        shift = self._room(step.thing, wanted)
        if abs(shift) < _LEAST_PUSH:
            raise WrongUse(f"a push needs {_LEAST_PUSH:.0f} pixels of room, got {abs(shift):.0f} for {step}")
        self._carry(step.thing, _ACT_S, (x + shift, y))

    def put_down(self, step: Step) -> None:
        x, y = self.paths[step.thing].place
        wanted = float(self.random.uniform(40, 80)) * (1 if x < WIDTH / 2 else -1)
        target = x + self._room(step.thing, wanted)
        self._carry(step.thing, _ACT_S / 2, (x, y - _LIFT))
        self._carry(step.thing, _ACT_S / 2, (target, y - _LIFT))
        self._carry(step.thing, _ACT_S / 2, (target, y))

    def cover(self, step: Step) -> None:
        if step.other is None or not self._hides(step.thing, step.other):
            raise WrongUse(
                f"cover needs an `other` that is smaller than the thing that covers it; got {step}"
            )
        x, y = self.paths[step.thing].place
        target_x, target_y = self.paths[step.other].place
        above = min(y, target_y) - _LIFT - 10
        self._carry(step.thing, _ACT_S / 2, (x, above))
        self.grounds[step.thing].wait(self.now)
        self._carry(step.thing, _ACT_S / 2, (target_x, above))
        self.grounds[step.thing].move(self.now, (0.0, target_y + 2))
        self._carry(step.thing, _ACT_S / 2, (target_x, target_y + 2))
        self.covered[step.other] = self.now

    def lift_drop(self, step: Step) -> None:
        x, y = self.paths[step.thing].place
        self._carry(step.thing, _ACT_S / 2, (x, y - _LIFT))
        self._wait(0.3)
        path = self.paths[step.thing]
        path.wait(self.now)
        self._wait(_FALL_S)
        path.move(self.now, (x, y), falling=True)

    def _hides(self, thing: int, other: int) -> bool:
        return all(a > b for a, b in zip(self.things[thing].size, self.things[other].size, strict=True))

    def _room(self, thing: int, wanted: float) -> float:
        """``wanted``, cut so that the thing stays in the picture."""
        x, half = self.paths[thing].place[0], self.things[thing].size[0] / 2 + 4
        return float(np.clip(x + wanted, half, WIDTH - half)) - x


_ACTS: dict[Verb, Callable[[_Script, Step], None]] = {
    "push_right": _Script.push,
    "push_left": _Script.push,
    "put_down": _Script.put_down,
    "cover": _Script.cover,
    "lift_drop": _Script.lift_drop,
}
VERBS = tuple(_ACTS)


def make_clip(things: tuple[Thing, ...], steps: tuple[Step, ...], *, seed: int) -> Clip:
    """A clip in which the hand does ``steps`` one after the other.

    At most five things. A thing that is covered must not be used again. Raises ``WrongUse`` for a step that
    has no room, or that covers a thing with a smaller one.
    """
    random = np.random.default_rng(seed)
    script = _Script(things, random)
    for step in steps:
        script.play(step)
    script.finish()
    times = np.arange(int(script.now * FPS)) / FPS
    places = np.stack([path.at(times) for path in script.paths])
    hand = script.hand.at(times)
    boxes = [
        np.array([thing.box((x, y)) for x, y in place]) for thing, place in zip(things, places, strict=True)
    ]
    tracks = [
        Track(f"thing-{i}", "object", thing.noun, _seen(boxes[i], times < script.covered[i]))
        for i, thing in enumerate(things)
    ]
    reach = np.array([-HAND_RADIUS, -HAND_RADIUS, HAND_RADIUS, HAND_RADIUS])
    tracks.append(Track("hand", "hand", "hand", _seen(np.tile(hand, 2) + reach, np.full(len(times), True))))
    return Clip(_draw(script, times, places, hand, random), tuple(script.events), tuple(tracks))


def _seen(boxes: npt.NDArray[np.float64], visible: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """The boxes cut to the picture; NaN where nothing is left or ``visible`` is false."""
    cut = np.clip(boxes, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])
    there = visible & (cut[:, 2] > cut[:, 0]) & (cut[:, 3] > cut[:, 1])
    return np.where(there[:, None], cut, np.nan).astype(np.float32)


def _draw(
    script: _Script,
    times: npt.NDArray[np.float64],
    places: npt.NDArray[np.float64],
    hand: npt.NDArray[np.float64],
    random: np.random.Generator,
) -> npt.NDArray[np.uint8]:
    look = random_look(random)
    base = background(look, random)
    grounds = np.stack([path.at(times)[:, 1] for path in script.grounds])
    leans = script.lean.at(times)[:, 0]
    frames = np.empty((len(times), HEIGHT, WIDTH, 3), np.uint8)
    for f in range(len(times)):
        far_to_near = np.argsort(grounds[:, f], kind="stable")
        things = [(script.things[i], (places[i, f, 0], places[i, f, 1]), grounds[i, f]) for i in far_to_near]
        frames[f] = draw_frame(base, look, things, (hand[f, 0], hand[f, 1]), leans[f])
    return frames
