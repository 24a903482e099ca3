import numpy as np
import pytest

from midspan.models.kit.calibration import (
    balanced_accuracy,
    calibration_error_by_chance,
    expected_calibration_error,
    fit_temperature,
    reliability,
    softmax,
    threshold_of_balanced_accuracy,
)


def test_temperature_of_overconfident_logits_is_found():
    rng = np.random.default_rng(0)
    honest = rng.normal(size=(4000, 5)) * 2
    answers = np.array([rng.choice(5, p=row) for row in softmax(honest)])
    assert fit_temperature(honest * 3, np.eye(5, dtype=bool)[answers]) == pytest.approx(3, rel=0.1)


def test_reliability_counts_every_answer_once():
    confidence = np.array([0.05, 0.1, 0.11, 0.95, 1.0])
    right = np.array([False, True, False, True, True])
    rows = reliability(confidence, right)
    assert [(row.count, row.accuracy) for row in rows] == [(2, 0.5), (1, 0.0), (2, 1.0)]
    assert rows[0].confidence == pytest.approx(0.075)


def test_calibration_error_is_the_mean_gap():
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    right = np.array([True] * 7 + [False] * 3 + [True] * 6 + [False] * 4)
    assert expected_calibration_error(confidence, right) == pytest.approx((10 * 0.2 + 10 * 0.0) / 20)


def test_few_answers_have_a_large_calibration_error_by_chance():
    always = calibration_error_by_chance(np.ones(50))
    few, many = (calibration_error_by_chance(np.full(count, 0.5)) for count in (25, 2500))

    assert always == 0
    # the mean distance of a share of n fair draws from a half is about sqrt(1 / (2 pi n))
    assert few == pytest.approx(0.08, abs=0.01) and many == pytest.approx(0.008, abs=0.001)


def test_the_threshold_of_balanced_accuracy_is_the_best_of_all() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(200) < 0.2
    scores = np.round(rng.normal(truth, 1), 1)  # many are equal
    best = max(balanced_accuracy(scores >= one, truth) for one in scores)
    assert balanced_accuracy(scores >= threshold_of_balanced_accuracy(scores, truth), truth) == best
    assert best > balanced_accuracy(scores >= scores.min(), truth) == 0.5
