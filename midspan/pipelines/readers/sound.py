"""The sound of a video: stretches of it as a mono wave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from midspan.models.action.data.sound import RATE
from midspan.pipelines.readers.files import watched
from midspan.pipelines.readers.video import opened, video_stream

Wave = npt.NDArray[np.float32]
_TOLERATED_ERRORS = 25
"""Packets in a row that may fail before the rest counts as silence."""


def read(path: Path, starts: Sequence[float], seconds: float) -> Iterator[Wave]:
    """Of each stretch of ``seconds`` from one of the ``starts`` on, in seconds from the first picture:
    (seconds * 16 000,), -1 to 1; nothing at all of a video without sound.

    What cannot be decoded, and what is before or after the sound, is silence.
    """
    with watched(path) as file, opened(file) as container:
        if not container.streams.audio:
            return
        pictures = video_stream(container)
        origin = float((pictures.start_time or 0) * pictures.time_base) if pictures is not None else 0.0
        waves = np.zeros((len(starts), round(seconds * RATE)), np.float32)
        begins = np.array([round(start * RATE) for start in starts])
        for at, samples in _samples(container, origin):
            for place in np.flatnonzero((begins < at + len(samples)) & (begins + waves.shape[1] > at)):
                offset = at - int(begins[place])
                first, last = max(offset, 0), min(offset + len(samples), waves.shape[1])
                waves[place, first:last] = samples[first - offset : last - offset]
        yield from np.clip(waves, -1, 1)


def _samples(container: Any, origin: float) -> Iterator[tuple[int, Wave]]:
    """Pieces of the first sound, each with the number of its first sample."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    end = 0
    for frame in _frames(container):
        begin = end if frame.time is None else round((frame.time - origin) * RATE)
        frame.pts = None  # what the pieces are called by is counted here
        for piece in resampler.resample(frame):
            samples = np.asarray(piece.to_ndarray().reshape(-1), np.float32)
            yield begin, samples
            begin += len(samples)
        end = begin


def _frames(container: Any) -> Iterator[Any]:
    """Those that can be decoded."""
    failed = 0
    stream = container.streams.audio[0]
    packets = container.demux(stream)
    while failed <= _TOLERATED_ERRORS:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except av.error.EOFError:  # the decoder has been emptied before
            continue
        except (IndexError, av.error.FFmpegError):
            failed += 1
            packets = container.demux(stream)  # goes on from here
            continue
        failed = 0
        yield from frames
