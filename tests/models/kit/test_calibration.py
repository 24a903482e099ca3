import numpy as np
import pytest

from midspan.models.kit.calibration import (
    balanced_accuracy,
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


def test_the_threshold_of_balanced_accuracy_is_the_best_of_all() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(200) < 0.2
    scores = np.round(rng.normal(truth, 1), 1)  # many are equal
    best = max(balanced_accuracy(scores >= one, truth) for one in scores)
    assert balanced_accuracy(scores >= threshold_of_balanced_accuracy(scores, truth), truth) == best
    assert best > balanced_accuracy(scores >= scores.min(), truth) == 0.5
