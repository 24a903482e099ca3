"""Surface triples to the knowledge graph: exact names, popularity between namesakes, and a wording table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from midspan.models.facts.extraction import Triple
from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.patterns import BY_WORDING, Pattern, matching
from midspan.models.facts.phrases import Determiner, Phrase, readable
from midspan.records import FactSlot

Status = Literal["linked", "partial", "out_of_kg"]
LiteralKind = Literal["", "date", "number"]

NAME_KNOWN = 0.73
"""Share of linked names that were right in 2,500 sentences of KnowledgeNet (benchmarks/link_names.py)."""
NAME_UNKNOWN = 0.98
"""Share of names left unlinked there that are in fact not in the graph."""
WORDING_SURE = 0.9
WORDING_LIKELY = 0.6
WORDING_UNKNOWN = 0.5

_KIND_OF_LABEL = {
    "PERSON": "person",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "ORG": "organisation",
    "WORK_OF_ART": "work",
    "NORP": "other",
    "EVENT": "other",
    "LANGUAGE": "other",
    "LAW": "other",
    "PRODUCT": "other",
}
_CONFLICTS = {
    "PERSON": frozenset({"place"}),
    "GPE": frozenset({"person", "work", "occupation"}),
    "LOC": frozenset({"person", "work", "occupation"}),
    "FAC": frozenset({"person", "occupation"}),
    "ORG": frozenset({"occupation"}),
}
_NUMBERS = frozenset({"CARDINAL", "QUANTITY", "MONEY", "PERCENT", "ORDINAL"})
_DATE = re.compile(
    r"\d|january|february|march|april|june|july|august|september|october|november|december", re.I
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


class Linker:
    """Names to entities and wordings to properties of one knowledge graph.

    Scores: an entity's is ``NAME_KNOWN`` times its share of the popularity of all that have the name; a
    wording's, set by hand, says whether the kinds of both arguments are known to fit. They are rough, not
    calibrated one by one.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph

    def knows(self, key: str) -> bool:
        """Whether any property may be meant by this wording, whatever it is said of."""
        return key in BY_WORDING

    def link(self, triple: Triple) -> LinkedTriple:
        """The canonical form; subject and object change places where the property runs the other way."""
        subject, subject_kind = self._argument(triple.subject, ("",))
        object_, object_kind = self._argument(triple.object, ("", "indefinite"))
        if triple.key in ("be", "become") and object_.uid is None and not object_.literal:
            object_, object_kind = self._occupation(triple.object, object_, object_kind)
        labels = triple.subject.label, triple.object.label
        pattern, sure = self._pattern(triple.key, (subject, subject_kind), (object_, object_kind), labels)
        entry = self._graph.predicate(f"wd:{pattern.property}") if pattern else None
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
        return LinkedTriple(subject, predicate, object_, _status(subject, predicate, object_), score)

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
        pattern = matching(wording, subject_kind, object_kind)
        if pattern is not None:
            return pattern, bool(subject_kind and object_kind)
        if "other" in (subject_kind, object_kind):
            guessed = [
                _guess(kind, label) for kind, label in zip((subject_kind, object_kind), labels, strict=True)
            ]
            pattern = matching(wording, *guessed)
            if pattern is not None:
                return pattern, False
        if not _is_known(object_):
            pattern = matching(wording, subject_kind, "")
        if pattern is None and not _is_known(subject):
            pattern = matching(wording, "", object_kind)
        return pattern, False

    def _argument(self, phrase: Phrase, determiners: tuple[Determiner, ...]) -> tuple[FactSlot, str]:
        """The slot of an argument and its kind, empty if unknown.

        A common noun is looked up only under one of ``determiners``: "a guitar" may be the guitar of the
        knowledge graph, "the company" is not the notion of a company.
        """
        literal = literal_kind(phrase)
        if literal:
            return _slot(phrase, None, 1.0, literal), literal
        names = phrase.names if not phrase.noun or phrase.determiner in determiners else ()
        for mention in names:
            candidates = self._candidates(mention, phrase.label)
            if candidates:
                share = (candidates[0].popularity + 1) / sum(other.popularity + 1 for other in candidates)
                return _slot(phrase, candidates[0], round(NAME_KNOWN * share, 4)), candidates[0].kind
        return _slot(phrase, None, NAME_UNKNOWN), _KIND_OF_LABEL.get(phrase.label, "")

    def _candidates(self, mention: str, label: str) -> list[Entity]:
        """Those of this name that the kind of mention does not exclude, best first."""
        excluded = _CONFLICTS.get(label, frozenset())
        found = [entity for entity in self._graph.named(mention) if entity.kind not in excluded]
        expected = _KIND_OF_LABEL.get(label)
        return [entity for entity in found if entity.kind == expected] or found

    def _occupation(self, phrase: Phrase, slot: FactSlot, kind: str) -> tuple[FactSlot, str]:
        """ "a British philosopher" is a philosopher."""
        jobs = [entity for entity in self._graph.named(phrase.noun) if entity.kind == "occupation"]
        return (_slot(phrase, jobs[0], NAME_KNOWN), "occupation") if jobs else (slot, kind)


def literal_kind(phrase: Phrase) -> LiteralKind:
    """Whether a phrase is a date or a number rather than a thing."""
    if phrase.label == "DATE" and _DATE.search(phrase.surface):
        return "date"
    return "number" if phrase.label in _NUMBERS and any(sign.isdigit() for sign in phrase.surface) else ""


def _slot(phrase: Phrase, entity: Entity | None, score: float, literal: LiteralKind = "") -> FactSlot:
    meant = phrase.antecedent
    return FactSlot(
        surface=phrase.surface,
        start=phrase.start,
        end=phrase.end,
        uid=entity.uid if entity else None,
        name=entity.name if entity else readable(meant.surface if meant else phrase.surface),
        score=score,
        literal=literal,
        antecedent=meant.surface if meant else "",
        antecedent_start=meant.start if meant else None,
        antecedent_end=meant.end if meant else None,
        antecedent_segment=meant.segment_id if meant else None,
        kind="" if entity or literal else _KIND_OF_LABEL.get(phrase.label, ""),
    )


def _guess(kind: str, label: str) -> str:
    return _KIND_OF_LABEL.get(label, kind) if kind == "other" else kind


def _is_known(slot: FactSlot) -> bool:
    return slot.uid is not None or bool(slot.literal)


def _status(*slots: FactSlot) -> Status:
    linked = [slot.uid is not None for slot in slots if not slot.literal]
    if all(linked):
        return "linked"
    return "partial" if any(linked) else "out_of_kg"
