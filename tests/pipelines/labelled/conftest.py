"""Small labelled videos: a bright square goes to the right or to the left, with a tone."""

from pathlib import Path

import numpy as np
import pytest

from midspan.models.action.data.sound import RATE
from midspan.models.action.data.video_files import FPS, write_video
from midspan.pipelines.confined.confined import Confined

SIZE = (96, 72)


def square(frames, *, right, ground=40):
    """(frames, 72, 96, 3)"""
    shown = np.full((frames, 72, 96, 3), ground, np.uint8)
    for frame, left in enumerate(np.linspace(4, 68, frames).round().astype(int)):
        left = left if right else 72 - left
        shown[frame, 20:44, left : left + 24, 0] = 230
    return shown


def tone(seconds, begin=0.0):
    """Silence, and from ``begin`` on 880 Hz."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.where(time < begin, 0, 0.5 * np.sin(2 * np.pi * 880 * time)).astype(np.float32)


@pytest.fixture(scope="session")
def squares(tmp_path_factory):
    """A folder with twelve videos of two seconds, six to a verb, without boxes."""
    folder = tmp_path_factory.mktemp("squares")
    for number in range(12):
        shown = square(2 * FPS, right=number % 2 == 0, ground=10 + 5 * number)
        write_video([shown], tone(2.0), SIZE, folder / f"{number}.mp4")
    return folder


@pytest.fixture
def labelled(squares, tmp_path) -> Path:
    """A folder of its own with these videos and their table of labels."""
    for path in squares.iterdir():
        (tmp_path / path.name).symlink_to(path)
    rows = [f"{number}.mp4,{('go right', 'go left')[number % 2]}" for number in range(12)]
    (tmp_path / "labels.csv").write_text("\n".join(["video,verb", *rows]) + "\n")
    return tmp_path


@pytest.fixture(scope="session")
def confined():
    made = Confined()
    yield made
    made.close()
