import io

import av
import cv2
import numpy as np
import pytest

from midspan.models.action.identity import DIM
from midspan.models.action.motion import in_words
from midspan.models.action.signature import describe

TIMES = np.arange(16) / 8


def shot(seed, dx=0.0, dy=0.0, whole=False):
    """16 frames of 96 x 128: blobs of colour, and a square that moves (dx, dy) pixels a frame."""
    rng = np.random.default_rng(seed)
    field = cv2.GaussianBlur(rng.random((300, 400, 3)).astype(np.float32), (0, 0), 9)
    field = (field - field.min()) / (field.max() - field.min())
    wide = (255 * field * rng.uniform(0.3, 1, 3)).astype(np.uint8)
    patch = cv2.resize(rng.integers(0, 255, (5, 5, 3), dtype=np.uint8), (24, 24))
    frames = []
    for k in range(16):
        x, y = int(dx * (k - 8)), int(dy * (k - 8))
        left, top = (130 - x, 100 - y) if whole else (130, 100)
        frame = wide[top : top + 96, left : left + 128].copy()
        if not whole:
            frame[36 + y : 60 + y, 52 + x : 76 + x] = patch
        frames.append(frame)
    return np.stack(frames)


def encoded_again(frames, rate=8):
    """The same frames after a lossy codec."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt, stream.bit_rate = "yuv420p", 300_000
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    buffer.seek(0)
    with av.open(buffer) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def brighter(frames):
    return np.clip(frames.astype(np.float32) * 1.1 + 6, 0, 255).astype(np.uint8)


def smaller(frames):
    return np.stack([cv2.resize(frame, (80, 60), interpolation=cv2.INTER_AREA) for frame in frames])


@pytest.mark.parametrize("changed", [encoded_again, brighter, smaller])
def test_a_changed_copy_is_nearest_to_its_original(changed):
    shots = [shot(seed, dx=2 - seed % 3) for seed in range(8)]
    originals = np.stack([describe(frames, TIMES).vector for frames in shots])
    copies = np.stack([describe(changed(frames), TIMES).vector for frames in shots])
    cosine = copies @ originals.T
    assert list(cosine.argmax(axis=1)) == list(range(8))
    assert cosine.diagonal().min() > 0.95
    assert cosine[~np.eye(8, dtype=bool)].max() < cosine.diagonal().min()


def test_vector_has_length_one_and_a_fixed_dimension():
    for frames in (shot(1), np.zeros((3, 50, 40, 3), np.uint8)):
        vector = describe(frames, TIMES[: len(frames)]).vector
        assert vector.shape == (DIM,) and vector.dtype == np.float32
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("dx", "dy", "direction"), [(2, 0, "right"), (-2, 0, "left"), (0, 2, "down"), (0, -2, "up")]
)
@pytest.mark.parametrize("whole", [False, True])
def test_direction_is_that_on_the_screen(dx, dy, direction, whole):
    motion = describe(shot(4, dx, dy, whole), TIMES).motion
    assert (motion.direction, motion.whole, motion.moving) == (direction, whole, True)


def test_a_still_shot_does_not_move():
    found = describe(shot(2), TIMES)
    assert not found.motion.moving
    assert in_words(found.motion, found.colours, found.brightness).startswith("still; ")


def test_speed_is_in_frame_widths_a_second():
    motion = describe(shot(4, 2, 0, whole=True), TIMES).motion
    assert motion.speed == pytest.approx(2 / 128 * 8, rel=0.15)


def test_a_cut_is_no_motion():
    frames = np.concatenate([np.full((8, 48, 64, 3), 10, np.uint8), np.full((8, 48, 64, 3), 240, np.uint8)])
    assert not describe(frames, TIMES).motion.moving


def test_one_frame_is_enough():
    assert not describe(shot(3)[:1], TIMES[:1]).motion.moving


@pytest.mark.parametrize(
    ("colour", "words"),
    [
        ((220, 20, 20), "mostly red"),
        ((20, 180, 30), "mostly green"),
        ((20, 40, 230), "mostly blue"),
        ((0, 0, 0), "mostly black; dark"),
        ((255, 255, 255), "mostly white; bright"),
    ],
)
def test_colours_in_words(colour, words):
    frames = np.tile(np.array(colour, np.uint8), (4, 48, 64, 1))
    found = describe(frames, TIMES[:4])
    assert found.colours.sum() == pytest.approx(1, abs=1e-5)
    assert words in in_words(found.motion, found.colours, found.brightness)
