"""Video: windows of two seconds with their frames, decoded once from beginning to end."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.logging
import numpy as np
import numpy.typing as npt
from PIL import Image

from midspan.errors import CorruptSource, ReadingLimit, UnsupportedSource
from midspan.models.action.boxes.sidecar import Sidecar, beside
from midspan.pipelines.readers.extract import WINDOW_SECONDS, VideoWindow
from midspan.pipelines.readers.files import watched
from midspan.pipelines.stage import Frames

LEAST_REMAINDER = 0.5
"""Seconds. A shorter rest at the end joins the window before it."""
SAMPLE_FPS = 8.0
FRAME_SIDE = 96
PICTURE_SIDE = 180
PICTURE_QUALITY = 80
_TOLERATED_ERRORS = 25
"""Packets in a row that may fail to decode before the rest counts as unreadable."""
_MICROSECOND = 1e-6


@dataclass(frozen=True)
class _Sample:
    time: float
    small: npt.NDArray[np.uint8]
    """(h, w, 3)"""
    frame: Any
    """As it was decoded."""


@dataclass
class _Cut:
    """A window that is put together; of one frame alone it keeps all, since these are large."""

    number: int
    smalls: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    middle: Any = None
    """The frame nearest to the middle."""
    _off: float = math.inf

    @property
    def start(self) -> float:
        return self.number * WINDOW_SECONDS

    def add(self, sample: _Sample) -> None:
        off = abs(sample.time - self.start - WINDOW_SECONDS / 2)
        if off < self._off:
            self.middle, self._off = sample.frame, off
        self.smalls.append(sample.small)
        self.times.append(sample.time)

    def and_also(self, other: _Cut) -> _Cut:
        """With the rest behind it."""
        return replace(self, smalls=self.smalls + other.smalls, times=self.times + other.times)

    def window(self, end: float) -> VideoWindow:
        buffer = io.BytesIO()
        _picture(self.middle).save(buffer, "JPEG", quality=PICTURE_QUALITY)
        frames = Frames(rgb=np.stack(self.smalls), times=np.array(self.times, np.float64))
        return VideoWindow(self.start, end, frames, buffer.getvalue())


def read(path: Path, boxes: Path | None = None) -> Iterator[VideoWindow]:
    """Windows one after the other, without overlap, frames at about 8 a second by presentation time.

    At most two windows of (scaled) frames are in memory. Where the file is damaged or cut off, the
    windows before that come first, then ``CorruptSource`` with the second up to which it can be read. Boxes
    that lie beside the video, or in ``boxes``, are in its windows; a file of boxes that cannot be read raises
    at once.
    """
    with watched(path) as file, opened(file) as container:
        stream = video_stream(container)
        if stream is None:
            raise UnsupportedSource(
                "has no video stream that can be decoded (audio only?); expected moving pictures"
            )
        decoding = _Decoding(container, stream)
        yield from _with_boxes(_windows(decoding), path, boxes or beside(path), decoding)
        decoding.check()


class _Decoding:
    """Goes over the frames once; remembers where they end and what went wrong."""

    def __init__(self, container: Any, stream: Any) -> None:
        self._container, self._stream = container, stream
        self._stream.thread_type = "SLICE"
        rate = stream.average_rate or stream.guessed_rate
        self.rate = float(rate) if rate else 25.0
        """Frames a second."""
        self._step = 1 / self.rate
        self.size = (0, 0)
        """Width and height of the last upright frame."""
        self._error = ""
        self.end = 0.0
        """Where the last frame ends, in seconds from the first one."""
        self._origin: float | None = None
        """The first frame's time in the container."""

    def samples(self) -> Iterator[_Sample]:
        """The first frame in each eighth of a second, scaled; one without a time follows the one before."""
        last, due = -1.0, 0.0
        for frame in self._frames():
            time = self.end
            if frame.time is not None:
                if self._origin is None:
                    self._origin = frame.time - self.end
                time = frame.time - self._origin
            if time <= last:
                continue
            last = time
            length = float(frame.duration * frame.time_base) if frame.duration else self._step
            self.end = time + max(length, _MICROSECOND)
            if time < due - _MICROSECOND:
                continue
            due = (math.floor(time * SAMPLE_FPS + _MICROSECOND) + 1) / SAMPLE_FPS
            self.size = (frame.width, frame.height)[:: -1 if _quarters(frame) % 2 else 1]
            yield _Sample(time, _small(frame), frame)

    def check(self) -> None:
        """Raise ``CorruptSource`` if not all of the video could be decoded."""
        promised = _promised(self._container, self._stream)
        reached = self.end + max(0.0, self._origin or 0.0)  # some containers count from 0 anyhow
        missing = promised - reached > max(0.5, 0.03 * promised)
        if self._error or self.end == 0 or missing:
            why = self._error or (f"{promised:.1f} s promised" if missing else "no frame in it")
            raise CorruptSource(
                f"the video is damaged or cut off: readable up to second {self.end:.1f} ({why}); "
                "get it again, or encode it again, e.g. with ffmpeg -i IN -c:v libx264 OUT.mp4",
                second=round(self.end, 3),
            )

    def _frames(self) -> Iterator[Any]:
        """Frames in presentation order. Packets that do not decode are passed over, as players do; it is
        an error only if no frame comes after them."""
        failed = 0
        packets = self._container.demux(self._stream)
        while failed <= _TOLERATED_ERRORS:
            try:
                packet = next(packets, None)
            except IndexError:  # PyAV meets a packet of a stream that came late; it is not ours
                packets = self._container.demux(self._stream)  # goes on from here
                continue
            except av.error.FFmpegError as error:
                self._error = error.strerror or type(error).__name__
                failed += 1
                packets = self._container.demux(self._stream)
                continue
            if packet is None:
                return
            try:
                frames = packet.decode()
            except av.error.EOFError:  # the decoder has been emptied before
                continue
            except av.error.FFmpegError as error:
                self._error = error.strerror or type(error).__name__
                failed += 1
                continue
            if frames:
                failed, self._error = 0, ""
            yield from frames


def _windows(decoding: _Decoding) -> Iterator[VideoWindow]:
    """Cut the samples; one window is held back, in case the rest is too short for one of its own.

    A stretch in which no new frame comes gives no windows.
    """
    held: _Cut | None = None
    current = _Cut(0)
    for sample in decoding.samples():
        number = int((sample.time + _MICROSECOND) / WINDOW_SECONDS)
        if number != current.number and current.times:
            if held is not None:
                yield held.window(held.start + WINDOW_SECONDS)
            held, current = current, _Cut(number)
        current.number = number
        current.add(sample)
    if not current.times:
        return
    end = round(max(decoding.end, current.times[-1] + _MICROSECOND), 6)
    if held is not None:
        if end - current.start < LEAST_REMAINDER and held.number == current.number - 1:
            yield held.and_also(current).window(end)
            return
        yield held.window(held.start + WINDOW_SECONDS)
    if end - current.start >= WINDOW_SECONDS + LEAST_REMAINDER:
        end = current.start + WINDOW_SECONDS
    yield current.window(end)


def _small(frame: Any) -> npt.NDArray[np.uint8]:
    """(h, w, 3), upright."""
    pixels = _scaled(frame, FRAME_SIDE).to_ndarray()
    return np.ascontiguousarray(np.rot90(pixels, _quarters(frame)))


def _picture(frame: Any) -> Image.Image:
    """Upright."""
    image: Image.Image = _scaled(frame, PICTURE_SIDE).to_image()
    turned = _quarters(frame)
    return image.rotate(90 * turned, expand=True) if turned else image


def _scaled(frame: Any, side: int) -> Any:
    width, height = _size_for(frame.width, frame.height, side)
    return frame.reformat(width, height, "rgb24", interpolation="AREA")


def _quarters(frame: Any) -> int:
    """Quarter turns, counterclockwise, that bring a frame upright."""
    return round(getattr(frame, "rotation", 0) / 90) % 4


def _with_boxes(
    windows: Iterator[VideoWindow], path: Path, found: Path | None, decoding: _Decoding
) -> Iterator[VideoWindow]:
    """Windows with the boxes of the file that was found, where there is one."""
    boxes = None
    for window in windows:
        if found is not None:
            boxes = boxes or Sidecar(found, path.stem, decoding.size, decoding.rate)
            seen = tuple(boxes.at(time) for time in window.frames.times.tolist())
            window = replace(window, frames=replace(window.frames, boxes=seen))
        yield window


def _size_for(width: int, height: int, side: int) -> tuple[int, int]:
    """Scaled down so that the short side is at most ``side``."""
    scale = min(1.0, side / min(width, height))
    return max(1, math.floor(width * scale + 0.5)), max(1, math.floor(height * scale + 0.5))


def video_stream(container: Any) -> Any:
    """The first stream of moving pictures that can be decoded; a cover picture is none."""
    for stream in container.streams.video:
        if stream.codec_context is None:
            continue
        if "ATTACHED_PIC" not in str(getattr(stream, "disposition", "")).upper():
            return stream
    return None


def _promised(container: Any, stream: Any) -> float:
    """Seconds of moving pictures that the container declares; 0 if it does not say."""
    # For an AVI that is cut off FFmpeg guesses a shorter duration, but keeps the declared frames.
    counted = float(stream.frames / stream.average_rate) if stream.average_rate else 0.0
    if stream.duration:
        return max(counted, float(stream.duration * stream.time_base))
    if container.duration and not container.streams.audio:
        return float(container.duration / av.time_base)
    return counted


@contextmanager
def opened(file: BinaryIO) -> Iterator[Any]:
    """Opened through the file object, because FFmpeg takes UTF-8 names only; FFmpeg stays quiet."""
    av.logging.set_level(None)
    try:
        container = av.open(file, "r")
    except av.error.MemoryError:
        raise ReadingLimit(
            "the video cannot be opened: its header asks for more memory than there is, or for more streams "
            "than FFmpeg takes; encode it again with ffmpeg"
        ) from None
    except (av.error.FFmpegError, ValueError) as error:
        raise CorruptSource(
            f"the video cannot be opened ({getattr(error, 'strerror', None) or error}); it is damaged or "
            "cut off: get it again, or encode it again with ffmpeg"
        ) from error
    with container:
        yield container
