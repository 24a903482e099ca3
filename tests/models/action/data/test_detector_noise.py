from __future__ import annotations

import numpy as np
import pytest

from midspan.models.action.data.arrays import HAND, NOTHING, OBJECT
from midspan.models.action.data.detector_noise import NOISES, Detections, Noise, detect, layout, oracle
from midspan.models.action.data.tracks import TrueTrack

FPS, FRAMES = 12.0, 900


def _standing(category: str, box: tuple[float, ...], frames: int = FRAMES) -> TrueTrack:
    return TrueTrack(category, category, "x", np.tile(np.float32(box), (frames, 1)))  # type: ignore[arg-type]


def _tracks(frames: int = FRAMES) -> list[TrueTrack]:
    hands = [_standing("hand", (0.3, 0.3, 0.69, 0.88), frames) for _ in range(12)]
    return hands + [_standing("object", (0.1, 0.2, 0.45, 0.84), frames) for _ in range(12)]


def _runs(missing: np.ndarray) -> list[int]:
    """Lengths of the runs of misses that begin and end within the film."""
    edges = np.flatnonzero(np.diff(missing.astype(int)))
    starts = [e for e in edges if missing[e + 1]]
    return [int(edges[edges > s][0] - s) for s in starts if (edges > s).any()]


@pytest.fixture(scope="module")
def realistic() -> Detections:
    return detect(_tracks(), "realistic", FPS, np.random.default_rng(3))


def test_nearly_half_of_the_boxes_are_missed(realistic: Detections) -> None:
    missing = np.isnan(realistic.boxes[:24, :, 0])
    assert abs(missing[:12].mean() - 0.42) < 0.08 and abs(missing[12:].mean() - 0.48) < 0.08


def test_misses_come_in_runs_of_8_to_16_frames(realistic: Detections) -> None:
    runs = [run for row in realistic.boxes[:24, :, 0] for run in _runs(np.isnan(row))]
    assert 8 <= np.mean(runs) <= 16


def test_boxes_are_off_by_what_was_measured(realistic: Detections) -> None:
    true = oracle(_tracks()).boxes
    error = (realistic.boxes[:24] - true).reshape(24, -1)
    robust = 1.4826 * np.nanmedian(np.abs(error), axis=1)
    assert 0.03 < np.median(robust[:12]) < 0.08
    assert 0.01 < np.median(robust[12:]) < 0.06
    assert 0.05 < np.nanstd(error[12:]) < 0.15


def test_boxes_drift_slowly(realistic: Detections) -> None:
    row = realistic.boxes[:12] - oracle(_tracks()).boxes[:12]
    steps = np.diff(row, axis=1)
    assert np.nanstd(steps) < 0.5 * np.nanstd(row)


def test_two_or_three_boxes_a_frame_are_of_nothing() -> None:
    counts = []
    for seed in range(60):
        found = detect(_tracks(48), "realistic", FPS, np.random.default_rng(seed))
        counts.append((~np.isnan(found.boxes[24:, :, 0])).sum() / 48)
    assert 2.2 <= np.mean(counts) <= 2.7


def test_runs_are_set_in_seconds() -> None:
    found = detect(_tracks(), "realistic", 24.0, np.random.default_rng(3))
    runs = [run for row in found.boxes[:24, :, 0] for run in _runs(np.isnan(row))]
    assert 16 <= np.mean(runs) <= 32


def test_the_old_noise_is_small_and_independent() -> None:
    found = detect(_tracks(), "old", FPS, np.random.default_rng(1))
    missing = np.isnan(found.boxes[:24, :, 0])
    assert abs(missing.mean() - 0.05) < 0.01
    assert abs(np.nanstd(found.boxes[:24] - oracle(_tracks()).boxes) - 0.008) < 0.001
    assert abs((~np.isnan(found.boxes[24, :, 0])).mean() - 0.04) < 0.02
    assert np.mean([run for row in missing for run in _runs(row)]) < 1.2


@pytest.mark.parametrize("noise", NOISES)
def test_nothing_is_detected_of_what_is_out_of_the_picture(noise: Noise) -> None:
    gone = TrueTrack("thing-0", "object", "x", np.full((50, 4), np.nan, np.float32))
    found = detect([gone], noise, FPS, np.random.default_rng(0))
    assert np.isnan(found.boxes[0]).all()


@pytest.mark.parametrize("noise", NOISES)
def test_the_same_seed_gives_the_same_detections(noise: Noise) -> None:
    one, two = (detect(_tracks(16), noise, FPS, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.boxes, two.boxes)
    np.testing.assert_array_equal(one.scores, two.scores)


@pytest.mark.parametrize("noise", NOISES)
def test_detections_lie_in_the_picture(noise: Noise) -> None:
    found = detect(_tracks(200), noise, FPS, np.random.default_rng(2))
    boxes = found.boxes[~np.isnan(found.boxes[..., 0])]
    assert (boxes >= 0).all() and (boxes <= 1).all() and (boxes[:, 2:] > boxes[:, :2]).all()
    assert (found.scores > 0).all() and (found.scores < 1).all()


def test_a_layout_keeps_the_best_six_in_order_of_score() -> None:
    boxes = np.tile(np.float32([0.1, 0.1, 0.5, 0.5]), (8, 1, 1))
    boxes[7] = np.nan
    scores = np.float32([[0.3], [0.9], [0.5], [0.1], [0.7], [0.6], [0.2], [0.99]])
    categories = np.int8([1, 2, 1, 1, 1, 1, 1, 1])
    found = layout(Detections(boxes, categories, scores, tuple(range(8))))
    np.testing.assert_allclose(found.scores[0], [0.9, 0.7, 0.6, 0.5, 0.3, 0.2])
    assert found.categories[0].tolist() == [HAND, *[OBJECT] * 5]


def test_a_layout_pads_with_nothing() -> None:
    found = layout(oracle([_standing("hand", (0.1, 0.1, 0.5, 0.5), 3)]))
    assert found.categories[0].tolist() == [HAND, *[NOTHING] * 5]
    assert not found.boxes[:, 1:].any() and not found.scores[:, 1:].any()
