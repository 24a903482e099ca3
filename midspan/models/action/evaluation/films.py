"""What a recogniser says of long films, and which rules make the best actions in time of it.

    said = [said_of(recogniser, film_frames(film), f"film {n}", boxes) for n, film in enumerate(films)]
    rules = choose_rules(said, truths, recogniser.verbs, others)        # films of the selection split alone

A film is seen as the product sees a video: pictures of 64 x 64, four a second, in windows of two seconds,
here one every quarter second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from midspan.models.action.answering import AT_ONCE, TOLD
from midspan.models.action.boxes.frame_boxes import FrameBoxes
from midspan.models.action.boxes.timeline import Timeline, packed
from midspan.models.action.data.arrays import SECONDS
from midspan.models.action.data.film import Film
from midspan.models.action.evaluation.localisation import Interval, is_right, mean_average_precision
from midspan.models.action.gliding import SHOWN, STEP, Gliding
from midspan.models.action.localising import Rules, Span, candidates, logit, overlap
from midspan.models.action.recogniser import Recogniser

RATE = 8.0
"""Frames a second, as the reader of videos takes them."""
SIZE = (128, 96)
"""Width and height of the frames."""
CLAIMED = 0.05
"""Share of the films without manipulation that may have an action by the rules that are chosen."""
RIGHT = 0.5
"""Overlap in time from which on an answer is right."""
CHOICES: dict[str, tuple[float, ...]] = {
    "threshold": (0.5, 0.4, 0.6, 0.7),
    "kept": (0.8, 0.7, 0.9),
    "smoothed": (5, 3, 7),
    "unsure": (0.8, 0.6, 0.7, 0.9),
}
"""What each rule may be; the first of equals is taken."""
LEAST = (0.5, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.55, 0.6, 0.65, 0.7)
"""Calibrated scores from which on an action may be claimed."""


@dataclass(frozen=True)
class FilmSaid:
    """Of the windows of a film."""

    video: str
    starts: npt.NDArray[np.float64]
    """(n,) seconds."""
    of_frames: npt.NDArray[np.float32]
    """(n, verbs + 1): probabilities, the last of no action."""
    of_boxes: npt.NDArray[np.float32]
    """The same where boxes are looked at too; of a video without boxes, what the frames say."""

    def told(self, rules: Rules) -> npt.NDArray[np.float32]:
        left_open = self.of_frames.max(1, keepdims=True) < rules.unsure
        return np.where(left_open, self.of_boxes, self.of_frames)


def film_frames(film: Film) -> npt.NDArray[np.uint8]:
    """(n, 96, 128, 3) RGB at ``RATE`` a second."""
    return np.concatenate(list(film.frames(RATE, SIZE)))


def film_truth(film: Film, video: str) -> list[Interval]:
    return [Interval(video, one.start, one.end, one.verb, noun=one.nouns[0]) for one in film.events()]


def said_of(
    recogniser: Recogniser,
    frames: npt.NDArray[np.uint8],
    video: str,
    boxes: Sequence[FrameBoxes] | None = None,
) -> FilmSaid:
    """``frames`` (n, h, w, 3) RGB at ``RATE`` a second; ``boxes`` are those of each."""
    known = None
    if boxes is not None and recogniser.sees_boxes:
        known = Timeline([packed(np.arange(len(frames)) / RATE, boxes)])
    starts, windows = film_windows(frames)
    said = [
        _both(recogniser, windows[at : at + AT_ONCE], starts[at : at + AT_ONCE], known)
        for at in range(0, len(starts), AT_ONCE)
    ]
    return FilmSaid(video, starts, *map(np.concatenate, zip(*said, strict=True)))


def film_windows(
    frames: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    """Seconds at which they start (n,), and the windows (n, 8, 64, 64, 3); ``frames`` as :func:`said_of`
    takes them."""
    gliding = Gliding()
    gliding.add(0.0, len(frames) / RATE, frames, np.arange(len(frames)) / RATE)
    gliding.close()
    numbers = range(max(gliding.shown) - SHOWN + 2)
    return STEP * np.array(numbers), gliding.windows(numbers)


def _both(
    recogniser: Recogniser,
    windows: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.float64],
    known: Timeline | None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    said = recogniser.of_frames(windows)
    if known is None:
        return said.verbs, said.verbs
    better = recogniser.of_boxes(said, windows, [known.layout(one) for one in starts.tolist()])
    return said.verbs, better.verbs


def answers(said: Iterable[FilmSaid], verbs: Sequence[str], rules: Rules, *, each: int = 1) -> list[Interval]:
    """The likeliest verbs, ``each`` of them, of the actions that are claimed by these rules."""
    return [
        Interval(one.video, span.start, span.end, verbs[action], float(span.scores[action]))
        for one in said
        for span in _spans(one, rules)
        if span.score >= rules.least
        for action in np.argsort(-span.scores, kind="stable")[:each]
    ]


def choose_rules(
    said: Sequence[FilmSaid],
    truth: Sequence[Interval],
    verbs: Sequence[str],
    others: Sequence[FilmSaid] = (),
) -> Rules:
    """The rules by which the films' actions are found best: one rule after the other is changed for the
    better, until none can be. With each the scores are calibrated, and the least that is claimed is chosen.

    What is best is the mean of mean average precision and F1, both at half an overlap: who searches has a
    ranking, who looks at a video sees all that is claimed. Rules by which more than ``CLAIMED`` of
    ``others``, films in which nobody handles anything, have an action come behind all that do not.
    """

    @cache
    def finished(rules: Rules) -> tuple[tuple[float, float], Rules]:
        right = _calibrated(rules, [*said, *others], truth, verbs)
        made = [replace(right, least=least) for least in LEAST]
        return max(
            ((_goodness(one, said, truth, verbs, others), one) for one in made), key=lambda one: one[0]
        )

    best = Rules()
    while True:
        before = best
        for name, values in CHOICES.items():
            for value in values:
                rules = _with(best, name, value)
                if finished(rules)[0] > finished(best)[0]:
                    best = rules
        if best == before:
            return finished(best)[1]


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


def _calibrated(
    rules: Rules, said: Sequence[FilmSaid], truth: Sequence[Interval], verbs: Sequence[str]
) -> Rules:
    """With the scale and shift by which the answers' scores say best how often they are right (Platt 1999):
    the least mean negative logarithm of the probability of what is so."""
    found = answers(said, verbs, replace(rules, least=0.0), each=TOLD)
    if not found:
        return rules
    scores = logit(np.array([one.score for one in found]))
    right = np.array([is_right(one, truth, RIGHT) for one in found], dtype=np.float64)

    def cost(line: npt.NDArray[np.float64]) -> float:
        said_so = line[0] * scores + line[1]
        return float((np.logaddexp(0, said_so) - right * said_so).mean() + 1e-3 * (line[0] - 1) ** 2)

    scale, shift = minimize(cost, np.array([1.0, 0.0])).x
    return replace(rules, scale=float(scale), shift=float(shift))


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
    claiming = {one.video for one in answers(others, verbs, rules)}
    excess = max(0.0, len(claiming) - CLAIMED * len(others))
    return -excess, (mean_average_precision(found, truth, RIGHT) + f1(found, truth, RIGHT)) / 2


def _with(rules: Rules, name: str, value: float) -> Rules:
    changed: dict[str, Any] = {name: int(value) if name == "smoothed" else value}
    return replace(rules, **changed)


def _spans(one: FilmSaid, rules: Rules) -> list[Span]:
    return candidates(one.starts, one.starts + SECONDS, one.told(rules), rules)
