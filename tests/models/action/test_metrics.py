import numpy as np
import pytest

from midspan.models.action.metrics import among_first, average_precision, ece, mean_average_precision, one_hot

SCORES = np.array([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.1, 0.6, 0.3], [0.2, 0.1, 0.7]])


def test_among_the_first_k():
    labels = np.array([0, 1, 0, 1])
    assert among_first(SCORES, labels, 1).tolist() == [True, False, False, False]
    assert among_first(SCORES, labels, 2).tolist() == [True, True, False, False]
    assert among_first(SCORES, labels, 3).all() and among_first(SCORES, labels, 9).all()


def test_average_precision_by_hand():
    """In the order of their scores: right, wrong, right."""
    found = average_precision(np.array([0.2, 0.9, 0.5]), np.array([True, True, False]))
    assert found == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_a_class_without_a_clip_is_left_out():
    truth = one_hot(np.array([0, 0, 1, 1]), 3)
    assert mean_average_precision(SCORES, truth) == pytest.approx((1 + (1 + 2 / 4) / 2) / 2)
    assert np.isnan(mean_average_precision(SCORES, np.zeros((4, 3), bool)))


def test_a_clip_without_a_class_counts_against_all():
    truth = one_hot(np.array([-1, 0, 1, 1]), 3)
    assert not truth[0].any()
    assert mean_average_precision(SCORES[:, :1], truth[:, :1]) == pytest.approx(0.5)


def test_calibration_error_is_in_percent():
    """Ten answers of confidence 0.8, of which six are right."""
    shares = np.tile([0.8, 0.2], (10, 1))
    assert ece(shares, np.array([0] * 6 + [1] * 4)) == pytest.approx(20)
