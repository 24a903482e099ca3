"""From what a recogniser says of windows to actions in time with their likeliest answers.

    watch(gliding, recogniser, layouts, check)          # windows that have no answer yet, to be remembered
    for one in actions(run, recogniser): one.span, one.answers                  # at the video's end

A window that shows no action is never part of one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from midspan.models.action.data.arrays import SECONDS
from midspan.models.action.gliding import STEP, Gliding, Row, Run
from midspan.models.action.localising import Span, localise

if TYPE_CHECKING:
    from midspan.models.action.data.arrays import Layout
    from midspan.models.action.recogniser import Recogniser, Said

    Layouts = Callable[[Sequence[float]], list[Layout]]
    """Of windows that begin at these seconds."""

Floats = npt.NDArray[np.float32]

TOLD = 5
"""Answers that are kept of an event."""
SURE_NOUN = 0.3
"""Probability from which on the thing is named; below it, it is something."""
CLOSER = 0.1
"""Probability that something is done from which on the windows beside are answered too."""
AT_ONCE = 32
"""Windows that the recogniser gets between two looks at whether to stop."""


@dataclass(frozen=True)
class Answer:
    verb: str
    noun: str
    """Empty without nouns."""
    probability: float


@dataclass(frozen=True)
class Action:
    """Something that was done, from when to when."""

    span: Span
    verb: str
    nouns: tuple[str, ...]
    """The thing that it is done with, where it is sure enough to be named."""
    answers: tuple[Answer, ...]
    """The likeliest verbs with their likeliest things, best first."""
    with_boxes: bool
    """A window of it was answered by the model that sees boxes."""


def row_of(said: Said, *, with_boxes: bool = False) -> Floats:
    """(n, verbs + 1 + nouns + 1): what is remembered of each window: probabilities of verbs, of things, and
    whether boxes were looked at."""
    verbs = np.asarray(said.verbs, dtype=np.float32)
    seen = np.full((len(verbs), 1), with_boxes, dtype=np.float32)
    return np.concatenate([verbs, np.asarray(said.nouns, dtype=np.float32), seen], axis=1)


def watch(
    gliding: Gliding, recogniser: Recogniser, layouts: Layouts | None, check: Callable[[], None]
) -> None:
    """Have the windows answered that are ready, then those beside what may be an action; those that the
    pictures leave open by the boxes too, where ``layouts`` are known.

    ``check`` is called every few windows; what it raises ends the work.
    """
    for numbers in (gliding.ready, lambda: gliding.between(partial(_is_busy, recogniser))):
        asked = numbers()
        for first in range(0, len(asked), AT_ONCE):
            check()
            portion = asked[first : first + AT_ONCE]
            gliding.say(portion, _rows(portion, gliding, recogniser, layouts))


def busy_spans(gliding: Gliding, recogniser: Recogniser, since: float) -> list[tuple[float, float]]:
    """Where something may be done, in seconds: what lies around the middles of the windows that say so, of
    those that end after ``since``."""
    return [
        (STEP * number + SECONDS / 4, STEP * number + 3 * SECONDS / 4)
        for number, row in gliding.said.items()
        if STEP * number + SECONDS > since and _is_busy(recogniser, row)
    ]


def _is_busy(recogniser: Recogniser, row: Row) -> bool:
    return bool(row[len(recogniser.verbs)] <= 1 - CLOSER)


def _rows(
    numbers: Sequence[int], gliding: Gliding, recogniser: Recogniser, layouts: Layouts | None
) -> Floats:
    frames = gliding.windows(numbers)
    said = recogniser.of_frames(frames)
    rows = row_of(said)
    left_open = np.flatnonzero(said.verbs.max(1) < recogniser.rules.unsure)
    if layouts is not None and recogniser.sees_boxes and len(left_open):
        seen = layouts([STEP * numbers[one] for one in left_open.tolist()])
        better = recogniser.of_boxes(said.at(left_open), frames[left_open], seen)
        rows[left_open] = row_of(better, with_boxes=True)
    return rows


def actions(run: Run, recogniser: Recogniser) -> list[Action]:
    """In order of time."""
    width = len(recogniser.verbs) + 1
    found = localise(run.starts, run.ends, run.rows[:, :width], recogniser.rules)
    return [_action(span, run.rows[list(span.windows)], recogniser) for span in found]


def _action(span: Span, rows: Floats, recogniser: Recogniser) -> Action:
    verbs, nouns = recogniser.verbs, recogniser.nouns
    weights = rows[:, span.action] + 1e-6
    of_noun = (weights / weights.sum()) @ rows[:, len(verbs) + 1 : len(verbs) + 1 + len(nouns)]
    named = len(nouns) > 0 and float(of_noun.max()) >= SURE_NOUN
    return Action(
        span=span,
        verb=verbs[span.action],
        nouns=(nouns[int(of_noun.argmax())],) if named else (),
        answers=_likeliest(span.scores, of_noun, verbs, nouns),
        with_boxes=bool(rows[:, -1].any()),
    )


def _likeliest(
    of_verb: npt.NDArray[np.float64], of_noun: Floats, verbs: Sequence[str], nouns: Sequence[str]
) -> tuple[Answer, ...]:
    """Verb and thing are taken for independent: the probability of both is the product."""
    names, chances = (nouns, of_noun) if len(nouns) else (("",), np.ones(1, np.float32))
    both = of_verb[:, None] * chances[None, :]
    best = np.argsort(-both, axis=None, kind="stable")[:TOLD]
    places = zip(*np.unravel_index(best, both.shape), strict=True)
    return tuple(Answer(verbs[verb], names[noun], float(both[verb, noun])) for verb, noun in places)
