"""What all records share: an id, where they come from, and how they are told and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from midspan.records.sources import Unit


@dataclass(frozen=True)
class Provenance:
    """Which run said it, of which segment, and the exact place."""

    source_id: str
    run_id: str
    segment_id: str
    unit: Unit
    start: float
    end: float


@dataclass(frozen=True)
class Record:
    """What a stage says of a place in a source. Each kind is a subclass in ``midspan/records/kinds``."""

    kind: ClassVar[str]
    """Its one word in ids, answers, filters and counts."""
    plural: ClassVar[str]
    """What a count of them is called."""

    id: str
    provenance: Provenance
    text: str
    """In words: the sentence, or what happens."""

    @property
    def line(self) -> str:
        """The record in one line."""
        return self.text

    @property
    def counts(self) -> bool:
        """Whether it is something found; an abstention is kept but counts as nothing."""
        return True
