"""When which segments are merged: as many of like size as ``together``, and those of which little is left.

A vector is written once for each size that its segment grows through, so about three times up to
``most_rows``; beyond that segments only grow in number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tiers:
    delta_rows: int = 16_384
    """So many vectors in the log become a segment."""
    together: int = 4
    """So many segments of like size become one."""
    most_rows: int = 400_000
    """No segment is made larger, so that no merge takes much time or memory."""
    least_share: float = 0.5
    """A segment of which less counts is written anew."""

    def run(self, rows: Sequence[int], counts: Sequence[int]) -> range | None:
        """Which neighbours should be merged now, if any, given all rows of each and those that count."""
        sizes = [self._size(count) for count in counts]
        for size in sorted(set(sizes)):
            for start in range(len(sizes) - self.together, -1, -1):
                run = range(start, start + self.together)
                fits = sum(counts[place] for place in run) <= self.most_rows
                if fits and all(sizes[place] == size for place in run):
                    return run
        for place, (all_, count) in enumerate(zip(rows, counts, strict=True)):
            if count < self.least_share * all_:
                return range(place, place + 1)
        return None

    def _size(self, count: int) -> int:
        """The power of ``together`` that a segment is, in terms of the smallest."""
        return max(0, math.floor(math.log(max(count, 1) / self.delta_rows, self.together) + 0.5))
