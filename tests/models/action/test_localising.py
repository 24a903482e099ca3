"""Windows with probabilities to actions in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from midspan.models.action.localising import Rules, Span, calibrated, candidates, localise, overlap, smooth

PLAIN = Rules(threshold=0.5, kept=0.5, smoothed=1, least=0.1)


def windows(curves: np.ndarray, rules: Rules = PLAIN) -> list[Span]:
    """Windows of two seconds, half a second apart; what the curves (n, actions) leave is of no action."""
    starts = 0.5 * np.arange(len(curves))
    rest = np.clip(1 - curves.sum(axis=1, keepdims=True), 0, 1)
    return localise(starts, starts + 2, np.concatenate([curves, rest], axis=1), rules)


def curve(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def times(spans: list[Span]) -> list[tuple[float, float]]:
    return [(one.start, one.end) for one in spans]


def test_an_action_is_where_its_windows_have_their_middles() -> None:
    (span,) = windows(curve(0, 0, 0.9, 0.9, 0, 0))
    assert times([span]) == [(1.75, 2.75)]
    assert (span.action, span.windows, span.score) == (0, (2, 3), pytest.approx(0.9))


def test_at_the_ends_of_a_video_it_reaches_to_them() -> None:
    assert times(windows(curve(0.9, 0.9))) == [(0.0, 2.5)]


def test_it_grows_while_a_share_of_the_threshold_is_kept() -> None:
    assert windows(curve(0, 0.3, 0.6, 0.3, 0.2))[0].windows == (1, 2, 3)
    assert windows(curve(0, 0.3, 0.4, 0.3, 0)) == []


def test_the_surest_three_windows_say_how_sure_it_is() -> None:
    (span,) = windows(curve(0.5, 0.9, 0.6, 0.9, 0.5))
    assert span.score == pytest.approx((0.9 + 0.9 + 0.6) / 3)


def test_two_verbs_that_are_hard_to_tell_apart_are_one_action_with_two_answers() -> None:
    """None alone reaches the threshold."""
    (span,) = windows(np.array([[0.3, 0.45]] * 4))
    assert span.scores == pytest.approx([0.3, 0.45]) and span.action == 1


def test_a_window_that_disagrees_with_those_around_it_parts_nothing() -> None:
    curves = np.array([[0.9, 0.05]] * 3 + [[0.05, 0.9]] + [[0.9, 0.05]] * 3)
    assert [(one.action, len(one.windows)) for one in windows(curves)] == [(0, 7)]


def test_two_actions_one_after_the_other_stay_two() -> None:
    found = windows(np.array([[0.9, 0]] * 4 + [[0, 0.8]] * 4))
    assert [one.action for one in found] == [0, 1]
    assert found[0].end == found[1].start


def test_what_is_not_sure_enough_is_a_candidate_and_no_claim() -> None:
    curves, rules = np.array([[0.3, 0.3]] * 4), replace(PLAIN, least=0.4)
    assert windows(curves, rules) == []
    rest = 1 - curves.sum(axis=1, keepdims=True)
    starts = 0.5 * np.arange(4)
    (span,) = candidates(starts, starts + 2, np.concatenate([curves, rest], axis=1), rules)
    assert span.score == pytest.approx(0.3)


def test_scores_are_calibrated_on_the_line_of_their_log_odds() -> None:
    scores = np.array([0.2, 0.5, 0.9])
    assert calibrated(scores, Rules()) == pytest.approx(scores)
    odds = scores / (1 - scores)
    steeper = calibrated(scores, Rules(scale=2.0, shift=float(np.log(3))))
    assert steeper / (1 - steeper) == pytest.approx(3 * odds**2)


def test_an_average_evens_out_a_single_window() -> None:
    assert smooth(curve(0, 0, 0.9, 0, 0), 3)[:, 0] == pytest.approx([0, 0.3, 0.3, 0.3, 0])
    assert smooth(curve(0.6, 0), 3)[:, 0] == pytest.approx([0.3, 0.3])
    with pytest.raises(ValueError, match="odd"):
        smooth(curve(1), 2)


def test_no_windows_are_no_actions_and_shapes_are_checked() -> None:
    assert localise(np.zeros(0), np.zeros(0), np.zeros((0, 3))) == []
    with pytest.raises(ValueError, match="2 starts"):
        localise(np.zeros(2), np.zeros(2), np.zeros((3, 3)))


@given(
    arrays(np.float64, (12, 3), elements=st.floats(0, 1, width=32)), st.floats(0.1, 0.9), st.floats(0.1, 0.9)
)
def test_whatever_is_said_actions_are_in_the_video_sure_enough_and_apart(
    said: np.ndarray, threshold: float, least: float
) -> None:
    shares = said / np.maximum(said.sum(1, keepdims=True), 1)
    found = windows(shares, Rules(threshold=threshold, smoothed=1, least=least))
    assert found == sorted(found, key=lambda one: one.start)
    for place, one in enumerate(found):
        assert 0 <= one.start < one.end <= 7.5
        assert least <= one.score <= 1
        assert all(overlap(one, other) == 0 for other in found[place + 1 :])
