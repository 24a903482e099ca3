"""What the stage of actions remembers of a video while it is read."""

from __future__ import annotations

from bisect import bisect_left, insort
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
    _begins: list[float] = field(default_factory=list)
    """Those seconds, in order."""

    @property
    def segments(self) -> list[Looked]:
        """In order of time."""
        return [self.looked[ordinal] for ordinal in sorted(self.looked)]

    def saw(self, start: float, boxes: Any) -> None:
        """Note what is known of boxes in the segment that begins at this second."""
        if start not in self.boxes:
            insort(self._begins, start)
        self.boxes[start] = boxes

    @property
    def seen(self) -> list[Any]:
        """What is known of boxes, in order of time."""
        return [self.boxes[start] for start in self._begins]

    def seen_around(self, start: float, end: float) -> list[Any]:
        """What is known of boxes between these seconds, and just before and behind."""
        first = bisect_left(self._begins, start - 2 * SECONDS)
        last = bisect_left(self._begins, end + SECONDS)
        return [self.boxes[one] for one in self._begins[first:last]]

    @property
    def shaken(self) -> list[tuple[float, float]]:
        """Times in which the whole picture moves, seconds, half-open."""
        return [(one.segment.start, one.segment.end) for one in self.segments if one.signature.motion.whole]
