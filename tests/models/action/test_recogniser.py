"""What is said of windows: verbs in the order that is promised, no action last."""

from types import SimpleNamespace

import numpy as np
import pytest

from midspan.models.action.classes import NO_ACTION
from midspan.models.action.clips import read_data
from midspan.models.action.data.arrays import Layout
from midspan.models.action.recogniser import Recogniser
from midspan.models.action.training.branches import train_branch
from midspan.models.action.training.fusion import train_fusion
from midspan.models.action.training.saving import save_trained

CARD = {"name": "toy", "trained_on": "squares", "retrain": "none"}


@pytest.fixture(scope="module")
def folders(toy_data, tmp_path_factory):
    data, out = read_data(toy_data), tmp_path_factory.mktemp("models")
    student = train_branch("rgb", data.train, data.selection, out / "work", seed=0, epochs=8, batch=16)
    fusion = train_fusion("cacnf", data.train, data.selection, out / "work", seed=0, epochs=8)
    save_trained(out / "student", student, data.selection, CARD)
    save_trained(out / "fusion", fusion, data.selection, CARD)
    return data, out


@pytest.fixture(scope="module")
def recogniser(folders):
    return Recogniser.load(folders[1] / "student", folders[1] / "fusion")


def test_frames_alone_tell_the_verb(folders, recogniser):
    clips = folders[0].unseen_test
    said = recogniser.of_frames(clips.array("rgb"))
    assert recogniser.verbs == ("go_right", "go_left")
    assert said.verbs.shape == (len(clips), 3) and said.verbs.dtype == np.float32
    assert np.allclose(said.verbs.sum(1), 1, atol=1e-5) and not said.verbs[:, -1].any()
    assert (said.verbs.argmax(1) == clips.array("verb")).mean() > 0.8


def test_boxes_are_asked_too(folders, recogniser):
    clips = folders[0].unseen_test
    parts = [clips.array(f"seen.{name}") for name in ("boxes", "categories", "scores")]
    layouts = [Layout(*one) for one in zip(*parts, strict=True)]
    of_frames = recogniser.of_frames(clips.array("rgb"))
    said = recogniser.of_boxes(of_frames, clips.array("rgb"), layouts)
    assert (said.verbs.argmax(1) == clips.array("verb")).mean() > 0.8
    assert not np.array_equal(said.verbs, of_frames.verbs)
    assert np.allclose(said.verbs.sum(1), 1, atol=1e-5)


def test_no_windows_are_no_answers(recogniser):
    said = recogniser.of_frames(np.zeros((0, 8, 64, 64, 3), np.uint8))
    assert said.verbs.shape == (0, 3)


def test_no_action_comes_last_wherever_the_model_has_it():
    classes = SimpleNamespace(names={"verb": (NO_ACTION, "push", "pull")}, total=3)
    student = SimpleNamespace(
        classes=classes,
        said=lambda shown, check: np.zeros((1, 3), np.float32),
        probabilities=lambda logits: {"verb": np.array([[0.5, 0.3, 0.2]])},
    )
    said = Recogniser(student, None).of_frames(np.zeros((1, 8, 64, 64, 3), np.uint8))
    assert np.allclose(said.verbs, [[0.3, 0.2, 0.5]])
