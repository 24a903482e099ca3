"""From what a recogniser says of windows to actions in time with their likeliest answers.

    rows = row_of(recogniser.of_frames(frames))         # of windows, to be remembered
    for one in actions(run, recogniser): one.span, one.answers                  # at the video's end

A window that shows no action is never part of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from midspan.models.action.gliding import Run
from midspan.models.action.localising import Span, localise

if TYPE_CHECKING:
    from midspan.models.action.recogniser import Recogniser, Said

Floats = npt.NDArray[np.float32]

TOLD = 5
"""Answers that are kept of an event."""
SURE_NOUN = 0.3
"""Probability from which on the thing is named; below it, it is something."""
UNSURE = 0.6
"""Windows whose likeliest answer is less probable go to the model that sees boxes as well, where there are
any."""


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


def unsure(said: Said) -> npt.NDArray[np.int64]:
    """Places of the windows whose likeliest answer is below ``UNSURE``."""
    return np.flatnonzero(np.asarray(said.verbs).max(1) < UNSURE)


def actions(run: Run, recogniser: Recogniser) -> list[Action]:
    """In order of time."""
    width = len(recogniser.verbs) + 1
    found = localise(run.starts, run.ends, run.rows[:, :width], recogniser.rules)
    return [_action(span, run.rows[list(span.windows)], recogniser) for span in found]


def _action(span: Span, rows: Floats, recogniser: Recogniser) -> Action:
    verbs, nouns = recogniser.verbs, recogniser.nouns
    weights = rows[:, span.action] + 1e-6
    mean = (weights / weights.sum()) @ rows
    of_noun = mean[len(verbs) + 1 : len(verbs) + 1 + len(nouns)]
    named = len(nouns) > 0 and float(of_noun.max()) >= SURE_NOUN
    return Action(
        span=span,
        verb=verbs[span.action],
        nouns=(nouns[int(of_noun.argmax())],) if named else (),
        answers=_likeliest(mean[: len(verbs)], of_noun, verbs, nouns),
        with_boxes=bool(rows[:, -1].any()),
    )


def _likeliest(
    of_verb: Floats, of_noun: Floats, verbs: Sequence[str], nouns: Sequence[str]
) -> tuple[Answer, ...]:
    """Verb and thing are taken for independent: the probability of both is the product."""
    names, chances = (nouns, of_noun) if len(nouns) else (("",), np.ones(1, np.float32))
    both = of_verb[:, None] * chances[None, :]
    best = np.argsort(-both, axis=None, kind="stable")[:TOLD]
    places = zip(*np.unravel_index(best, both.shape), strict=True)
    return tuple(Answer(verbs[verb], names[noun], float(both[verb, noun])) for verb, noun in places)
