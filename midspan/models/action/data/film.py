"""A long video with several events, and stretches in which nothing happens, with their ground truth.

The camera goes from stop to stop along an endless table. At most stops a hand does one thing; at others it
only passes, or nothing moves at all. So neither a moving camera nor a hand means that there is an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from midspan.models.action.data import splits
from midspan.models.action.data.acts import LEFT_BY, make_scene, still_scene
from midspan.models.action.data.arrays import Style
from midspan.models.action.data.camera import Camera, Poses, make_camera
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.painting import Look, paint, random_look
from midspan.models.action.data.scene import Floats, Moved, Scene, Sound
from midspan.models.action.data.sound import Samples, waveform
from midspan.models.action.data.splits import Split
from midspan.models.action.data.tracks import Staged, TrueTrack, stage, true_tracks
from midspan.models.action.data.verbs import NAMES, VERBS

_GAP = 3.0
"""World units from stop to stop."""
_REACH = 0.15
_EVENTS = (3, 8)
_IDLE_STOPS = (1, 3)


@dataclass(frozen=True)
class FilmEvent:
    """From where the hand reaches for the thing until it draws back, in seconds, half-open.

    That is 0.15 of the act's length before the touch, and after the hand has let go or what fell has landed.
    """

    start: float
    end: float
    verb: str
    nouns: tuple[str, ...]
    tracks: tuple[str, ...]
    """Ids of the tracks of ``nouns``, in the same order."""


@dataclass(frozen=True)
class _Stop:
    """Seconds: the camera has come at ``arrive`` and goes at ``leave``; the act lasts from ``begin``."""

    scene: Scene
    camera: Camera
    shift: float
    """x of the scene's origin in the film's world."""
    arrive: float
    begin: float
    lasts: float
    leave: float
    verb: int | None

    def local(self, times: Floats) -> Floats:
        return np.clip((times - self.begin) / self.lasts, 0, LEFT_BY + 0.1)


@dataclass(frozen=True)
class Film:
    style: Style
    stops: tuple[_Stop, ...]
    look: Look
    seconds: float
    seed: tuple[int, ...]

    @property
    def aspect(self) -> float:
        return self.stops[0].camera.aspect

    def events(self) -> list[FilmEvent]:
        found = []
        for number, stop in enumerate(self.stops):
            if stop.verb is None:
                continue
            things = [
                stop.scene.first,
                *(t for t in stop.scene.things if t.main and t is not stop.scene.first),
            ]
            named = things[: VERBS[stop.verb].nouns]
            places = [_index(stop.scene, thing) for thing in named]
            found.append(
                FilmEvent(
                    round(stop.begin + (stop.scene.start - _REACH) * stop.lasts, 3),
                    round(stop.begin + (stop.scene.end + _REACH) * stop.lasts, 3),
                    NAMES[stop.verb],
                    tuple(NOUNS[thing.noun] for thing in named),
                    tuple(f"{number}-thing-{place}" for place in places),
                )
            )
        return found

    def frames(self, fps: float, size: tuple[int, int]) -> Iterator[npt.NDArray[np.uint8]]:
        """Pieces of (times, height, width, 3) RGB, one after the other; ``size`` is (width, height)."""
        for number, times in self._chunks(fps):
            yield paint(self._staged(number, times, neighbours=True), self.look, size)

    def tracks(self, fps: float) -> list[TrueTrack]:
        """Of every thing and hand in the film; ids are "STOP-thing-N" and "STOP-hand-N"."""
        total = len(self._times(fps))
        tracks, begin = [], 0
        for number, times in self._chunks(fps):
            for track in true_tracks(self._staged(number, times, neighbours=False)):
                boxes = np.full((total, 4), np.nan, np.float32)
                boxes[begin : begin + len(times)] = track.boxes
                tracks.append(replace(track, id=f"{number}-{track.id}", boxes=boxes))
            begin += len(times)
        return tracks

    def wave(self) -> Samples:
        sounds = [
            Sound(sound.kind, self._share(stop, sound.start), self._share(stop, sound.end))
            for stop in self.stops
            for sound in stop.scene.sounds
        ]
        return waveform(sounds, self.seconds, np.random.default_rng((*self.seed, 1)))

    def _share(self, stop: _Stop, local: float) -> float:
        return (stop.begin + local * stop.lasts) / self.seconds

    def _times(self, fps: float) -> Floats:
        return np.arange(round(self.seconds * fps)) / fps

    def _chunks(self, fps: float) -> Iterator[tuple[int, Floats]]:
        """The frames' times, cut in the middle of the ways between the stops."""
        times = self._times(fps)
        cuts = [(a.leave + b.arrive) / 2 for a, b in zip(self.stops, self.stops[1:], strict=False)]
        yield from enumerate(np.split(times, np.searchsorted(times, cuts)))

    def _staged(self, number: int, times: Floats, neighbours: bool) -> Staged:
        """What can be seen around a stop; there are hands only while the camera stays there."""
        stop = self.stops[number]
        things, hands = stage(stop.scene, stop.local(times))
        things = [(thing, _shifted(moved, stop.shift)) for thing, moved in things]
        away = (times < stop.arrive) | (times > stop.leave)
        hands = [
            (hand, replace(_shifted(moved, stop.shift), hidden=away), grip) for hand, moved, grip in hands
        ]
        for other in (number - 1, number + 1) if neighbours else ():
            if 0 <= other < len(self.stops):
                near = self.stops[other]
                beyond, _ = stage(near.scene, near.local(times))
                things += [(thing, _shifted(moved, near.shift)) for thing, moved in beyond]
        return Staged(things, hands, self._poses(number, times).views(self.aspect))

    def _poses(self, number: int, times: Floats) -> Poses:
        own = self._look_at(number, times)
        for other in (number - 1, number + 1):
            if 0 <= other < len(self.stops):
                left, right = sorted((number, other))
                way = (times - self.stops[left].leave) / (self.stops[right].arrive - self.stops[left].leave)
                share = np.clip(way if other == right else 1 - way, 0, 1)
                own = _between(own, self._look_at(other, times), share * share * (3 - 2 * share))
        return own

    def _look_at(self, number: int, times: Floats) -> Poses:
        stop = self.stops[number]
        poses = stop.camera.poses((times - stop.begin) / stop.lasts)
        return replace(poses, where=poses.where + np.array([stop.shift, 0.0]))


def make_film(split: Split, *, style: Style, q: float, seed: tuple[int, ...]) -> Film:
    """Three to eight events of the split's combinations, and one to three stops without any."""
    random = np.random.default_rng((*seed, 0))
    events = int(random.integers(_EVENTS[0], _EVENTS[1] + 1))
    idle = int(random.integers(_IDLE_STOPS[0], _IDLE_STOPS[1] + 1))
    plan = random.permutation([True] * events + [False] * idle)
    stops: list[_Stop] = []
    now = 0.0
    for number, happens in enumerate(plan):
        stop = _stop(split, bool(happens), number, now, style, q, random)
        stops.append(stop)
        now = stop.leave + random.uniform(0.5, 0.9)
    aspect = stops[0].camera.aspect
    alike = tuple(replace(stop, camera=replace(stop.camera, aspect=aspect)) for stop in stops)
    return Film(style, alike, random_look(style, random), round(stops[-1].leave, 3), seed)


def _stop(
    split: Split,
    happens: bool,
    number: int,
    arrive: float,
    style: Style,
    q: float,
    random: np.random.Generator,
) -> _Stop:
    verb, noun, other = splits.draw(split, int(random.integers(len(VERBS))), random)
    if happens:
        scene = make_scene(verb, noun, other, style=style, q=q, random=random)
    else:
        scene = still_scene((noun, other), style=style, q=q, random=random)
    begin, lasts = arrive + random.uniform(0.3, 1.2), random.uniform(1.8, 3.0)
    return _Stop(
        scene=scene,
        camera=make_camera(style, scene, random),
        shift=number * _GAP,
        arrive=arrive,
        begin=begin,
        lasts=lasts,
        leave=begin + LEFT_BY * lasts + random.uniform(0.1, 1.2),
        verb=verb if happens else None,
    )


def _index(scene: Scene, thing: object) -> int:
    return next(i for i, other in enumerate(scene.things) if other is thing)


def _shifted(moved: Moved, shift: float) -> Moved:
    return replace(moved, places=moved.places + np.array([shift, 0.0]))


def _between(one: Poses, other: Poses, share: Floats) -> Poses:
    return Poses(
        one.where + share[:, None] * (other.where - one.where),
        one.zoom + share * (other.zoom - one.zoom),
        one.turn + share * (other.turn - one.turn),
    )
