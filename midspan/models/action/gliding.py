"""Windows that glide over a video while it is read: two seconds each, one every half second, and where
something may be done one every quarter.

    pictures.add(2.0, 4.0, rgb, times)      # of each segment, in order
    numbers = pictures.ready()              # windows whose pictures are all there, without an answer
    pictures.say(numbers, rows)             # what a recogniser answered
    numbers = pictures.between(busy)        # windows between those of which something is worth a closer look
    pictures.forget()

A picture is the whole frame squeezed to 64 x 64, four a second on a grid from the video's beginning. What is
kept between two segments are the last two seconds of pictures and a row a window: it is small, picklable, and
knows nothing of the recogniser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import FRAMES, SECONDS, SIDE

SHOWN = FRAMES
"""Pictures of a window."""
RATE = FRAMES / SECONDS
"""Pictures a second."""
STEP = 1 / RATE
"""Seconds from the beginning of one window to that of the next: window n begins with picture n."""
_WIDE = 2
"""Every so many windows are answered in any case."""

Image = npt.NDArray[np.uint8]
Row = npt.NDArray[np.float16]


@dataclass
class Gliding:
    """What is remembered of one video."""

    shown: dict[int, Image] = field(default_factory=dict)
    """Pictures (64, 64, 3) by their number on the grid."""
    said: dict[int, Row] = field(default_factory=dict)
    """What was answered, by the number of the window."""

    def add(self, start: float, end: float, rgb: Image, times: npt.NDArray[np.float64]) -> None:
        """The frames (n, h, w, 3) of a segment at ``times``, in seconds: for each place on the grid from
        ``start`` to ``end`` the frame nearest to it. Adding a segment again changes nothing."""
        first, last = round(start * RATE), max(round(end * RATE), round(start * RATE) + 1)
        chosen = np.abs(times[None, :] - np.arange(first, last)[:, None] / RATE).argmin(1)
        small = {int(frame): _squeezed(rgb[frame]) for frame in np.unique(chosen)}
        self.shown |= {first + place: small[int(frame)] for place, frame in enumerate(chosen)}

    def ready(self) -> list[int]:
        """Numbers of the windows to be answered in any case, ascending."""
        starts = sorted(cell for cell in self.shown if cell % _WIDE == 0)
        return [one for one in starts if one not in self.said and self._is_whole(one)]

    def between(self, busy: Callable[[Row], bool]) -> list[int]:
        """Numbers of the windows between two with an answer, of which one at least is ``busy``, ascending."""
        starts = sorted(cell for cell in self.shown if cell % _WIDE and cell not in self.said)
        pairs = [(one, self.said.get(one - 1), self.said.get(one + 1)) for one in starts]
        return [
            number
            for number, before, behind in pairs
            if before is not None and behind is not None and (busy(before) or busy(behind))
        ]

    def windows(self, numbers: Sequence[int]) -> Image:
        """(n, 8, 64, 64, 3) of ready windows."""
        return np.stack([np.stack([self.shown[one + cell] for cell in range(SHOWN)]) for one in numbers])

    def say(self, numbers: Sequence[int], rows: npt.NDArray[np.floating]) -> None:
        """Note what (n, d) was answered."""
        self.said |= {one: row.astype(np.float16) for one, row in zip(numbers, rows, strict=True)}

    def forget(self) -> None:
        """Let go of the pictures that only windows with an answer have need of."""
        newest = max(self.shown, default=0)
        wanted = newest - SHOWN + 1
        if waiting := self.ready():
            wanted = min(wanted, waiting[0])
        self.shown = {cell: picture for cell, picture in self.shown.items() if cell >= wanted}

    def close(self) -> None:
        """At the end of a video: in one that is shorter than a window its last picture stands to the window's
        end."""
        if self.said or not self.shown:
            return
        begin = min(self.shown) // _WIDE * _WIDE
        held = self.shown[min(self.shown)]
        for cell in range(begin, begin + SHOWN):
            held = self.shown.setdefault(cell, held)

    def _is_whole(self, number: int) -> bool:
        return all(cell in self.shown for cell in range(number, number + SHOWN))


def _squeezed(frame: Image) -> Image:
    import cv2  # loaded with the first frame

    return np.asarray(cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True)
class Run:
    """Windows one after the other, without a gap."""

    starts: npt.NDArray[np.float64]
    """(n,) seconds."""
    rows: npt.NDArray[np.float32]
    """(n, d): what was answered."""

    @property
    def ends(self) -> npt.NDArray[np.float64]:
        return self.starts + SECONDS


def runs(said: Mapping[int, Row]) -> list[Run]:
    """In order of time; a stretch of video without frames parts two of them. What was left out between two
    windows is told as the mean of these."""
    numbers = np.array(sorted(said), dtype=np.int64)
    parts = np.split(numbers, np.flatnonzero(np.diff(numbers) > _WIDE) + 1) if len(numbers) else []
    return [_run(part, np.stack([said[int(one)] for one in part]).astype(np.float32)) for part in parts]


def _run(numbers: npt.NDArray[np.int64], rows: npt.NDArray[np.float32]) -> Run:
    every = np.arange(numbers[0], numbers[-1] + 1)
    before = np.searchsorted(numbers, every, side="right") - 1
    behind = np.searchsorted(numbers, every)
    return Run(np.asarray(STEP * every), np.asarray((rows[before] + rows[behind]) / 2, np.float32))
