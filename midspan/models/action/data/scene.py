"""What there is in a clip and how it moves, before any camera looks at it.

Frame: the world of the table, x right, y down (and so up is towards smaller y, also for what is lifted), one
unit the height of what a camera at rest sees; the middle of that is (0.5, 0.5). Time: 0 to 1 over the clip;
what is set for later belongs to longer films, in which hands have to leave again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.nouns import Colour
from midspan.models.action.data.path import Path

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
State = Literal["lit", "open"]
SoundKind = Literal["touch", "land", "slide", "beep", "chirp", "tremolo"]
_HIDES = 0.45
"""A container hides what is nearer to its middle than this share of its radius."""


@dataclass
class Thing:
    noun: int
    colour: Colour
    radius: float
    place: Path
    angle: Path = field(default_factory=lambda: Path((0.0, 0.0)))
    """Radians in the first coordinate."""
    nearness: Path = field(default_factory=lambda: Path((1.0, 0.0)))
    """By what the radius is multiplied, in the first coordinate: what is lifted comes towards the camera."""
    state: tuple[float, State] | None = None
    """When it changes, and to what."""
    container: Thing | None = None
    """In or under what it may vanish."""
    main: bool = True
    """Whether it is more than clutter."""


@dataclass
class Hand:
    place: Path
    pointing: float
    """Where the fingers point, radians clockwise from up; the arm comes from the other side."""
    size: float
    """Half the width of the hand, knuckle to knuckle."""
    mirrored: bool
    grip: Path = field(default_factory=lambda: Path((0.0, 0.0)))
    """0 open to 1 closed, in the first coordinate."""
    tremble: tuple[float, float] = (0.0, 0.0)
    """Phases of its unrest."""


@dataclass(frozen=True)
class Sound:
    kind: SoundKind
    start: float
    end: float


@dataclass
class Scene:
    """``things`` are in the order in which they are drawn, far to near; hands come in front of all."""

    things: list[Thing]
    first: Thing
    """The one that the verb is about."""
    hands: list[Hand]
    sounds: list[Sound]
    start: float
    """When the hand touches the first thing (or where it pretends to)."""
    end: float
    """When it has let go, what fell has landed, or the clip ends on it."""


@dataclass(frozen=True)
class Moved:
    """One thing or hand over time; hands have no state and are never hidden."""

    places: Floats
    """(times, 2)"""
    angles: Floats
    """(times,)"""
    sizes: Floats
    """(times,)"""
    hidden: Bools
    """(times,): in or under another thing."""
    changed: Bools
    """(times,): its state has changed."""


def move_thing(thing: Thing, times: Floats) -> Moved:
    places = thing.place.at(times)
    hidden = np.zeros(len(times), np.bool_)
    if thing.container is not None:
        apart = places - thing.container.place.at(times)
        hidden = np.hypot(apart[:, 0], apart[:, 1]) < _HIDES * thing.container.radius
    changed = times >= (np.inf if thing.state is None else thing.state[0])
    sizes = thing.radius * thing.nearness.at(times)[:, 0]
    return Moved(places, thing.angle.at(times)[:, 0], sizes, hidden, changed)


def move_hand(hand: Hand, times: Floats) -> Moved:
    """With a slight unrest of a few hertz (at clips of two seconds)."""
    waves = np.stack([np.sin(23 * times + hand.tremble[0]), np.sin(29 * times + hand.tremble[1])], -1)
    still, never = np.zeros(len(times)), np.zeros(len(times), np.bool_)
    places = hand.place.at(times) + 0.04 * hand.size * waves
    return Moved(places, still + hand.pointing, still + hand.size, never, never)
