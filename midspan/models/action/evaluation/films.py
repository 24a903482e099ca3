"""What a recogniser says of long films, and which rules make the best actions in time of it.

    said = [said_of(recogniser, film_frames(film), f"film {n}") for n, film in enumerate(films)]
    rules = choose_rules(said, truths, recogniser.verbs, others)        # films of the selection split alone

A film is seen as the product sees a video: pictures of 64 x 64, four a second, in windows of two seconds,
one every half second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.action.answering import row_of
from midspan.models.action.data.arrays import SECONDS as WINDOW_SECONDS
from midspan.models.action.data.film import Film
from midspan.models.action.evaluation.localisation import Interval, mean_average_precision
from midspan.models.action.gliding import STEP, Gliding
from midspan.models.action.localising import Rules, Span, localise, overlap
from midspan.models.action.recogniser import Recogniser

RATE = 8.0
"""Frames a second, as the reader of videos takes them."""
SIZE = (128, 96)
"""Width and height of the frames."""
CLAIMED = 0.05
"""Share of the films without manipulation that may have an action by the rules that are chosen."""
AT_ONCE = 32
CHOICES: dict[str, tuple[float, ...]] = {
    "threshold": (0.5, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8),
    "smoothed": (3, 1, 5),
    "gap": (0.5, 0.75, 1.0),
    "shortest": (0.0, 0.5, 0.75, 1.0),
    "overlap": (0.5, 0.3, 0.4),
}
"""What each rule may be; the first of equals is taken."""


@dataclass(frozen=True)
class FilmSaid:
    """Of the windows of a film."""

    video: str
    starts: npt.NDArray[np.float64]
    """(n,) seconds."""
    verbs: npt.NDArray[np.float32]
    """(n, verbs + 1): probabilities, the last of no action."""


def film_frames(film: Film) -> npt.NDArray[np.uint8]:
    """(n, 96, 128, 3) RGB at ``RATE`` a second."""
    return np.concatenate(list(film.frames(RATE, SIZE)))


def film_truth(film: Film, video: str) -> list[Interval]:
    return [Interval(video, one.start, one.end, one.verb) for one in film.events()]


def said_of(recogniser: Recogniser, frames: npt.NDArray[np.uint8], video: str) -> FilmSaid:
    """``frames`` (n, h, w, 3) RGB at ``RATE`` a second."""
    gliding = Gliding()
    gliding.add(0.0, len(frames) / RATE, frames, np.arange(len(frames)) / RATE)
    numbers = gliding.ready() or gliding.stretch()
    rows = [
        row_of(recogniser.of_frames(gliding.windows(numbers[at : at + AT_ONCE])))
        for at in range(0, len(numbers), AT_ONCE)
    ]
    verbs = np.concatenate(rows)[:, : len(recogniser.verbs) + 1]
    return FilmSaid(video, STEP * np.array(numbers, dtype=np.float64), verbs)


def answers(said: Iterable[FilmSaid], verbs: Sequence[str], rules: Rules) -> list[Interval]:
    """Actions in time by these rules."""
    return [
        Interval(one.video, span.start, span.end, verbs[span.action], span.score)
        for one in said
        for span in _spans(one, rules)
    ]


def choose_rules(
    said: Sequence[FilmSaid],
    truth: Sequence[Interval],
    verbs: Sequence[str],
    others: Sequence[FilmSaid] = (),
) -> Rules:
    """The rules by which the films' actions are found best: one rule after the other is changed for the
    better, until none can be.

    What is best is the mean of mean average precision and F1, both at half an overlap: who searches has a
    ranking, who looks at a video sees all that is claimed. Rules by which more than ``CLAIMED`` of
    ``others``, films in which nobody handles anything, have an action come behind all that do not.
    """
    best = Rules()
    goodness = _goodness(best, said, truth, verbs, others)
    while True:
        before = best
        for name, values in CHOICES.items():
            for value in values:
                rules = _with(best, name, value)
                if (found := _goodness(rules, said, truth, verbs, others)) > goodness:
                    best, goodness = rules, found
        if best == before:
            return best


def f1(found: Sequence[Interval], truth: Sequence[Interval], least: float) -> float:
    """Harmonic mean of precision and recall; each truth is found once, by the surest answer of its verb
    that overlaps it by ``least`` or more."""
    taken: set[int] = set()
    for one in sorted(found, key=lambda answer: -answer.score):
        hits = (
            (overlap(one, other), place)
            for place, other in enumerate(truth)
            if place not in taken and (other.video, other.action) == (one.video, one.action)
        )
        best = max(hits, default=(0.0, -1))
        if best[0] >= least:
            taken.add(best[1])
    total = len(found) + len(truth)
    return 2 * len(taken) / total if total else 0.0


def claiming(said: Iterable[FilmSaid], rules: Rules) -> list[str]:
    """Films in which an action is claimed."""
    return [one.video for one in said if _spans(one, rules)]


def _goodness(
    rules: Rules,
    said: Sequence[FilmSaid],
    truth: Sequence[Interval],
    verbs: Sequence[str],
    others: Sequence[FilmSaid],
) -> tuple[float, float]:
    """Compared in this order: how many too many of the others have an action, and how well actions are
    found."""
    found = answers(said, verbs, rules)
    excess = max(0.0, len(claiming(others, rules)) - CLAIMED * len(others))
    return -excess, (mean_average_precision(found, truth, 0.5) + f1(found, truth, 0.5)) / 2


def _with(rules: Rules, name: str, value: float) -> Rules:
    changed: dict[str, Any] = {name: int(value) if name == "smoothed" else value}
    return replace(rules, **changed)


def _spans(one: FilmSaid, rules: Rules) -> list[Span]:
    return localise(one.starts, one.starts + WINDOW_SECONDS, one.verbs, rules)
