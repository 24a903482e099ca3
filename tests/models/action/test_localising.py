"""Windows with probabilities to actions in time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from midspan.models.action.localising import Rules, Span, localise, overlap, smooth, suppressed

PLAIN = Rules(smoothed=1)


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


def test_it_grows_while_half_of_the_threshold_is_kept() -> None:
    assert windows(curve(0, 0.3, 0.6, 0.3, 0.2))[0].windows == (1, 2, 3)
    assert windows(curve(0, 0.3, 0.4, 0.3, 0)) == []


def test_the_score_is_the_mean_of_the_best_three_windows() -> None:
    (span,) = windows(curve(0.5, 0.9, 0.6, 0.9, 0.5))
    assert span.score == pytest.approx((0.9 + 0.9 + 0.6) / 3)


def test_a_short_gap_joins_and_a_long_one_does_not() -> None:
    torn = curve(0.9, 0.9, 0, 0.9, 0.9)
    assert [one.windows for one in windows(torn, Rules(smoothed=1, gap=0.75))] == [(0, 1, 3, 4)]
    assert len(windows(torn, Rules(smoothed=1, gap=0.5))) == 2


def test_two_actions_one_after_the_other_stay_two() -> None:
    curves = np.array([[0.9, 0]] * 4 + [[0, 0.8]] * 4)
    found = windows(curves)
    assert [one.action for one in found] == [0, 1]
    assert found[0].end == found[1].start


def test_of_two_at_once_the_surer_is_kept() -> None:
    assert [one.action for one in windows(np.array([[0.3, 0.6]] * 4), Rules(threshold=0.25))] == [1]


def test_what_is_too_short_goes() -> None:
    assert windows(curve(0, 0.9, 0), Rules(smoothed=1, shortest=0.75)) == []


def test_an_average_evens_out_a_single_window() -> None:
    assert smooth(curve(0, 0, 0.9, 0, 0), 3)[:, 0] == pytest.approx([0, 0.3, 0.3, 0.3, 0])
    assert smooth(curve(0.6, 0), 3)[:, 0] == pytest.approx([0.3, 0.3])
    with pytest.raises(ValueError, match="odd"):
        smooth(curve(1), 2)


def test_no_windows_are_no_actions_and_shapes_are_checked() -> None:
    assert localise(np.zeros(0), np.zeros(0), np.zeros((0, 3))) == []
    with pytest.raises(ValueError, match="2 starts"):
        localise(np.zeros(2), np.zeros(2), np.zeros((3, 3)))


@given(arrays(np.float64, (12, 3), elements=st.floats(0, 1, width=32)), st.floats(0.1, 0.9))
def test_whatever_is_said_actions_are_in_the_video_sure_enough_and_apart(
    curves: np.ndarray, threshold: float
) -> None:
    found = windows(curves, Rules(threshold=threshold))
    assert found == sorted(found, key=lambda one: (one.start, one.end, one.action))
    for place, one in enumerate(found):
        assert 0 <= one.start < one.end <= 7.5
        assert threshold / 2 <= one.score + 1e-9 <= 1 + 2e-9
        assert all(overlap(one, other) < 0.5 for other in found[place + 1 :])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5), st.integers(0, 100)), max_size=12))
def test_suppression_keeps_the_surest_and_all_that_is_apart_from_what_is_kept(
    made: list[tuple[int, int, int]],
) -> None:
    spans = [Span(start, start + length, 0, score / 100, ()) for start, length, score in made]
    kept = suppressed(spans, 0.5)
    if spans:
        assert max(spans, key=lambda one: one.score).score == kept[0].score
    for one in spans:
        assert one in kept or any(overlap(one, other) >= 0.5 and other.score >= one.score for other in kept)
