"""Mean average precision of actions in time, against what can be counted by hand."""

from __future__ import annotations

import math

import pytest

from midspan.models.action.evaluation.localisation import Interval, average_precisions, mean_average_precision

TRUTH = [Interval("a", 0, 4, "put"), Interval("a", 10, 14, "put"), Interval("b", 0, 4, "take")]


def said(video: str, start: float, end: float, action: str, score: float) -> Interval:
    return Interval(video, start, end, action, score)


def test_all_that_is_there_and_nothing_else_is_one() -> None:
    assert mean_average_precision(TRUTH, TRUTH, 0.5) == 1


def test_nothing_is_nought_and_no_truth_is_no_number() -> None:
    assert mean_average_precision([], TRUTH, 0.5) == 0
    assert math.isnan(mean_average_precision(TRUTH, [], 0.5))


def test_an_answer_counts_from_the_overlap_on() -> None:
    half = [said("b", 1, 5, "take", 1)]  # 3 of 5 seconds
    truth = TRUTH[2:]
    assert mean_average_precision(half, truth, 0.6) == 1
    assert mean_average_precision(half, truth, 0.61) == 0


def test_another_video_or_another_action_is_wrong() -> None:
    assert mean_average_precision([said("a", 0, 4, "take", 1)], TRUTH[2:], 0.5) == 0
    assert mean_average_precision([said("b", 0, 4, "put", 1)], TRUTH[2:], 0.5) == 0


def test_a_truth_is_found_once() -> None:
    twice = [said("b", 0, 4, "take", 0.9), said("b", 0, 4, "take", 0.8)]
    assert mean_average_precision(twice, TRUTH[2:], 0.5) == 1
    assert average_precisions(twice, [*TRUTH[2:], Interval("b", 8, 9, "take")], 0.5) == {"take": 0.5}


def test_a_surer_mistake_costs_and_a_less_sure_one_does_not() -> None:
    right, wrong = said("b", 0, 4, "take", 0.5), ("b", 50, 54, "take")
    assert mean_average_precision([right, said(*wrong, 0.9)], TRUTH[2:], 0.5) == 0.5
    assert mean_average_precision([right, said(*wrong, 0.1)], TRUTH[2:], 0.5) == 1


def test_precision_is_interpolated() -> None:
    """Right, wrong, right: 1 at the first half of recall, 2/3 at the second."""
    answers = [
        said("a", 0, 4, "put", 0.9),
        said("a", 50, 54, "put", 0.8),
        said("a", 10, 14, "put", 0.7),
    ]
    assert average_precisions(answers, TRUTH[:2], 0.5) == {"put": pytest.approx((1 + 2 / 3) / 2)}


def test_actions_count_alike_however_frequent() -> None:
    answers = [said("a", 0, 4, "put", 1), said("a", 10, 14, "put", 1)]
    assert mean_average_precision(answers, TRUTH, 0.5) == 0.5
