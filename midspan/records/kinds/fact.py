"""Facts: surface triples and what they link to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from midspan.records.record import Record


@dataclass(frozen=True)
class FactSlot:
    """Subject, predicate or object of a fact: what the text says, and what it links to."""

    surface: str
    start: int
    end: int
    uid: str | None
    """CURIE of the knowledge graph, as ``wd:Q42`` or ``wd:P19``; None: not in the knowledge graph."""
    name: str
    """Label in the knowledge graph, or the surface form."""
    score: float
    """Confidence that the link (or its absence) is right, 0..1."""
    literal: Literal["", "date", "number"] = ""


@dataclass(frozen=True)
class Fact(Record):
    """A surface triple and its canonical form (chapter 5)."""

    kind = "fact"
    plural = "facts"

    subject: FactSlot
    predicate: FactSlot
    object: FactSlot
    polarity: Literal["affirmed", "negated", "hedged"]
    status: Literal["linked", "partial", "out_of_kg"]
    score: float

    @property
    def line(self) -> str:
        return f"{self.subject.name} | {self.predicate.name} | {self.object.name}"


RECORD = Fact
