"""Mean average precision of actions in time, as ActivityNet's evaluation defines it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from midspan.models.action.localising import overlap

OVERLAPS = (0.3, 0.5)
"""Intersections over union in time from which on an answer counts as right."""


@dataclass(frozen=True)
class Interval:
    """An action in a video, in seconds; ``score`` of an answer, whatever of the truth."""

    video: str
    start: float
    end: float
    action: str
    score: float = 1.0
    noun: str = ""
    """The first thing that its sentence names."""


def mean_average_precision(answers: Sequence[Interval], truth: Sequence[Interval], least: float) -> float:
    """Mean, over the actions that the truth has, of their average precision; NaN without any.

    ``least`` is the overlap in time that makes an answer right. Each truth is found once, by the surest
    answer that overlaps it enough.
    """
    found = average_precisions(answers, truth, least)
    return float(np.mean(list(found.values()))) if found else float("nan")


def average_precisions(
    answers: Sequence[Interval], truth: Sequence[Interval], least: float
) -> Mapping[str, float]:
    """By action; precision is interpolated: at each recall the best that is reached from there on."""
    actions = dict.fromkeys(one.action for one in truth)
    return {
        action: _average_precision(
            [one for one in answers if one.action == action],
            [one for one in truth if one.action == action],
            least,
        )
        for action in actions
    }


def is_right(one: Interval, truth: Iterable[Interval], least: float) -> bool:
    """Whether its action is done there, with an overlap of ``least`` or more."""
    return any(
        (one.video, one.action) == (other.video, other.action) and overlap(one, other) >= least
        for other in truth
    )


def found_shares(answers: Sequence[Interval], truth: Sequence[Interval], least: float) -> tuple[float, float]:
    """Of the truth: in what share an answer overlaps by ``least`` or more and has the action, and in what
    share the thing as well. NaN without any truth."""
    with_verb, with_both = [], []
    for one in truth:
        near = [other for other in answers if other.video == one.video and overlap(one, other) >= least]
        same = [other for other in near if other.action == one.action]
        with_verb.append(bool(same))
        with_both.append(any(other.noun == one.noun for other in same))
    return (float(np.mean(with_verb)), float(np.mean(with_both))) if truth else (float("nan"), float("nan"))


def _average_precision(answers: Sequence[Interval], truth: Sequence[Interval], least: float) -> float:
    taken = [False] * len(truth)
    right = []
    for answer in sorted(answers, key=lambda one: -one.score):
        ranked = sorted(
            (place for place, one in enumerate(truth) if one.video == answer.video),
            key=lambda place: -overlap(answer, truth[place]),
        )
        best = next(
            (place for place in ranked if overlap(answer, truth[place]) >= least and not taken[place]), None
        )
        if best is not None:
            taken[best] = True
        right.append(best is not None)
    hits = np.cumsum(right)
    precision = hits / np.arange(1, len(right) + 1)
    best_from = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from[np.asarray(right, dtype=bool)].sum() / len(truth))
