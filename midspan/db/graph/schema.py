"""The property graph: its schema, and the Cypher that both engines run to keep it.

Constraints and indexes are made by the numbered steps in ``migrations/graph``, on both engines.

Nodes; ``uid`` is unique within each label. Never are properties called id, title, label or type (the
embedded engine makes those up, and queries must mean the same on both): what is usually an entity's label
or a document's title is ``name`` here.

- ``(:Document {uid, name, path, kind})``: uid is the source id; kind is document or video.
- ``(:Sentence {uid, text, start, finish, page})``: uid is the segment id; start and finish are the
  smallest and largest place of its mentions.
- ``(:Mention {uid, subject, predicate, object, subject_name, predicate_name, object_name, start, finish,
  score, polarity, run})``: one extraction; uid is the fact id, the first three are what the text says.
- ``(:Assertion {uid, polarity, status, support, confidence, object_value, object_kind})``: what the
  mentions say, once. Its uid is made of the uids of subject, predicate and object (or the literal) and
  the polarity, so that other documents and other models merge into it. A literal object (date, number)
  is the property ``object_value``; there is no entity and no FACT edge for it.
- ``(:Entity {uid, name, kind, in_kg})``, ``(:Predicate {uid, name})``: uid is the CURIE in the knowledge
  graph, kind its prefix. What is not in the knowledge graph has ``local:`` and a digest of its casefolded
  surface, and ``in_kg`` false. A name is the first in code point order among those its mentions use.

Relations

- ``(Document)-[:HAS_SENTENCE]->(Sentence)-[:HAS_MENTION]->(Mention)-[:SUPPORTS {confidence}]->(Assertion)``
- ``(Assertion)-[:SUBJECT]->(Entity)``, ``-[:OBJECT]->(Entity)``, ``-[:PREDICATE]->(Predicate)``
- ``(Entity)-[:FACT {pid, name, polarity, support, confidence, assertion}]->(Entity)``: one for each
  assertion about two entities, for short queries. Denied and hedged assertions have one too:
  ``WHERE f.polarity = 'affirmed'`` leaves them out.

What the graph leaves to the record store, since nothing asks for it here: descriptions, aliases and types
of entities, candidates and spans of single slots. What is in no knowledge graph has no second label: one
label a node is what queries and ``labels(n)[0]`` can rely on, and ``WHERE NOT e.in_kg`` finds it.

An assertion's support is the number of its SUPPORTS edges and its confidence their maximum. (Noisy-or
would take mentions for independent, which copies of a text are not, and its rounding depends on order.)
Everything that several mentions share is computed from what is there, never incremented: the graph is a
function of the set of facts in it, whatever the batches and however often they are applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from midspan.db.record_store import GraphFact
from midspan.records import Fact, FactSlot, digest

SCHEMA_VERSION = 1
"""Raised when the same facts would give another graph; the projection is built anew then."""

LABELS = ("Document", "Sentence", "Mention", "Assertion", "Entity", "Predicate")

ROWS_A_STATEMENT = 1000

Row = dict[str, Any]
RunCypher = Callable[[str, Mapping[str, Any]], Sequence[Mapping[str, Any]]]
"""Runs a statement with parameters and answers its rows."""

# The indexes themselves are made by the steps in migrations/graph.
FULL_TEXT = {"entity_name": ("Entity", "name"), "sentence_text": ("Sentence", "text")}
"""Full-text indexes for ``CALL db.index.fulltext.queryNodes(NAME, WORDS)``: label and property."""

COUNTS = {
    "Mention": "MATCH (m:Mention) RETURN count(m) AS n",
    "Assertion": "MATCH (a:Assertion) RETURN count(a) AS n",
    "Entity": "MATCH (e:Entity) RETURN count(e) AS n",
    "FACT": "MATCH (:Entity)-[f:FACT]->(:Entity) RETURN count(f) AS n",
}

_THERE = "UNWIND $uids AS uid MATCH (m:Mention {uid: uid}) RETURN m.uid AS uid"

# WITH keeps a planner whose statistics are old from beginning anywhere but at the uid.
_AROUND = """
UNWIND $uids AS uid MATCH (m:Mention {uid: uid})
WITH m
MATCH (m)<-[:HAS_MENTION]-(s:Sentence)<-[:HAS_SENTENCE]-(d:Document)
MATCH (m)-[:SUPPORTS]->(a:Assertion)-[:SUBJECT]->(e:Entity)
MATCH (a)-[:PREDICATE]->(p:Predicate)
OPTIONAL MATCH (a)-[:OBJECT]->(o:Entity)
RETURN d.uid AS document, s.uid AS sentence, a.uid AS assertion, e.uid AS subject, p.uid AS predicate,
       o.uid AS object
"""

_TAKE_OUT = "UNWIND $uids AS uid MATCH (m:Mention {uid: uid}) DETACH DELETE m"

_ADD_DOCUMENTS = """
UNWIND $rows AS row MERGE (d:Document {uid: row.uid})
SET d.name = row.name, d.path = row.path, d.kind = row.kind
"""

_ADD_SENTENCES = """
UNWIND $rows AS row MATCH (d:Document {uid: row.document})
MERGE (s:Sentence {uid: row.uid}) SET s.text = row.text, s.page = row.page
MERGE (d)-[:HAS_SENTENCE]->(s)
"""

_ADD_ENTITIES = """
UNWIND $rows AS row MERGE (e:Entity {uid: row.uid})
ON CREATE SET e.name = row.name, e.kind = row.kind, e.in_kg = row.in_kg
ON MATCH SET e.name = CASE WHEN row.name < e.name THEN row.name ELSE e.name END
"""

_ADD_PREDICATES = """
UNWIND $rows AS row MERGE (p:Predicate {uid: row.uid})
ON CREATE SET p.name = row.name
ON MATCH SET p.name = CASE WHEN row.name < p.name THEN row.name ELSE p.name END
"""

_ADD_ASSERTIONS = """
UNWIND $rows AS row
MATCH (e:Entity {uid: row.subject}) MATCH (p:Predicate {uid: row.predicate})
MERGE (a:Assertion {uid: row.uid})
ON CREATE SET a.polarity = row.polarity, a.status = row.status, a.support = 0, a.confidence = 0.0,
              a.object_value = row.object_value, a.object_kind = row.object_kind
MERGE (a)-[:SUBJECT]->(e)
MERGE (a)-[:PREDICATE]->(p)
"""

_ADD_OBJECTS = """
UNWIND $rows AS row MATCH (a:Assertion {uid: row.uid}) MATCH (o:Entity {uid: row.object})
MERGE (a)-[:OBJECT]->(o)
"""

_ADD_MENTIONS = """
UNWIND $rows AS row
MATCH (s:Sentence {uid: row.sentence}) MATCH (a:Assertion {uid: row.assertion})
MERGE (m:Mention {uid: row.uid})
SET m.subject = row.subject, m.predicate = row.predicate, m.object = row.object,
    m.subject_name = row.subject_name, m.predicate_name = row.predicate_name,
    m.object_name = row.object_name, m.start = row.start, m.finish = row.finish,
    m.score = row.score, m.polarity = row.polarity, m.run = row.run
MERGE (s)-[:HAS_MENTION]->(m)
MERGE (m)-[r:SUPPORTS]->(a) SET r.confidence = row.score
"""

_COUNT_SUPPORT = """
UNWIND $uids AS uid MATCH (a:Assertion {uid: uid})
OPTIONAL MATCH (a)<-[r:SUPPORTS]-(:Mention)
WITH a, count(r) AS support, max(r.confidence) AS confidence
SET a.support = support, a.confidence = coalesce(confidence, 0.0)
"""

_DROP_EDGES = """
UNWIND $uids AS uid MATCH (a:Assertion {uid: uid}) WHERE a.support = 0
WITH a
MATCH (a)-[:SUBJECT]->(e:Entity) MATCH (a)-[:OBJECT]->(o:Entity)
MATCH (e)-[f:FACT]->(o) WHERE f.assertion = a.uid
DELETE f
"""

_DROP_ASSERTIONS = """
UNWIND $uids AS uid MATCH (a:Assertion {uid: uid}) WHERE a.support = 0 DETACH DELETE a
"""

_DRAW_EDGES = """
UNWIND $uids AS uid MATCH (a:Assertion {uid: uid})
WITH a
MATCH (a)<-[:SUPPORTS]-(m:Mention)
WITH a, min(m.predicate_name) AS name
MATCH (a)-[:SUBJECT]->(e:Entity) MATCH (a)-[:OBJECT]->(o:Entity) MATCH (a)-[:PREDICATE]->(p:Predicate)
MERGE (e)-[f:FACT {assertion: a.uid}]->(o)
SET f.pid = p.uid, f.name = name, f.polarity = a.polarity, f.support = a.support,
    f.confidence = a.confidence
"""

_SPAN_SENTENCES = """
UNWIND $uids AS uid MATCH (s:Sentence {uid: uid})
WITH s
MATCH (s)-[:HAS_MENTION]->(m:Mention)
WITH s, min(m.start) AS first, max(m.finish) AS last
SET s.start = first, s.finish = last
"""

_DROP_SENTENCES = """
UNWIND $uids AS uid MATCH (s:Sentence {uid: uid})
WHERE NOT EXISTS { MATCH (s)-[:HAS_MENTION]->(:Mention) } DETACH DELETE s
"""

_DROP_DOCUMENTS = """
UNWIND $uids AS uid MATCH (d:Document {uid: uid})
WHERE NOT EXISTS { MATCH (d)-[:HAS_SENTENCE]->(:Sentence) } DETACH DELETE d
"""

_DROP_ENTITIES = """
UNWIND $uids AS uid MATCH (e:Entity {uid: uid})
WHERE NOT EXISTS { MATCH (e)<-[:SUBJECT]-(:Assertion) } AND NOT EXISTS { MATCH (e)<-[:OBJECT]-(:Assertion) }
DETACH DELETE e
"""

_DROP_PREDICATES = """
UNWIND $uids AS uid MATCH (p:Predicate {uid: uid})
WHERE NOT EXISTS { MATCH (p)<-[:PREDICATE]-(:Assertion) } DETACH DELETE p
"""

# Only a name that nobody uses any more is looked for again: a predicate may have 100,000 mentions.
_NAME_ENTITIES = """
UNWIND $uids AS uid MATCH (e:Entity {uid: uid})
WHERE NOT EXISTS { MATCH (e)<-[:SUBJECT]-(:Assertion)<-[:SUPPORTS]-(m:Mention) WHERE m.subject_name = e.name }
  AND NOT EXISTS { MATCH (e)<-[:OBJECT]-(:Assertion)<-[:SUPPORTS]-(m:Mention) WHERE m.object_name = e.name }
CALL (e) {
  MATCH (e)<-[:SUBJECT]-(:Assertion)<-[:SUPPORTS]-(m:Mention) RETURN m.subject_name AS name
  UNION ALL
  MATCH (e)<-[:OBJECT]-(:Assertion)<-[:SUPPORTS]-(m:Mention) RETURN m.object_name AS name
}
WITH e, min(name) AS name SET e.name = name
"""

_NAME_PREDICATES = """
UNWIND $uids AS uid MATCH (p:Predicate {uid: uid})
WHERE NOT EXISTS {
  MATCH (p)<-[:PREDICATE]-(:Assertion)<-[:SUPPORTS]-(m:Mention) WHERE m.predicate_name = p.name
}
MATCH (p)<-[:PREDICATE]-(:Assertion)<-[:SUPPORTS]-(m:Mention)
WITH p, min(m.predicate_name) AS name SET p.name = name
"""


def slot_uid(slot: FactSlot) -> str:
    """CURIE in the knowledge graph, or ``local:`` and 24 hex digits made of the casefolded surface: of the
    antecedent's, if it stands for one."""
    if slot.uid is not None:
        return slot.uid
    return "local:" + digest(" ".join((slot.antecedent or slot.surface).split()).casefold())[:24]


def assertion_uid(fact: Fact) -> str:
    """The same for every fact that says the same, whichever text or model it comes from."""
    kind = fact.object.literal or "entity"
    value = fact.object.name if fact.object.literal else slot_uid(fact.object)
    parts = (slot_uid(fact.subject), slot_uid(fact.predicate), kind, value, fact.polarity)
    return "assertion-" + digest(*parts)[:32]


def apply_batch(run: RunCypher, upserts: Sequence[GraphFact], removed: Sequence[str]) -> None:
    """Make the graph hold ``upserts`` and not ``removed``; a fact in both is kept.

    What a fact that is there already said before is taken out first. All statements belong into one
    transaction of the caller's.
    """
    facts = {upsert.fact.id: upsert for upsert in upserts}
    changed = sorted({*facts, *removed})
    there = [row["uid"] for part in _parts(changed) for row in run(_THERE, {"uids": part})]
    touched = _touched(run, there)
    _each(run, _TAKE_OUT, "uids", there)
    added = [facts[fact_id] for fact_id in sorted(facts)]
    _add(run, added)
    assertions = sorted(touched["assertion"] | {assertion_uid(item.fact) for item in added})
    sentences = sorted(touched["sentence"] | {item.fact.provenance.segment_id for item in added})
    for statement in (_COUNT_SUPPORT, _DROP_EDGES, _DROP_ASSERTIONS, _DRAW_EDGES):
        _each(run, statement, "uids", assertions)
    for statement in (_DROP_SENTENCES, _SPAN_SENTENCES):
        _each(run, statement, "uids", sentences)
    _each(run, _DROP_DOCUMENTS, "uids", sorted(touched["document"]))
    for statement in (_DROP_ENTITIES, _NAME_ENTITIES):
        _each(run, statement, "uids", sorted(touched["subject"] | touched["object"]))
    for statement in (_DROP_PREDICATES, _NAME_PREDICATES):
        _each(run, statement, "uids", sorted(touched["predicate"]))


def _touched(run: RunCypher, mentions: Sequence[str]) -> dict[str, set[str]]:
    """Uids of what stands around these mentions, by role."""
    found: dict[str, set[str]] = {
        role: set() for role in ("document", "sentence", "assertion", "subject", "predicate", "object")
    }
    for part in _parts(mentions):
        for row in run(_AROUND, {"uids": part}):
            for role, uids in found.items():
                if row[role] is not None:
                    uids.add(row[role])
    return found


def _add(run: RunCypher, items: Sequence[GraphFact]) -> None:
    assertions = _unique(_assertion_row(item.fact) for item in items)
    with_object = [row for row in assertions if row["object"] is not None]
    _each(run, _ADD_DOCUMENTS, "rows", _unique(_document_row(item) for item in items))
    _each(run, _ADD_SENTENCES, "rows", _unique(_sentence_row(item) for item in items))
    _each(run, _ADD_ENTITIES, "rows", _first_named(_entity_rows(items)))
    _each(run, _ADD_PREDICATES, "rows", _first_named(_slot_row(item.fact.predicate) for item in items))
    _each(run, _ADD_ASSERTIONS, "rows", assertions)
    _each(run, _ADD_OBJECTS, "rows", with_object)
    _each(run, _ADD_MENTIONS, "rows", [_mention_row(item.fact) for item in items])


def _document_row(item: GraphFact) -> Row:
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


def _sentence_row(item: GraphFact) -> Row:
    place = item.fact.provenance
    return {
        "uid": place.segment_id,
        "document": place.source_id,
        "text": item.fact.text,
        "page": item.page,
    }


def _entity_rows(items: Iterable[GraphFact]) -> Iterable[Row]:
    for item in items:
        yield _slot_row(item.fact.subject)
        if not item.fact.object.literal:
            yield _slot_row(item.fact.object)


def _slot_row(slot: FactSlot) -> Row:
    uid = slot_uid(slot)
    return {"uid": uid, "name": slot.name, "kind": uid.partition(":")[0], "in_kg": slot.uid is not None}


def _assertion_row(fact: Fact) -> Row:
    literal = fact.object.literal
    slots = [fact.subject, fact.predicate] if literal else [fact.subject, fact.predicate, fact.object]
    known = sum(slot.uid is not None for slot in slots)
    return {
        "uid": assertion_uid(fact),
        "subject": slot_uid(fact.subject),
        "predicate": slot_uid(fact.predicate),
        "object": None if literal else slot_uid(fact.object),
        "object_value": fact.object.name if literal else None,
        "object_kind": literal or None,
        "polarity": fact.polarity,
        "status": "linked" if known == len(slots) else "partial" if known else "out_of_kg",
    }


def _mention_row(fact: Fact) -> Row:
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
        "start": fact.provenance.start,
        "finish": fact.provenance.end,
        "score": fact.score,
        "polarity": fact.polarity,
        "run": fact.provenance.run_id,
    }


def _unique(rows: Iterable[Row]) -> list[Row]:
    """One row a uid, the last one, in order of uid."""
    by_uid = {row["uid"]: row for row in rows}
    return [by_uid[uid] for uid in sorted(by_uid)]


def _first_named(rows: Iterable[Row]) -> list[Row]:
    """One row a uid, the one whose name comes first, in order of uid."""
    return _unique(sorted(rows, key=lambda row: row["name"], reverse=True))


def _each(run: RunCypher, statement: str, parameter: str, values: Sequence[Any]) -> None:
    for part in _parts(values):
        run(statement, {parameter: part})


def _parts(values: Sequence[Any]) -> Iterable[list[Any]]:
    for start in range(0, len(values), ROWS_A_STATEMENT):
        yield list(values[start : start + ROWS_A_STATEMENT])
