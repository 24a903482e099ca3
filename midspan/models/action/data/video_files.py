"""Videos with sound, and flow as pictures, of the benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt

from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.sound import RATE, Samples
from midspan.models.kit.files import whole

FPS = 12
_PRESET = "superfast"
"""Slower ones do not give the same bytes for the same pictures every time."""
CRF = 23
"""x264's constant rate factor: the higher, the smaller the file and the worse the picture."""
HEIGHT = 240
FLOW_MIDDLE, FLOW_SCALE = 128, 8
"""A byte of a flow picture is FLOW_MIDDLE + FLOW_SCALE times the pixels moved."""


def size_of(aspect: float) -> tuple[int, int]:
    """Width and height of a video, both even."""
    return 2 * round(HEIGHT * aspect / 2), HEIGHT


def write_video(
    pieces: Iterable[npt.NDArray[np.uint8]],
    wave: Samples,
    size: tuple[int, int],
    path: Path,
    *,
    crf: int = CRF,
) -> None:
    """H.264 and AAC in MP4; ``pieces`` are (frames, height, width, 3) RGB, the ``wave`` is at 16 kHz."""
    with whole(path) as half, av.open(str(half), "w", format="mp4") as film:
        pictures: Any = film.add_stream("libx264", rate=FPS, options={"crf": str(crf), "preset": _PRESET})
        pictures.width, pictures.height = size
        pictures.pix_fmt, pictures.thread_count = "yuv420p", 1
        sound: Any = film.add_stream("aac", rate=RATE, layout="mono")
        for piece in pieces:
            for picture in piece:
                film.mux(pictures.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(pictures.encode(None))
        samples = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        samples.sample_rate = RATE
        film.mux(sound.encode(samples))
        film.mux(sound.encode(None))


def write_flow(rgb: npt.NDArray[np.uint8], folder: Path) -> None:
    """One JPEG a step, from 0001.jpg on: x in the red, y in the green, 0 in the blue channel."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, flow in enumerate(optical_flow(rgb).astype(np.float32), start=1):
        picture = np.zeros((*flow.shape[:2], 3), np.uint8)
        picture[..., 2], picture[..., 1] = (
            np.clip(np.rint(FLOW_MIDDLE + FLOW_SCALE * flow[..., axis]), 0, 255) for axis in (0, 1)
        )
        with whole(folder / f"{number:04}.jpg") as half:
            half.write_bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes())
