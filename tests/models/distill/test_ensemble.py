"""Weights of teachers and the mean of their logits, on numbers made by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from midspan.models.action.classes import Classes
from midspan.models.action.training.task import ClipBatch
from midspan.models.distill.ensemble import (
    WEIGHTINGS,
    cross_entropies,
    dataset_weights,
    ensemble,
    sample_weights,
    softmin,
)
from midspan.models.distill.loss import DistillObjective, Mix, divergence

CLASSES = Classes({"verb": ("a", "b", "c"), "noun": ("x", "y")})
LABELS = np.array([[0, 1], [2, -1]])
SURE = {"verb": np.array([[9.0, 0, 0], [0, 0, 9]]), "noun": np.array([[0.0, 9], [0, 9]])}
WRONG = {"verb": np.array([[0.0, 9, 0], [9, 0, 0]])}


def test_losses_are_those_of_the_labels():
    found = cross_entropies(SURE["noun"], LABELS[:, 1])
    assert found[0] == pytest.approx(np.log1p(np.exp(-9))) and np.isnan(found[1])


def test_even_weights_are_the_mean_of_logits_of_those_that_have_the_head():
    said = ensemble({"one": SURE, "other": WRONG}, CLASSES)
    np.testing.assert_allclose(said[:, :3], (SURE["verb"] + WRONG["verb"]) / 2)
    np.testing.assert_allclose(said[:, 3:], SURE["noun"])


@pytest.mark.parametrize("weighting", ["per-sample", "full-dataset"])
def test_who_is_right_counts_more(weighting):
    weights = dataset_weights({"one": SURE, "other": WRONG}, LABELS, CLASSES)
    said = ensemble({"one": SURE, "other": WRONG}, CLASSES, weighting, labels=LABELS, weights=weights)
    np.testing.assert_allclose(said[:, :3], SURE["verb"], atol=0.01)


def test_weights_of_single_clips_differ_between_clips():
    half = np.stack([SURE["verb"], np.stack([WRONG["verb"][0], SURE["verb"][1]])])
    weights = sample_weights(half, LABELS[:, 0])
    assert weights[0, 0] > 0.99 and weights[0, 1] == pytest.approx(0.5)


def test_a_clip_without_a_label_weighs_its_teachers_evenly():
    assert sample_weights(np.stack([SURE["noun"], -SURE["noun"]]), LABELS[:, 1])[:, 1].tolist() == [0.5, 0.5]


def test_views_are_weighted_like_clips():
    views = {"one": {"verb": np.stack([SURE["verb"], WRONG["verb"]])}, "other": {"verb": np.zeros((2, 2, 3))}}
    said = ensemble(views, CLASSES.only("verb"), "per-sample", labels=LABELS[:, :1])
    assert said.shape == (2, 2, 3)
    np.testing.assert_allclose(said[0], SURE["verb"] * sample_weights(
        np.stack([SURE["verb"], np.zeros((2, 3))]), LABELS[:, 0])[0][:, None], rtol=1e-5)  # fmt: skip


@given(st.lists(st.floats(0, 20), min_size=1, max_size=5), st.floats(0.1, 10))
def test_softmin_is_a_distribution_that_falls_with_the_loss(losses, gamma):
    weights = softmin(np.array(losses), gamma)
    assert weights.sum() == pytest.approx(1)
    order = np.argsort(losses)
    assert (np.diff(weights[order]) <= 1e-12).all()


def test_the_greater_gamma_the_more_even():
    first, second = (softmin(np.array([0.0, 1.0]), gamma)[0] for gamma in (0.5, 5.0))
    assert first > second > 0.5


def test_there_are_three_weightings():
    assert WEIGHTINGS == ("uniform", "per-sample", "full-dataset")


# --- the loss ---


def test_the_divergence_is_that_of_softened_probabilities():
    teacher, student = torch.tensor([[2.0, 0.0, -1.0]]), torch.tensor([[0.0, 1.0, 0.5]])
    told, said = (torch.softmax(one / 2, 1) for one in (teacher, student))
    expected = 4 * (told * (told.log() - said.log())).sum()
    torch.testing.assert_close(divergence(teacher, student, 2.0), expected)
    assert divergence(teacher, teacher, 2.0) == 0


def test_the_student_is_taught_the_view_that_it_sees():
    """One view is right and one wrong: who says what the teacher said of its own view loses nothing."""
    taught = np.zeros((2, 3, 5), np.float32)
    taught[0, :, 0], taught[1, :, 1] = 8, 8
    objective = DistillObjective(taught, CLASSES, Mix())

    def loss(view, best):
        said = torch.zeros(2, 5)
        said[:, best] = 8
        batch = ClipBatch(np.array([0, 2]), view, (), torch.zeros((2, 2), dtype=torch.int64))
        return float(objective(batch, {"answer": {"verb": said[:, :3], "noun": said[:, 3:]}}))

    assert loss(0, 0) == loss(1, 1) == 0 and loss(0, 1) > 1 and loss(1, 0) > 1


def test_labels_can_be_mixed_in():
    batch = ClipBatch(np.array([0]), 0, (), torch.tensor([[1, 1]]))
    said = {"answer": {"verb": torch.zeros(1, 3), "noun": torch.zeros(1, 2)}}
    found = DistillObjective(np.zeros((1, 1, 5), np.float32), CLASSES, Mix(0.5, 0.5))(batch, said)
    assert float(found) == pytest.approx(0.5 * (np.log(3) + np.log(2)) / 2)
