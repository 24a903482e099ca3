import numpy as np
import pytest

from midspan.models.scene.data.abstract_scenes import label_of
from midspan.models.scene.data.examples import Example, PlacedThing
from midspan.models.scene.evaluation.clip_arts import CLASSES, figures_of, train_clip_arts, truth_of


def scene(*names):
    """A text that names the things in words of its own."""
    said = {"boy": "mike", "girl": "jenny"}
    text = " . ".join(" ".join(said.get(word, word) for word in name.split()) for name in names)
    box = (0.5, 0.5, 0.1, 0.1)
    things = tuple(PlacedThing(name, name.split()[-1], None, box, 0, "right") for name in names)
    return Example(text, things, (), "test")


def scenes(count, seed):
    rng = np.random.default_rng(seed)
    names = ("owl", "sun", "tent", "running boy", "waving boy", "kicking girl", "running girl")
    return [scene(*rng.choice(names, 2, replace=False)) for _ in range(count)]


def test_it_finds_what_the_words_say():
    model = train_clip_arts(scenes(400, 0))
    figures = figures_of(model, scenes(80, 1))
    assert figures["f1"] > 95 and figures["pose_boy"] > 90 and figures["presence_girl"] > 95


def test_nobody_need_be_there():
    model = train_clip_arts(scenes(400, 0))
    (shares,) = model.probabilities(["owl . sun"])
    assert shares[CLASSES.index("owl")] > 0.5 > shares[CLASSES.index("boy")]


def test_truth_knows_a_person_s_pose():
    (row,) = truth_of([scene("running boy", "owl")])
    assert {name for name, there in zip(CLASSES, row, strict=True) if there} == {"owl", "boy", "running boy"}


@pytest.mark.parametrize(
    ("png", "label"), [("hb1_19s.png", "running girl"), ("hb0_0s.png", "reaching boy"), ("a_4s.png", "owl")]
)
def test_a_person_is_called_by_the_pose(png, label):
    assert label_of(png) == label
