"""From what is said of windows to actions in time: smooth, cut, grow, merge, suppress.

Windows overlap (two seconds each, half a second apart); of each a model says with which probability it shows
each action, or none (``BACKGROUND``, the last column). An action is where its probability rises above a
threshold, with all around it that stays above half of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

BEST = 3
"""Windows whose mean is the score of an action."""


@dataclass(frozen=True)
class Rules:
    """Seconds and shares, chosen on videos that nothing is reported on."""

    threshold: float = 0.5
    smoothed: int = 3
    """Windows that a moving average takes; odd."""
    gap: float = 0.5
    """Seconds between two stretches of one action that are taken for one."""
    overlap: float = 0.5
    """Intersection over union in time from which on the weaker of two actions goes."""
    shortest: float = 0.0


@dataclass(frozen=True)
class Span:
    """An action in time."""

    start: float
    end: float
    """Seconds."""
    action: int
    """Column of the probabilities."""
    score: float
    windows: tuple[int, ...]
    """Indices of the windows that say so, in order."""


def localise(starts: Floats, ends: Floats, probabilities: Floats, rules: Rules | None = None) -> list[Span]:
    """Actions in order of time.

    ``starts`` and ``ends`` (n,) are seconds, ascending; ``probabilities`` (n, actions + 1), the last column
    of no action. A window speaks for its middle: an action reaches from half a step before the first window
    that shows it to half a step behind the last. Raises ``ValueError`` for shapes that do not go together.
    """
    chosen = rules or Rules()
    if probabilities.ndim != 2 or not len(starts) == len(ends) == len(probabilities):
        raise ValueError(f"{len(starts)} starts, {len(ends)} ends, probabilities {probabilities.shape}")
    if not len(starts):
        return []
    curves = smooth(probabilities[:, :-1], chosen.smoothed)
    edges = _edges(starts, ends)
    found = [
        one
        for action in range(curves.shape[1])
        for one in _merged(list(_stretches(curves[:, action], action, edges, chosen)), curves, chosen.gap)
    ]
    long = [one for one in found if one.end - one.start >= chosen.shortest]
    return sorted(suppressed(long, chosen.overlap), key=lambda one: (one.start, one.end, one.action))


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


def suppressed(spans: Sequence[Span], most: float) -> list[Span]:
    """The strongest of those that overlap by ``most`` or more, whatever their actions."""
    kept: list[Span] = []
    for one in sorted(spans, key=lambda span: (-span.score, span.start, span.action)):
        if all(overlap(one, other) < most for other in kept):
            kept.append(one)
    return kept


def _edges(starts: Floats, ends: Floats) -> npt.NDArray[np.float64]:
    """(n + 1,): where the part of time that is each window's begins and ends."""
    middles = (np.asarray(starts, dtype=np.float64) + ends) / 2
    between = (middles[1:] + middles[:-1]) / 2
    return np.concatenate([[starts[0]], between, [ends[-1]]])


def _stretches(
    curve: npt.NDArray[np.float64], action: int, edges: npt.NDArray[np.float64], rules: Rules
) -> Iterator[Span]:
    """Runs above half of the threshold that reach the threshold somewhere."""
    above = np.concatenate([[False], curve >= rules.threshold / 2, [False]])
    changes = np.flatnonzero(above[1:] != above[:-1])
    for first, last in zip(changes[::2], changes[1::2], strict=True):
        if curve[first:last].max() >= rules.threshold:
            windows = tuple(range(int(first), int(last)))
            score = _score(curve, windows)
            yield Span(float(edges[first]), float(edges[last]), action, score, windows)


def _score(curve: npt.NDArray[np.float64], windows: Sequence[int]) -> float:
    return float(np.sort(curve[list(windows)])[-BEST:].mean())


def _merged(spans: Sequence[Span], curves: npt.NDArray[np.float64], gap: float) -> list[Span]:
    """Those of one action with less than ``gap`` seconds between them are one."""
    joined: list[Span] = []
    for one in spans:
        before = joined[-1] if joined else None
        if before is not None and one.start - before.end < gap:
            windows = before.windows + one.windows
            score = _score(curves[:, one.action], windows)
            joined[-1] = replace(before, end=one.end, windows=windows, score=score)
        else:
            joined.append(one)
    return joined
