"""Clips of the test split under other conditions, answered by something that looks at one thing alone."""

import numpy as np
import pytest

from midspan.models.action.boxes.frame_boxes import FrameBox
from midspan.models.action.classes import Classes
from midspan.models.action.evaluation import conditions
from midspan.models.action.evaluation.conditions import against_bias, against_views, by_boxes, is_drawn
from midspan.models.action.evaluation.drawn_anew import VERBS, as_clips, by_detector, drawn

EACH = 3


@pytest.fixture(scope="module")
def shown():
    return drawn(EACH, q=0.6, seed=5)


@pytest.fixture(scope="module")
def clips(shown):
    return as_clips(shown, q=0.6, seed=5)


class Answers:
    """Knows the verb of a clip that is seen at all; what it sees are boxes of score 1, or pictures."""

    classes = Classes({"verb": VERBS})

    def __init__(self, sees):
        self._sees = sees

    def of_clips(self, clips, views=None):
        truth = np.eye(len(VERBS))[clips.array("verb").astype(int)]
        return 9.0 * truth * self._sees(clips, views)[:, None]

    def probabilities(self, logits):
        return {"verb": logits}


def test_another_bias_changes_the_colours_of_the_same_clips(shown):
    other = drawn(EACH, q=0.0, seed=5)
    for one, two in zip(shown, other, strict=True):
        assert (one.verb, one.noun, one.style) == (two.verb, two.noun, two.style)
    one, two = (as_clips(each, q=0, seed=5).array("rgb") for each in (shown, other))
    assert not np.array_equal(one, two)
    assert [one.style for one in shown] == ["table"] * EACH + ["egocentric"] * EACH


def test_boxes_come_from_where_the_column_says(clips):
    """Only true boxes all have score 1."""
    sure = Answers(lambda clips, _: (clips.array("seen.scores").max((1, 2)) == 1).astype(float))
    detector = lambda frames: [(FrameBox("object", (0.1, 0.1, 0.9, 0.9), 0.5),)] * len(frames)  # noqa: E731
    extra = by_boxes({"sure": sure}, clips, EACH, lambda: detector)
    right = {one.at: one.right.mean for one in extra.rows}
    assert len(right) == 8
    assert {at for at, mean in right.items() if mean == 100} >= {
        "as they are, table",
        "as they are, close-up",
    }
    assert right["old noise, table"] < 100 and right["the detector that ships, table"] < 100
    assert "as they are, table | as they are, close-up | old noise, table" in "\n".join(extra.table.lines)


def test_a_detector_is_shown_every_frame_of_the_clip(shown, clips):
    box = FrameBox("hand", (0.25, 0.25, 0.5, 0.5), 0.5)
    found = by_detector(shown, clips, lambda: lambda frames: [(box,)] * len(frames))
    assert (found.array("seen.categories")[:, :, 0] == 2).all()
    assert np.abs(found.array("seen.boxes")[:, :, 0] - np.array(box.box)).max() < 1e-4
    np.testing.assert_array_equal(found.array("rgb"), clips.array("rgb"))


def test_each_bias_has_a_column_and_clips_of_its_own(clips):
    asked = []

    def sees(clips, _):
        asked.append(clips.parts[0].meta.q)
        return np.ones(len(clips))

    extra = against_bias({"all": Answers(sees)}, clips, EACH)
    assert asked == list(conditions.QS) and [one.right.mean for one in extra.rows] == [100] * 5


def test_views_are_averaged(clips):
    """A model that is right of moved clips alone is right from the second view on."""
    moved = Answers(lambda clips, views: np.full(len(clips), 0.0 if views is None else 1.0))
    extra = against_views({"moved": moved}, clips)
    first, *others = [one.right.mean for one in extra.rows]
    assert first < 100 and others == [100, 100, 100]


def test_drawn_clips_are_known_by_their_verbs(clips, toy_data):
    from midspan.models.action.clips import read_data

    assert is_drawn(clips) and not is_drawn(read_data(toy_data).train)
