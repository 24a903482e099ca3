"""What is to be said of a picture leads back to its boxes."""

import numpy as np
import pytest

from midspan.models.action.boxes.learned.drawn import Picture
from midspan.models.action.boxes.learned.heat_map import CATEGORIES, CELLS, CHANNELS, boxes_of, squeezed
from midspan.models.action.boxes.learned.targets import targets_of

HAND, CUP, PLATE = (0.05, 0.4, 0.35, 0.95), (0.5, 0.5, 0.7, 0.8), (0.0, 0.1, 0.9, 0.3)
LEAST = dict.fromkeys(CATEGORIES, 0.3)


def picture(boxes, categories):
    blank = np.zeros((8, 8, 3), np.uint8)
    return Picture(blank, np.array(boxes, np.float32).reshape(-1, 4), np.array(categories, np.int8))


def said_of(*pictures):
    """Logits and distances of a network that has learned everything."""
    to_say = targets_of(pictures)
    said = np.zeros((len(pictures), CHANNELS, CELLS, CELLS), np.float32)
    heat = to_say.heat.clip(1e-4, 1 - 1e-4)
    said[:, : len(CATEGORIES)] = np.log(heat / (1 - heat))
    said[:, len(CATEGORIES) :] = np.log(to_say.sides).reshape(len(pictures), -1, CELLS, CELLS)
    return said


def test_boxes_come_back_by_category():
    one, other = boxes_of(said_of(picture([HAND, CUP, PLATE], [0, 1, 1]), picture([], [])), LEAST)
    assert other == ()
    assert [box.category for box in one] == ["hand", "object", "object"]
    assert one[0].box == pytest.approx(HAND, abs=1e-3)
    things = sorted(box.box for box in one[1:])
    assert things == [pytest.approx(PLATE, abs=2e-3), pytest.approx(CUP, abs=1e-3)]


def test_a_hand_over_a_thing_hides_it_in_neither_map():
    (found,) = boxes_of(said_of(picture([CUP, CUP], [0, 1])), LEAST)
    assert [box.category for box in found] == ["hand", "object"]


def test_two_peaks_of_one_thing_are_one_box():
    said = said_of(picture([CUP], [1]))
    said[0, 1, 15, 17] = 8.0  # beside the middle, with the same sides
    assert len(boxes_of(said, LEAST)[0]) == 1


def test_frames_of_any_size_are_squeezed():
    frames = np.full((2, 96, 170, 3), 255, np.uint8)
    assert squeezed(frames).shape == (2, 3, 96, 96) and squeezed(frames).max() == 1
    assert squeezed(frames[:0]).shape == (0, 3, 96, 96)
