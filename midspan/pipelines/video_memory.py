"""What the stage of actions remembers of a video while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from midspan.models.action.data.arrays import SECONDS
from midspan.models.action.gliding import Gliding
from midspan.models.action.motion import Signature
from midspan.records import Segment


@dataclass(frozen=True)
class Looked:
    """A segment and what it looks like."""

    segment: Segment
    signature: Signature


@dataclass
class VideoMemory:
    """Small and picklable: a few numbers a segment, and the last two seconds of small pictures."""

    looked: dict[int, Looked] = field(default_factory=dict)
    """By ordinal."""
    gliding: Gliding = field(default_factory=Gliding)
    boxes: dict[float, Any] = field(default_factory=dict)
    """What ``Sight.see`` gave, by the second at which the segment begins."""

    @property
    def segments(self) -> list[Looked]:
        """In order of time."""
        return [self.looked[ordinal] for ordinal in sorted(self.looked)]

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
