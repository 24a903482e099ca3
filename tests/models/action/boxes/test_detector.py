"""The detector that ships, on drawn clips that it did not learn from; and that it can be trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from midspan.errors import WrongUse
from midspan.models.action.boxes.detector import SHIPPED_NAME, shipped_detector
from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.models.action.boxes.joined import JoinedDetectors
from midspan.models.action.boxes.learned import training
from midspan.models.action.boxes.learned.detector import LearnedDetector
from midspan.models.action.boxes.learned.drawn import Picture, film_pictures
from midspan.models.action.boxes.learned.views import drawn_view
from midspan.models.action.boxes.matching import matched, total


@pytest.fixture(scope="module")
def detector() -> LearnedDetector:
    return shipped_detector()


def test_it_finds_most_hands_and_things_of_films_it_never_saw(detector: LearnedDetector) -> None:
    pictures = film_pictures("unseen_test", 6, seed=101)
    for place, category in enumerate(("hand", "object")):
        parts = []
        for picture, found in zip(pictures, detector(np.stack([p.rgb for p in pictures])), strict=True):
            boxes = [box.box for box in found if box.category == category]
            parts.append(matched(np.array(boxes).reshape(-1, 4), picture.boxes[picture.categories == place]))
        assert total(parts).recall > 0.5 and total(parts).false_a_frame < 0.5


def test_it_finds_nothing_where_nothing_is(detector: LearnedDetector) -> None:
    grey = np.full((2, 96, 170, 3), 120, np.uint8)
    assert detector(grey) == [(), ()] and detector(grey[:0]) == []


def test_it_stops_when_it_is_told_to(detector: LearnedDetector) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        detector(np.zeros((1, 96, 96, 3), np.uint8), stop)


def test_a_view_moves_the_boxes_with_the_picture() -> None:
    """A bright rectangle on black is where its box says, mirrored or shifted or made larger as it may be."""
    rgb = np.zeros((112, 112, 3), np.uint8)
    rgb[40:70, 20:50] = 255
    box = np.array([[20, 40, 50, 70]], np.float32) / 112
    marked = Picture(rgb, box, np.zeros(1, np.int8))
    compared = 0
    for seed in range(12):
        view = drawn_view(marked, np.random.default_rng(seed))
        assert view.rgb.shape == (96, 96, 3) and len(view.boxes) == len(view.categories)
        assert ((view.boxes >= 0) & (view.boxes <= 1)).all()
        light = view.rgb.max(-1).astype(float)
        down, across = np.nonzero(light > (light.min() + light.max()) / 2)
        if len(view.boxes):
            seen = np.array([across.min(), down.min(), across.max() + 1, down.max() + 1]) / 96
            np.testing.assert_allclose(view.boxes[0], seen, atol=0.03)
            compared += 1
    assert compared > 6


@pytest.mark.slow
def test_it_is_trained_without_data_and_goes_on_where_it_was(tmp_path: Path) -> None:
    options = {"seed": 3, "epochs": 1, "films": 6}

    class Killed(Exception):
        pass

    def kill(progress: object) -> None:
        if progress.step == 3:  # type: ignore[attr-defined]
            raise Killed

    with pytest.raises(Killed):
        training.train_detector(tmp_path / "a", tmp_path / "work", report=kill, **options)  # type: ignore
    assert not (tmp_path / "a").exists()
    card = training.train_detector(tmp_path / "a", tmp_path / "work", **options)  # type: ignore[arg-type]
    assert card["name"] == SHIPPED_NAME and card["engines"]["largest_difference"] < 1e-3
    assert len(LearnedDetector.load(tmp_path / "a")(np.zeros((1, 96, 96, 3), np.uint8))) == 1


def test_data_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="leave --data away"):
        training.train_detector(tmp_path / "a", tmp_path / "work", data=tmp_path)


class Always:
    def __init__(self, *boxes: FrameBox) -> None:
        self.boxes = boxes

    def __call__(self, frames, check=lambda: None):  # type: ignore[no-untyped-def]
        return [self.boxes] * len(frames)


def test_of_several_detectors_the_surest_box_of_a_place_stays() -> None:
    sure, unsure = (FrameBox("hand", (0.1, 0.1, 0.5, 0.5), score) for score in (0.9, 0.4))
    cup = FrameBox("object", (0.1, 0.1, 0.5, 0.5), 0.3)
    joined = JoinedDetectors([Always(unsure, cup), Always(sure)])
    assert joined(np.zeros((2, 8, 8, 3), np.uint8)) == [(sure, cup)] * 2
