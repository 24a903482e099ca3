"""Surface triples to the knowledge graph: names where they stand, and a wording table."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from midspan.models.facts.dates import edtf
from midspan.models.facts.extraction import Triple
from midspan.models.facts.knowledge_graph import KINDS, Entity, KnowledgeGraph, Predicate
from midspan.models.facts.link.asking import KIND_OF_LABEL, Place, question
from midspan.models.facts.link.decision import Decision, decide
from midspan.models.facts.link.lists import Lister
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.near import near_in
from midspan.models.facts.link.question import SIDES, Mention, Question, Side
from midspan.models.facts.link.words import word_pieces
from midspan.models.facts.patterns import Pattern
from midspan.models.facts.phrases import Phrase, readable
from midspan.models.facts.wordings import Wordings
from midspan.records import Candidate, FactSlot

Status = Literal["linked", "partial", "out_of_kg"]
LiteralKind = Literal["", "date", "number"]

NOT_NAMED = 0.98
"""Share of descriptions ("the company", "its founder") that are nothing the graph has a name for."""
WORDING_SURE = 0.9
WORDING_LIKELY = 0.6
WORDING_UNKNOWN = 0.45
"""Where no property is known there is no canonical fact, so that it is never believed, whatever its arguments
are: by reading 67 % of such facts were right, with a property 90 (docs/facts.md)."""

_NUMBERS = frozenset({"CARDINAL", "QUANTITY", "MONEY", "PERCENT", "ORDINAL"})
_DATE = re.compile(
    r"\d{4}|january|february|march|april|june|july|august|september|october|november|december", re.I
)


@dataclass(frozen=True)
class LinkedTriple:
    """A triple in canonical form; offsets count code points of the parsed text."""

    subject: FactSlot
    predicate: FactSlot
    object: FactSlot
    status: Status
    score: float
    """Product of the slots' scores."""
    typed: bool = False
    """The kinds of both arguments are known, and the ones that the property asks for."""


@dataclass(frozen=True)
class Said:
    triple: Triple
    place: Place


class Linker:
    """Names to entities and wordings to properties of one knowledge graph.

    Each slot has the probability that its link, or its absence, is right; a wording's, set by hand, says
    whether the kinds of both arguments are known to fit.
    """

    def __init__(self, graph: KnowledgeGraph, model: LinkModel) -> None:
        self._graph, self._ranker, self._wordings = graph, model.ranker, Wordings(graph)
        bags = word_pieces()
        self._lister = Lister(graph, model.space, bags, near_in(graph, model.space, bags, model.sha256))

    def knows(self, key: str) -> bool:
        """Whether any property may be meant by this wording, whatever it is said of."""
        return self._wordings.knows(key)

    def may_fit(self, triple: Triple) -> bool:
        """Whether its wording may mean a property for the kinds that the parser takes its arguments for, or
        that their namesakes have."""
        kinds = [self._kinds(phrase) for phrase in (triple.subject, triple.object)]
        return any(self._wordings.matching(triple.wording, *pair) for pair in product(*kinds))

    def link(self, several: Sequence[Said]) -> list[LinkedTriple]:
        """The canonical form of each; its subject and object change places where the property runs the other
        way. Cheaper for many at once."""
        literals = [(literal_kind(one.triple.subject), literal_kind(one.triple.object)) for one in several]
        questions = [
            question(one.triple, one.place, (bool(kinds[0]), bool(kinds[1])))
            for one, kinds in zip(several, literals, strict=True)
        ]
        expected = [self._expected(one.triple, kinds) for one, kinds in zip(several, literals, strict=True)]
        lists = self._lister.lists(questions, expected)
        return [
            self._linked(
                one.triple, asked, kinds, {side: decide(ranked[side], self._ranker) for side in SIDES}
            )
            for one, asked, kinds, ranked in zip(several, questions, literals, lists, strict=True)
        ]

    def _kinds(self, phrase: Phrase) -> Collection[str]:
        """What an argument may be; any kind where nothing tells."""
        if literal := literal_kind(phrase):
            return (literal,)
        named = {entity.kind for name in phrase.names for entity in self._graph.named(name)}
        guessed = KIND_OF_LABEL.get(phrase.label)
        return (named | {guessed}) if guessed else (named or KINDS)

    def _expected(self, triple: Triple, kinds: tuple[LiteralKind, LiteralKind]) -> Predicate | None:
        """The property that its wording means for what the parser takes its arguments for."""
        subject, object_ = (
            kind or KIND_OF_LABEL.get(phrase.label, "")
            for kind, phrase in zip(kinds, (triple.subject, triple.object), strict=True)
        )
        pattern = self._wordings.matching(triple.wording, subject, object_)
        return self._graph.predicate(pattern.property) if pattern else None

    def _linked(
        self,
        triple: Triple,
        asked: Question,
        kinds: tuple[LiteralKind, LiteralKind],
        decisions: Mapping[Side, Decision],
    ) -> LinkedTriple:
        subject, subject_kind = _argument(triple.subject, kinds[0], asked.subject, decisions["subject"])
        object_, object_kind = _argument(triple.object, kinds[1], asked.object, decisions["object"])
        if triple.key in ("be", "become") and object_.uid is None and not object_.literal:
            object_, object_kind = self._occupation(triple.object, object_, object_kind)
        labels = triple.subject.label, triple.object.label
        pattern, sure = self._pattern(triple.wording, (subject, subject_kind), (object_, object_kind), labels)
        entry = self._graph.predicate(pattern.property) if pattern else None
        if pattern and pattern.inverse:
            subject, object_ = object_, subject
        predicate = FactSlot(
            surface=triple.predicate.surface,
            start=triple.predicate.start,
            end=triple.predicate.end,
            uid=entry.uid if entry else None,
            name=entry.name if entry else triple.relation,
            score=(WORDING_SURE if sure else WORDING_LIKELY) if entry else WORDING_UNKNOWN,
        )
        score = round(subject.score * predicate.score * object_.score, 4)
        return LinkedTriple(subject, predicate, object_, _status(subject, predicate, object_), score, sure)

    def _pattern(
        self,
        wording: str,
        left: tuple[FactSlot, str],
        right: tuple[FactSlot, str],
        labels: tuple[str, str],
    ) -> tuple[Pattern | None, bool]:
        """The row for a wording, and whether the kinds of both arguments speak for it.

        Of an entity whose kind the graph does not know, the parser's guess is tried. The kind of a name that
        is not in the graph is the parser's guess as well: without a row for it, the guess is dropped, on one
        side only.
        """
        (subject, subject_kind), (object_, object_kind) = left, right
        pattern = self._wordings.matching(wording, subject_kind, object_kind)
        if pattern is not None:
            return pattern, bool(subject_kind and object_kind)
        if "other" in (subject_kind, object_kind):
            guessed = [
                _guess(kind, label) for kind, label in zip((subject_kind, object_kind), labels, strict=True)
            ]
            pattern = self._wordings.matching(wording, *guessed)
            if pattern is not None:
                return pattern, False
        if not _is_known(object_):
            pattern = self._wordings.matching(wording, subject_kind, "")
        if pattern is None and not _is_known(subject):
            pattern = self._wordings.matching(wording, "", object_kind)
        return pattern, False

    def _occupation(self, phrase: Phrase, slot: FactSlot, kind: str) -> tuple[FactSlot, str]:
        """ "a British philosopher" is a philosopher."""
        jobs = [entity for entity in self._graph.named(phrase.noun) if entity.kind == "occupation"]
        return (_slot(phrase, jobs[0], NOT_NAMED), "occupation") if jobs else (slot, kind)


def literal_kind(phrase: Phrase) -> LiteralKind:
    """Whether a phrase is a date or a number rather than a thing."""
    if phrase.label == "DATE" and (_DATE.search(phrase.surface) or edtf(phrase.surface)):
        return "date"
    return "number" if phrase.label in _NUMBERS and any(sign.isdigit() for sign in phrase.surface) else ""


def _argument(
    phrase: Phrase, literal: LiteralKind, asked: Mention, decision: Decision
) -> tuple[FactSlot, str]:
    """The slot of an argument and its kind, empty if unknown."""
    if literal:
        return _slot(phrase, None, 1.0, literal), literal
    if not asked.asked:
        return _slot(phrase, None, NOT_NAMED), asked.kind
    slot = _slot(phrase, decision.entity, decision.probability, lost=decision.lost)
    return slot, decision.entity.kind if decision.entity else asked.kind


def _slot(
    phrase: Phrase,
    entity: Entity | None,
    score: float,
    literal: LiteralKind = "",
    lost: tuple[Candidate, ...] = (),
) -> FactSlot:
    meant = phrase.antecedent
    return FactSlot(
        surface=phrase.surface,
        start=phrase.start,
        end=phrase.end,
        uid=entity.uid if entity else None,
        name=entity.name if entity else readable(meant.surface if meant else phrase.surface),
        score=score,
        literal=literal,
        value=edtf(phrase.surface) if literal == "date" else "",
        antecedent=meant.surface if meant else "",
        antecedent_start=meant.start if meant else None,
        antecedent_end=meant.end if meant else None,
        antecedent_segment=meant.segment_id if meant else None,
        candidates=lost,
        kind="" if entity or literal else KIND_OF_LABEL.get(phrase.label, ""),
    )


def _guess(kind: str, label: str) -> str:
    return KIND_OF_LABEL.get(label, kind) if kind == "other" else kind


def _is_known(slot: FactSlot) -> bool:
    return slot.uid is not None or bool(slot.literal)


def _status(*slots: FactSlot) -> Status:
    linked = [slot.uid is not None for slot in slots if not slot.literal]
    if all(linked):
        return "linked"
    return "partial" if any(linked) else "out_of_kg"
