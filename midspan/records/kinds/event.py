"""Events: what happens in a video, and when."""

from __future__ import annotations

from dataclasses import dataclass

from midspan.records.record import Record


@dataclass(frozen=True)
class ActionEvent(Record):
    """Something that happens in a video between two moments (chapter 6)."""

    kind = "event"
    plural = "events"

    verb: str
    nouns: tuple[str, ...]
    score: float


RECORD = ActionEvent
