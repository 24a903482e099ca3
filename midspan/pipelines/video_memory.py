"""What the stage of actions remembers of a video while it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from midspan.models.action.data.arrays import SECONDS
from midspan.models.action.gliding import STEP, Gliding
from midspan.models.action.motion import Signature
from midspan.records import Segment

if TYPE_CHECKING:
    from midspan.pipelines.stage import Frames

PIECE = 0.5
"""Seconds of video that are looked at for boxes at once, or not at all."""
Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Looked:
    """A segment and what it looks like."""

    segment: Segment
    signature: Signature


@dataclass
class VideoMemory:
    """Picklable and small: a few numbers a segment, the last two seconds of small pictures, and of frames
    those that may yet be looked at for boxes, some four seconds at most."""

    looked: dict[int, Looked] = field(default_factory=dict)
    """By ordinal."""
    gliding: Gliding = field(default_factory=Gliding)
    boxes: dict[float, Any] = field(default_factory=dict)
    """What ``Sight.see`` gave, by the second at which the frames begin."""
    unseen: dict[float, Frames] = field(default_factory=dict)
    """Pieces of video that nobody has looked at for boxes, by the second at which they begin."""

    @property
    def segments(self) -> list[Looked]:
        """In order of time."""
        return [self.looked[ordinal] for ordinal in sorted(self.looked)]

    def set_aside(self, frames: Frames) -> None:
        """Frames that may yet be looked at; those that have been are passed over."""
        places = np.floor(frames.times / PIECE)
        for place in np.unique(places).tolist():
            if place * PIECE not in self.boxes:
                self.unseen[place * PIECE] = frames.at(places == place)

    def take(self, spans: Spans) -> dict[float, Frames]:
        """The pieces set aside that lie in one of these times (seconds, half-open), in order; no longer
        set aside, so that what fails once does not fail the next segment too."""
        wanted = [
            one
            for one in sorted(self.unseen)
            if any(one < end and start < one + PIECE for start, end in spans)
        ]
        return {one: self.unseen.pop(one) for one in wanted}

    def forget(self) -> None:
        """Let go of what no window that is still to come has need of."""
        self.gliding.forget()
        first = STEP * min(self.gliding.shown, default=0)
        self.unseen = {one: frames for one, frames in self.unseen.items() if one + PIECE > first}

    @property
    def seen(self) -> list[Any]:
        """What is known of boxes, in order of time."""
        return [self.boxes[start] for start in sorted(self.boxes)]

    def seen_around(self, start: float, end: float) -> list[Any]:
        """What is known of boxes between these seconds, and just before and behind."""
        near = sorted(one for one in self.boxes if start - 2 * SECONDS <= one < end + SECONDS)
        return [self.boxes[one] for one in near]

    @property
    def shaken(self) -> list[tuple[float, float]]:
        """Times in which the whole picture moves, seconds, half-open."""
        return [(one.segment.start, one.segment.end) for one in self.segments if one.signature.motion.whole]
