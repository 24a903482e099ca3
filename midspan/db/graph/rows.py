"""What the graph holds of facts, as the rows of its statements, and the uids of what they share."""

from __future__ import annotations

from collections.abc import Iterable

from midspan.db.graph.statements import Row
from midspan.db.record_store import GraphFact
from midspan.records import Fact, FactSlot, digest
from midspan.records.decisions import OUTSIDE


def slot_uid(slot: FactSlot, source_id: str) -> str:
    """CURIE in the knowledge graph, or ``local:`` and 24 hex digits made of the casefolded surface (of the
    antecedent's, if it stands for one) and of what it names.

    A person's name of one word means somebody else in another source, so the source is part of it.
    """
    if slot.uid is not None:
        return slot.uid
    words = (slot.antecedent or slot.surface).casefold().split()
    alone = slot.kind == "person" and len(words) == 1
    return OUTSIDE + digest(" ".join(words), slot.kind, *([source_id] if alone else []))[:24]


def assertion_uid(fact: Fact) -> str:
    """The same for every fact that says the same, whichever text or model it comes from."""
    source_id = fact.provenance.source_id
    kind = fact.object.literal or "entity"
    value = literal_value(fact.object) if fact.object.literal else slot_uid(fact.object, source_id)
    subject, predicate = slot_uid(fact.subject, source_id), slot_uid(fact.predicate, source_id)
    return "assertion-" + digest(subject, predicate, kind, value, fact.polarity, fact.modality)[:32]


def literal_value(slot: FactSlot) -> str:
    """A date as ISO 8601 where it was understood; else what the text says."""
    return slot.value or slot.name


def document_row(item: GraphFact) -> Row:
    place = item.fact.provenance
    kind = "document" if place.unit == "char" else "video"
    return {
        "uid": place.source_id,
        "name": _encodable(item.source_title),
        "path": _encodable(item.path),
        "kind": kind,
    }


def _encodable(text: str) -> str:
    """File names that are no UTF-8 carry lone surrogates, which no engine takes; they are spelt out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def sentence_row(item: GraphFact) -> Row:
    place = item.fact.provenance
    return {
        "uid": place.segment_id,
        "document": place.source_id,
        "text": item.fact.text,
        "page": item.page,
    }


def entity_rows(items: Iterable[GraphFact]) -> Iterable[Row]:
    for item in items:
        source_id = item.fact.provenance.source_id
        yield slot_row(item.fact.subject, source_id)
        if not item.fact.object.literal:
            yield slot_row(item.fact.object, source_id)


def slot_row(slot: FactSlot, source_id: str) -> Row:
    uid = slot_uid(slot, source_id)
    in_kg = slot.uid is not None
    return {
        "uid": uid,
        "name": slot.name,
        "kind": prefix(uid),
        "in_kg": in_kg,
        "sort": None if in_kg else slot.kind or None,
    }


def prefix(uid: str) -> str:
    """Of a CURIE: which knowledge graph it is of."""
    return uid.partition(":")[0]


def assertion_row(fact: Fact) -> Row:
    source_id, literal = fact.provenance.source_id, fact.object.literal
    slots = [fact.subject, fact.predicate] if literal else [fact.subject, fact.predicate, fact.object]
    known = sum(slot.uid is not None for slot in slots)
    return {
        "uid": assertion_uid(fact),
        "subject": slot_uid(fact.subject, source_id),
        "predicate": slot_uid(fact.predicate, source_id),
        "object": None if literal else slot_uid(fact.object, source_id),
        "object_value": literal_value(fact.object) if literal else None,
        "object_kind": literal or None,
        "polarity": fact.polarity,
        "modality": fact.modality,
        "status": "linked" if known == len(slots) else "partial" if known else "out_of_kg",
    }


def mention_row(fact: Fact) -> Row:
    return {
        "uid": fact.id,
        "sentence": fact.provenance.segment_id,
        "assertion": assertion_uid(fact),
        "subject": fact.subject.surface,
        "predicate": fact.predicate.surface,
        "object": fact.object.surface,
        "subject_name": fact.subject.name,
        "predicate_name": fact.predicate.name,
        "object_name": fact.object.name,
        "subject_score": fact.subject.score,
        "predicate_score": fact.predicate.score,
        "object_score": fact.object.score,
        "start": fact.provenance.start,
        "finish": fact.provenance.end,
        "score": fact.score,
        "polarity": fact.polarity,
        "modality": fact.modality,
        "generator": fact.generator,
        "run": fact.provenance.run_id,
    }


def unique(rows: Iterable[Row]) -> list[Row]:
    """One row a uid, the last one, in order of uid."""
    by_uid = {row["uid"]: row for row in rows}
    return [by_uid[uid] for uid in sorted(by_uid)]


def first_named(rows: Iterable[Row]) -> list[Row]:
    """One row a uid, the one whose name comes first, in order of uid."""
    return unique(sorted(rows, key=lambda row: row["name"], reverse=True))
