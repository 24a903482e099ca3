"""Events: what happens in a video, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from midspan.records.record import Record


@dataclass(frozen=True)
class EventTrack:
    """Where a hand or a thing is while an event lasts.

    Frame: the upright picture, shares of its width and height, origin top left, x right, y down.
    """

    category: Literal["hand", "object"]
    noun: str
    """What it is; empty where that is not known."""
    score: float
    """How sure the detector was in the mean, 0..1."""
    times: tuple[float, ...]
    """Seconds of the video, rising."""
    boxes: tuple[tuple[float, float, float, float], ...]
    """Left, top, right, bottom at each of the times."""
    seen: tuple[bool, ...]
    """False where the box lies between two that were detected."""


@dataclass(frozen=True)
class EventAnswer:
    """What an event may be."""

    verb: str
    noun: str
    """The thing that it is done with; empty where none is told."""
    probability: float


@dataclass(frozen=True)
class ActionEvent(Record):
    """Something that happens in a video between two moments (chapters 6 and 7)."""

    kind = "event"
    plural = "events"

    verb: str
    nouns: tuple[str, ...]
    score: float
    """Of an action a calibrated probability; of a motion how fast it is, 0..1."""
    tracks: tuple[EventTrack, ...] = ()
    """Empty where there were no boxes."""
    answers: tuple[EventAnswer, ...] = ()
    """What it may be, likeliest first; empty for a motion, which is measured."""
    modalities: tuple[str, ...] = ()
    """What was looked at: "rgb", and "boxes" or "hands" where they were known."""


RECORD = ActionEvent
