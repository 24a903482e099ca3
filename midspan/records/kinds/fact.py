"""Facts: surface triples and what they link to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from midspan.records.record import Record

BELIEVED = 0.5
"""A fact that is affirmed outright is believed from this score on: pages, commands and exports show it
without being asked. A score is the probability that the fact is right: below it, wrong is likelier."""

Polarity = Literal["affirmed", "negated", "hedged"]
Modality = Literal["", "doubted", "reported", "conditional", "planned", "counterfactual", "asked", "dreamt"]


@dataclass(frozen=True)
class Candidate:
    """Something in the knowledge graph that a slot was weighed against, and that lost."""

    uid: str
    name: str
    score: float
    """Probability that the slot means it, 0..1."""
    why: str
    """What spoke against it, for people."""


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
    antecedent: str = ""
    """What a pronoun or a description like "the company" was found to stand for, as the text has it."""
    antecedent_start: int | None = None
    """Where in the source that stands."""
    antecedent_end: int | None = None
    antecedent_segment: str | None = None
    """Id of the segment that it stands in."""
    value: str = ""
    """Of a date, ISO 8601 as precise as the text is: ``1867-11-07``, ``1867-11``, ``1867``; a decade is
    ``186X``, a century ``18XX`` (EDTF)."""
    candidates: tuple[Candidate, ...] = ()
    """Those that lost, best first."""
    kind: str = ""
    """Of what is not in the knowledge graph, what the text takes it for: person, place, organisation, work,
    other; empty where it does not say."""


@dataclass(frozen=True)
class Argument:
    """A further argument of a fact, with its preposition: "in 1941"."""

    surface: str
    start: int
    end: int


@dataclass(frozen=True)
class Fact(Record):
    """A surface triple and its canonical form (chapter 5)."""

    kind = "fact"
    plural = "facts"

    subject: FactSlot
    predicate: FactSlot
    object: FactSlot
    polarity: Polarity
    status: Literal["linked", "partial", "out_of_kg"]
    score: float
    modality: Modality = ""
    """Why it is hedged, or what else a denial is under; empty where it is said outright."""
    generator: Literal["clause", "pair"] = "clause"
    """Rules over clauses, or two names in a sentence and the path between them."""
    further: tuple[Argument, ...] = ()
    """Where, when and how the same clause says it."""

    @property
    def believed(self) -> bool:
        """Affirmed without reserve, and rather right than wrong."""
        return self.polarity == "affirmed" and not self.modality and self.score >= BELIEVED

    @property
    def line(self) -> str:
        return f"{self.subject.name} | {self.predicate.name} | {self.object.name}"


RECORD = Fact
