"""From what is said of windows to actions in time: smooth, cut where something is done, part by verb, score.

Windows overlap (two seconds each, a quarter of a second apart); of each a model says with which probability
it shows each action, or none (``BACKGROUND``, the last column). Something is done where the probability of
none stays low; what it is, all windows of that stretch say together. So two verbs that are hard to tell apart
are one event with two answers, and a stretch is claimed once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

BEST = 3
"""Windows whose mean is how sure it is that something is done."""
TURN = 10.0
"""By how much two verbs must explain the windows of a stretch better than one for it to be parted, in nats:
windows overlap, so that each moment is told of eight times."""
_LEAST_SHARE = 1e-3
"""Taken for less, so that no window alone rules a verb out."""


@dataclass(frozen=True)
class Rules:
    """Chosen on videos that nothing is reported on."""

    threshold: float = 0.5
    """Probability that something is done, which a stretch must reach somewhere."""
    kept: float = 0.8
    """Share of the threshold above which all around it belongs to it."""
    smoothed: int = 5
    """Windows that a moving average takes; odd."""
    unsure: float = 0.8
    """Windows whose likeliest answer is less probable are told from boxes as well, where there are any."""
    least: float = 0.5
    """Calibrated score from which on an action is claimed."""
    scale: float = 1.0
    """A score is calibrated as sigmoid(scale * logit(score) + shift), after Platt."""
    shift: float = 0.0


@dataclass(frozen=True)
class Span:
    """An action in time."""

    start: float
    end: float
    """Seconds."""
    scores: npt.NDArray[np.float64]
    """(actions,): calibrated probability of each to be what is done here."""
    windows: tuple[int, ...]
    """Indices of the windows that say so, in order."""

    @property
    def action(self) -> int:
        """The likeliest."""
        return int(self.scores.argmax())

    @property
    def score(self) -> float:
        return float(self.scores.max())


def localise(starts: Floats, ends: Floats, probabilities: Floats, rules: Rules | None = None) -> list[Span]:
    """Actions in order of time, none of which overlap.

    ``starts`` and ``ends`` (n,) are seconds, ascending; ``probabilities`` (n, actions + 1), the last column
    of no action. A window speaks for its middle: an action reaches from half a step before the first window
    that shows it to half a step behind the last. Raises ``ValueError`` for shapes that do not go together.
    """
    chosen = rules or Rules()
    if probabilities.ndim != 2 or not len(starts) == len(ends) == len(probabilities):
        raise ValueError(f"{len(starts)} starts, {len(ends)} ends, probabilities {probabilities.shape}")
    if not len(starts):
        return []
    found = candidates(starts, ends, probabilities, chosen)
    return [one for one in found if one.score >= chosen.least]


def candidates(starts: Floats, ends: Floats, probabilities: Floats, rules: Rules) -> list[Span]:
    """Those that are claimed and those that are not sure enough for that."""
    done = smooth(1 - probabilities[:, -1:], rules.smoothed)[:, 0]
    edges = _edges(starts, ends)
    return [
        Span(
            float(edges[first]),
            float(edges[last]),
            calibrated(_scores(done[first:last], probabilities[first:last, :-1]), rules),
            tuple(range(first, last)),
        )
        for begin, end in _stretches(done, rules)
        for first, last in _parted(probabilities[:, :-1], begin, end)
    ]


def calibrated(scores: npt.NDArray[np.float64], rules: Rules) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-rules.scale * logit(scores) - rules.shift)))


def logit(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    inner = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(inner / (1 - inner)))


def smooth(curves: Floats, windows: int) -> npt.NDArray[np.float64]:
    """The mean of each value and its neighbours along the first axis, of as many as there are at the ends.

    Raises ``ValueError`` for an even number of windows.
    """
    if windows < 1 or windows % 2 == 0:
        raise ValueError(f"an average takes an odd number of windows, not {windows}")
    half = windows // 2
    sums = np.cumsum(np.concatenate([np.zeros((1, curves.shape[1])), curves]), axis=0)
    places = np.arange(len(curves))
    first, last = np.maximum(places - half, 0), np.minimum(places + half + 1, len(curves))
    return np.asarray((sums[last] - sums[first]) / (last - first)[:, None])


class InTime(Protocol):
    @property
    def start(self) -> float: ...

    @property
    def end(self) -> float: ...


def overlap(one: InTime, other: InTime) -> float:
    """Intersection over union in time."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    whole = max(one.end, other.end) - min(one.start, other.start)
    return max(0.0, shared) / whole if whole > 0 else 0.0


def _edges(starts: Floats, ends: Floats) -> npt.NDArray[np.float64]:
    """(n + 1,): where the part of time that is each window's begins and ends."""
    middles = (np.asarray(starts, dtype=np.float64) + ends) / 2
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[starts[0]], between, [ends[-1]]])


def _stretches(done: npt.NDArray[np.float64], rules: Rules) -> Iterator[tuple[int, int]]:
    """First window and the one behind the last of the runs that keep a share of the threshold and reach it
    somewhere."""
    above = np.concatenate([[False], done >= rules.threshold * rules.kept, [False]])
    changes = np.flatnonzero(above[1:] != above[:-1]).tolist()
    for first, last in zip(changes[::2], changes[1::2], strict=True):
        if done[first:last].max() >= rules.threshold:
            yield first, last


def _parted(actions: Floats, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretch from window to window in parts of one action each: the likeliest path through the actions
    of its windows, where each change has its price (Viterbi)."""
    gains = np.log(np.maximum(actions[begin:end], _LEAST_SHARE))
    best, came = gains[0], []
    for gain in gains[1:]:
        turned = best.max() - TURN
        came.append(np.where(best >= turned, np.arange(len(best)), best.argmax()))
        best = np.maximum(best, turned) + gain
    path = [int(best.argmax())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    changes = np.flatnonzero(np.diff(path[::-1])) + begin + 1
    yield from pairwise([begin, *changes.tolist(), end])


def _scores(done: npt.NDArray[np.float64], actions: Floats) -> npt.NDArray[np.float64]:
    """(actions,): how sure it is that something is done, shared out among the actions by what all windows
    say, those more of which something is done."""
    shares = done @ actions
    sure = np.sort(done)[-BEST:].mean()
    return np.asarray(sure * shares / max(shares.sum(), 1e-9), dtype=np.float64)
