"""Events as records: of actions, of what boxes show, and of how things move where nothing more is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from midspan.models.action.motion import Motion, in_words
from midspan.models.action.roles import roles
from midspan.models.action.wording import sentence, verb_in_words
from midspan.pipelines.sight import Happening
from midspan.pipelines.video_memory import Looked, VideoMemory
from midspan.records import ActionEvent, EventAnswer, EventTrack, Provenance, Run, record_id

if TYPE_CHECKING:
    from midspan.models.action.answering import Action
    from midspan.models.action.localising import Span

COVERED = 0.5
"""Share of a time from which on what is done in it takes the place of how things move."""
WORTH = 1.0
"""Seconds beside actions from which on it is told that a hand is there."""


@dataclass(frozen=True)
class Told:
    """A happening, or the part of one that is told."""

    start: float
    end: float
    verb: str
    noun: str
    text: str
    score: float


def told_action(
    memory: VideoMemory, action: Action, run: Run, tracks: tuple[EventTrack, ...], modality: str
) -> ActionEvent:
    """``modality`` is the name of the boxes, where they were known; these name the things that the pictures
    do not."""
    place = _place(memory, run, action.span.start, action.span.end)
    nouns = action.nouns or _named(action.verb, tracks)
    answers = (
        EventAnswer(one.verb, one.noun or next(iter(_named(one.verb, tracks)), ""), one.probability)
        for one in action.answers
    )
    with_boxes = action.with_boxes or nouns != action.nouns
    return ActionEvent(
        id=_id(place, action.verb),
        provenance=place,
        text=sentence(action.verb, nouns),
        verb=verb_in_words(action.verb),
        nouns=tuple(filter(None, nouns)),
        score=action.span.score,
        tracks=tracks,
        answers=tuple(answers),
        modalities=("rgb", modality) if with_boxes else ("rgb",),
    )


def _named(verb: str, tracks: Sequence[EventTrack]) -> tuple[str, ...]:
    """The names of the things that the verb's sentence is about, in its order, empty for one without a name;
    none at all where no thing has one."""
    names = tuple(track.noun for track in roles(verb, tracks))
    return names if any(names) else ()


def told_happening(
    memory: VideoMemory, one: Told, run: Run, tracks: tuple[EventTrack, ...], modality: str
) -> ActionEvent:
    place = _place(memory, run, one.start, min(one.end, memory.segments[-1].segment.end))
    return ActionEvent(
        id=_id(place, one.verb, one.noun),
        provenance=place,
        text=one.text,
        verb=one.verb,
        nouns=(one.noun,) if one.noun else (),
        score=one.score,
        tracks=tracks,
        modalities=(modality,),
    )


def untold(one: Happening, actions: Sequence[Action]) -> list[Told]:
    """What is left to be told of a happening beside actions: of one that lasts the times around them, of
    another the whole or nothing."""
    parts = [(one.start, one.end)]
    if one.lasting:
        for action in actions:
            parts = [part for whole in parts for part in _without(*whole, action.span)]
        parts = [
            (start, end)
            for start, end in parts
            if (start, end) == (one.start, one.end) or end - start >= WORTH
        ]
    elif is_told(one.start, one.end, actions):
        parts = []
    return [Told(start, end, one.verb, one.noun, one.text, one.score) for start, end in parts]


def _without(start: float, end: float, span: Span) -> list[tuple[float, float]]:
    """What of a time is outside of the span."""
    sides = ((start, min(end, span.start)), (max(start, span.end), end))
    return [(first, last) for first, last in sides if first < last]


def told_motions(memory: VideoMemory, actions: Sequence[Action], run: Run) -> list[ActionEvent]:
    """One for each stretch of like motion, but for segments of which it is known what is done in them."""
    left = [one for one in memory.segments if not is_told(one.segment.start, one.segment.end, actions)]
    return [_motion(stretch, run) for stretch in _stretches(left)]


def sayings(event: ActionEvent) -> list[tuple[str, float]]:
    """Sentences that may be said of an event, each with its probability."""
    if not event.answers:
        return [(event.text, 1.0)]
    return [(_saying(event, one), one.probability) for one in event.answers]


def _saying(event: ActionEvent, answer: EventAnswer) -> str:
    """The event's own sentence names all its things; of another verb the first one's name is known."""
    if verb_in_words(answer.verb) == event.verb:
        return event.text
    return sentence(answer.verb, (answer.noun,) if answer.noun else ())


def _place(memory: VideoMemory, run: Run, start: float, end: float) -> Provenance:
    """An event belongs to the segment that it begins in."""
    segments = memory.segments
    first = next((one for one in reversed(segments) if one.segment.start <= start), segments[0]).segment
    return Provenance(first.source_id, run.id, first.id, "s", round(start, 3), round(end, 3))


def _id(place: Provenance, *what: str) -> str:
    return record_id("event", place.source_id, place.run_id, place.start, place.end, *what)


def is_told(start: float, end: float, actions: Sequence[Action]) -> bool:
    """Whether what is done takes most of this time (seconds), so that nothing less need be said of it."""
    shared = sum(max(0.0, min(end, a.span.end) - max(start, a.span.start)) for a in actions)
    return shared >= COVERED * (end - start)


def _stretches(windows: Sequence[Looked]) -> list[list[Looked]]:
    """Runs of neighbouring segments that move in the same way; one in which nothing moves ends one."""
    stretches: list[list[Looked]] = []
    for before, window in pairwise([None, *windows]):
        if window is None or not window.signature.motion.moving:
            continue
        if before is not None and stretches and stretches[-1][-1] is before and _alike(before, window):
            stretches[-1].append(window)
        else:
            stretches.append([window])
    return stretches


def _alike(a: Looked, b: Looked) -> bool:
    one, other = a.signature.motion, b.signature.motion
    follows = b.segment.ordinal == a.segment.ordinal + 1
    return follows and (one.direction, one.whole) == (other.direction, other.whole)


def _motion(stretch: list[Looked], run: Run) -> ActionEvent:
    first, last = stretch[0].segment, stretch[-1].segment
    kind = stretch[0].signature.motion
    speed = float(np.mean([window.signature.motion.speed for window in stretch]))
    motion = Motion(speed, kind.direction, kind.whole)
    colours = np.mean([window.signature.colours for window in stretch], axis=0)
    brightness = float(np.mean([window.signature.brightness for window in stretch]))
    place = Provenance(first.source_id, run.id, first.id, "s", first.start, last.end)
    verb = f"moving {kind.direction}".strip()
    return ActionEvent(
        id=_id(place, verb),
        provenance=place,
        text=in_words(motion, colours, brightness),
        verb=verb,
        nouns=(),
        score=speed / (speed + 0.1),
        modalities=("rgb",),
    )
