"""Facts against KnowledgeNet: how many of the annotated ones come out, and how many of those are annotated.

KnowledgeNet reads a passage for some of its fifteen properties. So what comes out is judged only where its
property is one for which its document was read. Mentions of one entity in a sentence ("Lang", "he") are one
side of a fact, which is found by any of them.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from midspan.models.facts.evaluation.pair_recall import PRONOUNS, Place, places
from midspan.models.facts.evaluation.scores import Count
from midspan.models.facts.evaluation.sentences import Text
from midspan.models.facts.linking import LinkedTriple
from midspan.records import FactSlot

PROPERTIES: dict[str, tuple[str, bool]] = {
    "wd:P569": ("DATE_OF_BIRTH", False),
    "wd:P570": ("DATE_OF_DEATH", False),
    "wd:P19": ("PLACE_OF_BIRTH", False),
    "wd:P551": ("PLACE_OF_RESIDENCE", False),
    "wd:P27": ("NATIONALITY", False),
    "wd:P69": ("EDUCATED_AT", False),
    "wd:P26": ("SPOUSE", False),
    "wd:P40": ("CHILD_OF", True),
    "wd:P22": ("CHILD_OF", False),
    "wd:P25": ("CHILD_OF", False),
    "wd:P102": ("POLITICAL_AFFILIATION", False),
    "wd:P108": ("EMPLOYEE_OR_MEMBER_OF", False),
    "wd:P463": ("EMPLOYEE_OR_MEMBER_OF", False),
    "wd:P54": ("EMPLOYEE_OR_MEMBER_OF", False),
    "wd:P169": ("CEO", False),
    "wd:P112": ("FOUNDED_BY", False),
    "wd:P571": ("DATE_FOUNDED", False),
    "wd:P159": ("HEADQUARTERS", False),
    "wd:P749": ("SUBSIDIARY_OF", False),
    "wd:P355": ("SUBSIDIARY_OF", True),
}
"""What KnowledgeNet calls a property, and whether it runs the other way there."""
_BOTH_WAYS = "SPOUSE"
_QID = re.compile(r"Q\d+")


@dataclass(frozen=True)
class Gold:
    """A fact as annotated; each side has the places of all its mentions."""

    sentence: Text
    property: str
    subject: frozenset[Place]
    object: frozenset[Place]
    named: bool
    """Both sides are spoken of by a name or a date, not by a pronoun alone."""
    uids: tuple[str, str] = ("", "")
    """Of both sides; empty where that is not annotated."""


@dataclass(frozen=True)
class Said:
    """A fact that came out; a side has its own place, and that of what it stands for in the sentence."""

    sentence: Text
    property: str
    """Of KnowledgeNet."""
    subject: frozenset[Place]
    object: frozenset[Place]


@dataclass(frozen=True)
class Annotation:
    sentences: tuple[Text, ...]
    gold: tuple[Gold, ...]
    judged: frozenset[tuple[str, str]]
    """Documents, with each property that they were read for."""


def read(path: Path, folds: Sequence[int] = ()) -> Annotation:
    """From a JSON list of ``{"fold", "doc", "property", "sentence", "subject", "subject_qid", "object",
    "object_qid"}``, where a row without subject says that there is no such fact. No ``folds``: all."""
    rows = [row for row in json.loads(path.read_text("utf-8")) if not folds or row["fold"] in folds]
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["subject"] and row["object"]:
            groups[row["doc"], row["sentence"], row["property"]].append(row)
    return Annotation(
        sentences=tuple(dict.fromkeys((row["doc"], row["sentence"]) for row in rows)),
        gold=tuple(fact for group in groups.values() for fact in _facts(group)),
        judged=frozenset((row["doc"], row["property"]) for row in rows),
    )


def said_by(sentence: Text, start: int, linked: LinkedTriple) -> Said | None:
    """A fact of a sentence that begins at ``start`` in its document; None for a property not asked for."""
    if linked.predicate.uid not in PROPERTIES:
        return None
    subject, object_ = (_mentions(slot, start, len(sentence[1])) for slot in sides(linked))
    return Said(sentence, PROPERTIES[linked.predicate.uid][0], subject, object_)


def sides(linked: LinkedTriple) -> tuple[FactSlot, FactSlot]:
    """Subject and object as KnowledgeNet has them, of a property that it asks for."""
    turned = PROPERTIES[linked.predicate.uid or ""][1]
    return (linked.object, linked.subject) if turned else (linked.subject, linked.object)


def _mentions(slot: FactSlot, start: int, length: int) -> frozenset[Place]:
    found = {(slot.start, slot.end)}
    if slot.antecedent_start is not None and slot.antecedent_end is not None:
        place = slot.antecedent_start - start, slot.antecedent_end - start
        found |= {place} if 0 <= place[0] < length else set()
    return frozenset(found)


def compare(annotation: Annotation, said: Iterable[Said]) -> dict[tuple[str, str], Count]:
    """Counts by document and property. What says the same again, wrong or right, is counted once."""
    counts: dict[tuple[str, str], Count] = defaultdict(Count)
    gold: dict[tuple[Text, str], list[Gold]] = defaultdict(list)
    for fact in annotation.gold:
        gold[fact.sentence, fact.property].append(fact)
        counts[fact.sentence[0], fact.property].gold += 1
    found: set[Gold] = set()
    for one in dict.fromkeys(said):
        place = one.sentence[0], one.property
        if place not in annotation.judged:
            continue
        hits = {fact for fact in gold[one.sentence, one.property] if says(one, fact)}
        if hits and hits <= found:
            continue
        counts[place].said += 1
        counts[place].right += bool(hits)
        counts[place].found += len(hits - found)
        found |= hits
    return counts


def says(said: Said, gold: Gold) -> bool:
    """Whether both sides touch a mention of the annotated ones."""
    return bool(_ways(said, gold))


def means(said: Said, slots: tuple[FactSlot, FactSlot], gold: Gold, known: Collection[str]) -> bool:
    """Whether both sides are linked to the annotated entities as well, or to none where these are not
    ``known`` to the graph; where no entity is annotated any link will do."""
    left, right = gold.uids
    return any(
        _is_meant(one, left, known) and _is_meant(other, right, known)
        for one, other in (slots[::way] for way in _ways(said, gold))
    )


def _ways(said: Said, gold: Gold) -> list[int]:
    """In which directions both sides touch: 1 as it is said, -1 the other way round."""
    ways = [(1, said.subject, said.object)]
    if gold.property == _BOTH_WAYS:
        ways.append((-1, said.object, said.subject))
    return [way for way, left, right in ways if _touch(left, gold.subject) and _touch(right, gold.object)]


def _is_meant(slot: FactSlot, uid: str, known: Collection[str]) -> bool:
    if not uid or slot.literal:
        return True
    return slot.uid == uid if uid in known else slot.uid is None


def _touch(mine: Iterable[Place], others: Iterable[Place]) -> bool:
    return any(
        start < other_end and other_start < end for start, end in mine for other_start, other_end in others
    )


def _facts(rows: Sequence[dict[str, Any]]) -> list[Gold]:
    """Of one sentence and property."""
    sentence, name = (rows[0]["doc"], rows[0]["sentence"]), rows[0]["property"]
    subjects, objects = ([(row[side], row[f"{side}_qid"]) for row in rows] for side in ("subject", "object"))
    if name == _BOTH_WAYS:
        subjects = objects = [*subjects, *objects]
    entities = {"subject": _entities(subjects), "object": _entities(objects)}
    facts: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for row in rows:
        one, other = (entity[row[side], row[f"{side}_qid"]] for side, entity in entities.items())
        if name == _BOTH_WAYS and (other, one) in facts:
            ones, others = facts[other, one][::-1]
        else:
            ones, others = facts.setdefault((one, other), (set(), set()))
        ones.add(row["subject"])
        others.add(row["object"])
    return [_gold(sentence, name, pair, ones, others) for pair, (ones, others) in facts.items()]


def _gold(sentence: Text, name: str, pair: tuple[str, str], ones: set[str], others: set[str]) -> Gold:
    """``pair`` says what both sides mean, as ``_entities`` does."""
    subject, object_ = (
        frozenset(place for mention in side for place in places(sentence[1], mention))
        for side in (ones, others)
    )
    named = all(any(mention.lower() not in PRONOUNS for mention in side) for side in (ones, others))
    one, other = (f"wd:{meant}" if _QID.fullmatch(meant) else "" for meant in pair)
    return Gold(sentence, name, subject, object_, named, (one, other))


def _entities(mentions: Sequence[tuple[str, str | None]]) -> dict[tuple[str, str | None], str]:
    """What each mention means: its Wikidata id, else the longest mention with all its words. Pronouns without
    an id mean who is named without one, if that is one alone."""
    names = {text for text, qid in mentions if qid is None and text.lower() not in PRONOUNS}
    whole = {text: max((one for one in names if _has(one, text)), key=len) for text in names}
    meant = next(iter(whole.values())) if len(set(whole.values())) == 1 else ""
    return {(text, qid): qid or whole.get(text, meant) for text, qid in mentions}


def _has(name: str, other: str) -> bool:
    return set(other.split()) <= set(name.split())
