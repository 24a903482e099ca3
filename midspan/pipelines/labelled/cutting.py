"""Clips of two seconds out of stretches of a video, as the networks of actions take them: the pictures that
a window of an ingested video has, flow, boxes and sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from midspan.errors import CorruptSource
from midspan.models.action.boxes.detector import Detector
from midspan.models.action.boxes.timeline import PackedBoxes, Timeline, packed
from midspan.models.action.data.arrays import FRAMES, SECONDS, SIDE, ArrayClip, Layout
from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.mel import log_mel
from midspan.models.action.data.sound import RATE
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.readers import sound, video
from midspan.pipelines.readers.extract import VideoWindow

MOST = 8
"""Clips of one stretch."""
_UNLABELLED = np.array(-1, np.int16)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    start: float
    end: float | None
    """Seconds; None: the video's."""


@dataclass(frozen=True)
class Cut:
    clips: tuple[ArrayClip, ...]
    """With neither verb nor noun."""
    of: tuple[int, ...]
    """Of which stretch each clip is; a stretch that begins behind the end of the video has none."""
    seconds: float
    """Of the video."""
    sounds: bool
    """Whether the video has a sound."""


def cut(
    path: Path,
    boxes: Path | None,
    stretches: Sequence[Stretch],
    confined: Confined,
    detector: Callable[[], Detector | None],
) -> Cut:
    """Boxes are those of the file ``boxes``, or of the one beside the video, else the detector's.

    Raises what reading a video raises.
    """
    size = path.stat().st_size
    seen = _Seen(stretches, detector)
    for window in confined.run(video.read, path, boxes, byte_count=size):
        seen.add(window)
    if not seen.times:
        raise CorruptSource("the video has no pictures where it is labelled")
    starts, of = _starts(stretches, seen.end)
    waves = list(confined.run(sound.read, path, starts, SECONDS, byte_count=size))
    return Cut(tuple(seen.clips(starts, waves)), of, seen.end, bool(waves))


def starts_in(stretch: Stretch, end: float) -> list[float]:
    """Where the clips of a stretch begin in a video that ends at ``end``: side by side as far as they go,
    evenly spread, ``MOST`` at most; around the middle of a shorter one; none behind the end."""
    first, last = stretch.start, end if stretch.end is None else min(stretch.end, end)
    if first >= end:
        return []
    count = min(MOST, max(1, round((last - first) / SECONDS)))
    places = np.linspace(first, last - SECONDS, count) if count > 1 else [(first + last - SECONDS) / 2]
    return [float(np.clip(place, 0, max(0.0, end - SECONDS))) for place in places]


def _starts(stretches: Sequence[Stretch], end: float) -> tuple[tuple[float, ...], tuple[int, ...]]:
    found = [(start, place) for place, one in enumerate(stretches) for start in starts_in(one, end)]
    return tuple(start for start, _ in found), tuple(place for _, place in found)


class _Seen:
    """The pictures and boxes of a video where it is labelled."""

    def __init__(self, stretches: Sequence[Stretch], detector: Callable[[], Detector | None]) -> None:
        self._stretches, self._detector = stretches, detector
        self._pictures: list[npt.NDArray[np.uint8]] = []
        self._boxes: list[PackedBoxes] = []
        self.times: list[float] = []
        self.end = 0.0

    def add(self, window: VideoWindow) -> None:
        self.end = window.end
        frames = window.frames
        chosen = np.flatnonzero([self._is_labelled(time) for time in frames.times])
        self.times += frames.times[chosen].tolist()
        self._pictures += [_squeezed(frames.rgb[one]) for one in chosen]
        if not len(chosen):
            return
        if frames.boxes is not None:
            self._boxes.append(packed(frames.times[chosen], [frames.boxes[one] for one in chosen]))
        elif (detector := self._detector()) is not None:
            self._boxes.append(packed(frames.times[chosen], detector(frames.rgb[chosen])))

    def clips(self, starts: Sequence[float], waves: Sequence[sound.Wave]) -> Iterator[ArrayClip]:
        """Those that begin at ``starts``; silent ones where there are no waves."""
        times, pictures, boxes = np.array(self.times), np.stack(self._pictures), Timeline(self._boxes)
        silence = np.zeros(round(SECONDS * RATE), np.float32)
        for place, start in enumerate(starts):
            wanted = start + np.arange(FRAMES) * SECONDS / FRAMES
            rgb = pictures[np.abs(times[None] - wanted[:, None]).argmin(1)]
            layout: Layout = boxes.layout(start)
            yield ArrayClip(
                rgb,
                optical_flow(rgb),
                log_mel(waves[place] if waves else silence),
                layout,
                layout,
                _UNLABELLED,
                np.stack([_UNLABELLED, _UNLABELLED]),
            )

    def _is_labelled(self, time: float) -> bool:
        """Or near enough for a clip to need its picture."""
        return any(
            one.start - SECONDS <= time <= (np.inf if one.end is None else one.end + SECONDS)
            for one in self._stretches
        )


def _squeezed(frame: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
