"""The property graph: its schema, and the Cypher that both engines run to keep it.

Constraints and indexes are made by the numbered steps in ``migrations/graph``, on both engines.

Nodes; ``uid`` is unique within each label. Never are properties called id, title, label or type (the
embedded engine makes those up, and queries must mean the same on both): what is usually an entity's label
or a document's title is ``name`` here.

- ``(:Document {uid, name, path, kind})``: uid is the source id; kind is document or video.
- ``(:Sentence {uid, text, start, finish, page})``: uid is the segment id; start and finish are the
  smallest and largest place of its mentions.
- ``(:Mention {uid, subject, predicate, object, subject_name, predicate_name, object_name, subject_score,
  predicate_score, object_score, start, finish, score, polarity, modality, generator, run})``: one
  extraction; uid is the fact id, the first three are what the text says.
- ``(:Assertion {uid, polarity, modality, status, support, confidence, object_value, object_kind})``: what
  the mentions say, once. Its uid is made of the uids of subject, predicate and object (or the literal), the
  polarity and the modality, so that other documents and other models merge into it. A literal object (date,
  number) is the property ``object_value``, a date in ISO 8601 as precise as the text is; there is no entity
  and no FACT edge for it.
- ``(:Entity {uid, name, kind, in_kg, mentioned, sort})``, ``(:Predicate {uid, name})``: uid is the CURIE in
  the knowledge graph, kind its prefix. What is not in the knowledge graph has the uid of
  :func:`midspan.db.graph.rows.slot_uid`, ``in_kg`` false, and in ``sort`` what the text takes it for (person,
  place, organisation, work, other). A name is the first in code point order among those its mentions use. An
  entity that no fact is about stays while a decision holds it to be the same as another: ``mentioned`` is
  false then, and its name is the one that it was called by in the decision.

Relations

- ``(Document)-[:HAS_SENTENCE]->(Sentence)-[:HAS_MENTION]->(Mention)-[:SUPPORTS {confidence}]->(Assertion)``
- ``(Assertion)-[:SUBJECT]->(Entity)``, ``-[:OBJECT]->(Entity)``, ``-[:PREDICATE]->(Predicate)``
- ``(Entity)-[:FACT {pid, name, polarity, modality, support, confidence, assertion}]->(Entity)``: one for
  each assertion about two entities, for short queries. Denied and hedged assertions have one too:
  ``WHERE f.polarity = 'affirmed'`` leaves them out.
- ``(Entity)-[:SAME_AS {by, at, why, decision, one_name, other_name}]->(Entity)``: a decision that holds, from
  what is in no knowledge graph to what it is the same as. No assertion is moved for it.

What the graph leaves to the record store and the knowledge graphs, and why, is said in ``docs/graph.md``.

An assertion's support is the number of its SUPPORTS edges and its confidence their maximum. (Noisy-or
would take mentions for independent, which copies of a text are not, and its rounding depends on order.)
Everything that several mentions share is computed from what is there, never incremented: the graph is a
function of the set of facts and of decisions that hold, whatever the batches and however often they are
applied.
"""

from __future__ import annotations

from collections.abc import Sequence

from midspan.db.graph import same_as
from midspan.db.graph.statements import Batch, Row, RunCypher, each, parts

SCHEMA_VERSION = 2
"""Raised when the same facts would give another graph; the projection is built anew then."""

LABELS = ("Document", "Sentence", "Mention", "Assertion", "Entity", "Predicate")

# The indexes themselves are made by the steps in migrations/graph.
FULL_TEXT = {"entity_name": ("Entity", "name"), "sentence_text": ("Sentence", "text")}
"""Full-text indexes for ``CALL db.index.fulltext.queryNodes(NAME, WORDS)``: label and property."""

COUNTS = {
    "Mention": "MATCH (m:Mention) RETURN count(m) AS n",
    "Assertion": "MATCH (a:Assertion) RETURN count(a) AS n",
    "Entity": "MATCH (e:Entity) RETURN count(e) AS n",
    "FACT": "MATCH (:Entity)-[f:FACT]->(:Entity) RETURN count(f) AS n",
    "SAME_AS": "MATCH (:Entity)-[r:SAME_AS]->(:Entity) RETURN count(r) AS n",
}

_THERE = {
    label: f"UNWIND $uids AS uid MATCH (n:{label} {{uid: uid}}) RETURN n.uid AS uid"
    for label in ("Mention", "Assertion")
}

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

# What is there is written to only where it changes: a write costs three times a look.
_ADD_ENTITIES = """
UNWIND $rows AS row MERGE (e:Entity {uid: row.uid})
ON CREATE SET e.name = row.name, e.kind = row.kind, e.in_kg = row.in_kg, e.sort = row.sort,
              e.mentioned = true
WITH e, row WHERE NOT e.mentioned OR row.name < e.name
SET e.name = row.name, e.sort = row.sort, e.mentioned = true
"""

_ADD_PREDICATES = """
UNWIND $rows AS row MERGE (p:Predicate {uid: row.uid})
ON CREATE SET p.name = row.name
ON MATCH SET p.name = CASE WHEN row.name < p.name THEN row.name ELSE p.name END
"""

# For assertions that are not there yet: one that is has all its relations.
_ADD_ASSERTIONS = """
UNWIND $rows AS row
MATCH (e:Entity {uid: row.subject}) MATCH (p:Predicate {uid: row.predicate})
CREATE (p)<-[:PREDICATE]-(a:Assertion {
  uid: row.uid, polarity: row.polarity, modality: row.modality, status: row.status, support: 0,
  confidence: 0.0, object_value: row.object_value, object_kind: row.object_kind
})-[:SUBJECT]->(e)
"""

_ADD_OBJECTS = """
UNWIND $rows AS row MATCH (a:Assertion {uid: row.uid}) MATCH (o:Entity {uid: row.object})
CREATE (a)-[:OBJECT]->(o)
"""

# Those that were there are taken out by now.
_ADD_MENTIONS = """
UNWIND $rows AS row
MATCH (s:Sentence {uid: row.sentence}) MATCH (a:Assertion {uid: row.assertion})
CREATE (s)-[:HAS_MENTION]->(m:Mention {
  uid: row.uid, subject: row.subject, predicate: row.predicate, object: row.object,
  subject_name: row.subject_name, predicate_name: row.predicate_name, object_name: row.object_name,
  subject_score: row.subject_score, predicate_score: row.predicate_score, object_score: row.object_score,
  start: row.start, finish: row.finish, score: row.score, polarity: row.polarity, modality: row.modality,
  generator: row.generator, run: row.run
})-[:SUPPORTS {confidence: row.score}]->(a)
"""

_ADDING = (
    (_ADD_DOCUMENTS, "documents"),
    (_ADD_SENTENCES, "sentences"),
    (_ADD_ENTITIES, "entities"),
    (_ADD_PREDICATES, "predicates"),
    (_ADD_ASSERTIONS, "assertions"),
    (_ADD_OBJECTS, "objects"),
    (_ADD_MENTIONS, "mentions"),
    (same_as.ADD_ENDS, "ends"),
    (same_as.ADD, "same"),
)
"""Statements over rows and the part of a batch that each runs over, in this order."""
_ASSERTIONS = ("assertions", "objects")
"""Those parts of which only what is not there yet is added."""

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

_ENDS = """
UNWIND $uids AS uid MATCH (a:Assertion {uid: uid})
WITH a
MATCH (a)<-[:SUPPORTS]-(m:Mention)
WITH a, min(m.predicate_name) AS name
MATCH (a)-[:SUBJECT]->(e:Entity) MATCH (a)-[:OBJECT]->(o:Entity) MATCH (a)-[:PREDICATE]->(p:Predicate)
"""

# For assertions that were not there: nothing is looked for among the edges of an entity, which may be many.
_DRAW_EDGES = f"""{_ENDS}
CREATE (e)-[:FACT {{
  assertion: a.uid, pid: p.uid, name: name, polarity: a.polarity, modality: a.modality, support: a.support,
  confidence: a.confidence
}}]->(o)
"""

_UPDATE_EDGES = f"""{_ENDS}
MERGE (e)-[f:FACT {{assertion: a.uid}}]->(o)
SET f.pid = p.uid, f.name = name, f.polarity = a.polarity, f.modality = a.modality,
    f.support = a.support, f.confidence = a.confidence
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
  AND NOT EXISTS { MATCH (e)-[:SAME_AS]-(:Entity) }
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


def apply_batch(run: RunCypher, batch: Batch) -> None:
    """Make the graph hold what a batch adds and not what it takes out (see ``batch.py``).

    What a fact that is there already said before is taken out first. All statements belong into one
    transaction of the caller's.
    """
    there = _there(run, "Mention", batch["changed"])
    asserted = set(_there(run, "Assertion", batch["assertions"]))
    new = {name: [row for row in batch[name] if row["uid"] not in asserted] for name in _ASSERTIONS}
    touched = _touched(run, there)
    each(run, _TAKE_OUT, "uids", there)
    each(run, same_as.TAKE_OUT, "rows", batch["parted"])
    for statement, name in _ADDING:
        each(run, statement, "rows", new.get(name, batch[name]))
    assertions = sorted(touched["assertion"] | _uids(batch["assertions"], "uid"))
    sentences = sorted(touched["sentence"] | _uids(batch["sentences"], "uid"))
    ends = (row[end] for name in ("parted", "same") for row in batch[name] for end in ("one", "other"))
    entities = sorted(touched["subject"] | touched["object"] | set(ends))
    each(run, _COUNT_SUPPORT, "uids", assertions)
    for statement in (_DROP_EDGES, _DROP_ASSERTIONS):
        each(run, statement, "uids", sorted(touched["assertion"]))
    drawn = _uids(new["objects"], "uid")
    each(run, _DRAW_EDGES, "uids", sorted(drawn))
    each(run, _UPDATE_EDGES, "uids", [uid for uid in assertions if uid not in drawn])
    each(run, _DROP_SENTENCES, "uids", sorted(touched["sentence"]))
    each(run, _SPAN_SENTENCES, "uids", sentences)
    each(run, _DROP_DOCUMENTS, "uids", sorted(touched["document"]))
    for statement in (_DROP_ENTITIES, _NAME_ENTITIES, same_as.NAME_UNMENTIONED):
        each(run, statement, "uids", entities)
    for statement in (_DROP_PREDICATES, _NAME_PREDICATES):
        each(run, statement, "uids", sorted(touched["predicate"]))


def _there(run: RunCypher, label: str, rows: Sequence[Row]) -> list[str]:
    """Uids of those rows whose node is there already."""
    uids = [row["uid"] for row in rows]
    return [row["uid"] for part in parts(uids) for row in run(_THERE[label], {"uids": part})]


def _uids(rows: Sequence[Row], name: str) -> set[str]:
    return {row[name] for row in rows}


def _touched(run: RunCypher, mentions: Sequence[str]) -> dict[str, set[str]]:
    """Uids of what stands around these mentions, by role."""
    found: dict[str, set[str]] = {
        role: set() for role in ("document", "sentence", "assertion", "subject", "predicate", "object")
    }
    for part in parts(mentions):
        for row in run(_AROUND, {"uids": part}):
            for role, uids in found.items():
                if row[role] is not None:
                    uids.add(row[role])
    return found
