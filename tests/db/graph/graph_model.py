"""Facts by hand, and the graph that a set of them makes, said again in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from midspan.db.graph.schema import assertion_uid, slot_uid
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, Lease, RecordStore
from midspan.records import Fact, FactSlot, Provenance


def slot(surface: str, uid: str | None = None, name: str = "", literal: Any = "") -> FactSlot:
    return FactSlot(surface, 0, len(surface), uid, name or surface, 0.9, literal)


ADA, BABBAGE = slot("Ada", "wd:Q1", "Ada Lovelace"), slot("him", "wd:Q2", "Charles Babbage")
KNEW, BORN = slot("knew", "wd:P1", "acquaintance"), slot("was born on", "wd:P2", "date of birth")


def fact(
    number: int,
    subject: FactSlot = ADA,
    predicate: FactSlot = KNEW,
    object_: FactSlot = BABBAGE,
    *,
    polarity: Any = "affirmed",
    source: str = "source-1",
    segment: int = 1,
    score: float = 0.5,
) -> GraphFact:
    place = Provenance(
        source, "run-1", f"{source}-segment-{segment}", "char", 10.0 * segment, 10.0 * segment + 9
    )
    text = f"Sentence {segment} of {source}."
    status: Any = "linked"
    said = Fact(f"fact-{number}", place, text, subject, predicate, object_, polarity, status, score)
    return GraphFact(said, f"Title of {source}", f"/library/{source}.txt", page=segment)


Graph = tuple[dict[tuple[str, str], dict[str, Any]], dict[tuple[str, str, str, str], dict[str, Any]]]


def read(graph: GraphStore) -> Graph:
    """Nodes by (label, uid) and relations by (type, start uid, end uid, assertion or nothing)."""
    nodes = graph.query(
        "MATCH (n) WHERE NOT n:Projection AND NOT n:Migration RETURN n", limit=100_000, seconds=120
    ).rows
    edges = graph.query("MATCH (a)-[r]->(b) RETURN a.uid, r, b.uid", limit=100_000, seconds=120).rows
    by_uid = {(n["labels"][0], n["properties"]["uid"]): n["properties"] for (n,) in nodes}
    by_ends = {
        (r["type"], start, end, r["properties"].get("assertion", "")): r["properties"]
        for start, r, end in edges
    }
    assert len(by_uid) == len(nodes)
    assert len(by_ends) == len(edges)
    return by_uid, by_ends


def expected(items: Sequence[GraphFact]) -> Graph:
    """The graph of a set of facts, said again in plain Python."""
    nodes: dict[tuple[str, str], dict[str, Any]] = {}
    edges: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    spans: dict[str, set[float]] = defaultdict(set)
    scores: dict[str, list[float]] = defaultdict(list)
    relation_names: dict[str, set[str]] = defaultdict(set)
    for item in items:
        said, place = item.fact, item.fact.provenance
        assertion, literal = assertion_uid(said), said.object.literal
        nodes["Document", place.source_id] = {
            "uid": place.source_id,
            "name": item.source_title,
            "path": item.path,
            "kind": "document",
        }
        spans[place.segment_id] |= {place.start, place.end}
        nodes["Sentence", place.segment_id] = {
            "uid": place.segment_id,
            "text": said.text,
            "page": item.page,
            "start": min(spans[place.segment_id]),
            "finish": max(spans[place.segment_id]),
        }
        nodes["Mention", said.id] = {
            "uid": said.id,
            "subject": said.subject.surface,
            "predicate": said.predicate.surface,
            "object": said.object.surface,
            "subject_name": said.subject.name,
            "predicate_name": said.predicate.name,
            "object_name": said.object.name,
            "start": place.start,
            "finish": place.end,
            "score": said.score,
            "polarity": said.polarity,
            "run": place.run_id,
        }
        scores[assertion].append(said.score)
        roles = [said.subject, said.predicate] + ([] if literal else [said.object])
        known = [role.uid is not None for role in roles]
        nodes["Assertion", assertion] = {
            "uid": assertion,
            "polarity": said.polarity,
            "status": "linked" if all(known) else "partial" if any(known) else "out_of_kg",
            "support": len(scores[assertion]),
            "confidence": max(scores[assertion]),
            **({"object_value": said.object.name, "object_kind": literal} if literal else {}),
        }
        for label, role in (("Entity", said.subject), ("Predicate", said.predicate), ("Entity", said.object)):
            if role is said.object and literal:
                continue
            uid = slot_uid(role)
            names[label, uid].add(role.name)
            nodes[label, uid] = {"uid": uid, "name": min(names[label, uid])}
            if label == "Entity":
                nodes[label, uid] |= {"kind": uid.split(":")[0], "in_kg": not uid.startswith("local:")}
        subject, predicate = slot_uid(said.subject), slot_uid(said.predicate)
        edges["HAS_SENTENCE", place.source_id, place.segment_id, ""] = {}
        edges["HAS_MENTION", place.segment_id, said.id, ""] = {}
        edges["SUPPORTS", said.id, assertion, ""] = {"confidence": said.score}
        edges["SUBJECT", assertion, subject, ""] = {}
        edges["PREDICATE", assertion, predicate, ""] = {}
        if not literal:
            relation_names[assertion].add(said.predicate.name)
            edges["OBJECT", assertion, slot_uid(said.object), ""] = {}
            edges["FACT", subject, slot_uid(said.object), assertion] = {
                "assertion": assertion,
                "pid": predicate,
                "name": min(relation_names[assertion]),
                "polarity": said.polarity,
                "support": len(scores[assertion]),
                "confidence": max(scores[assertion]),
            }
    return nodes, edges


def taken(store: RecordStore, holder: str) -> Lease:
    lease = store.acquire("projector", holder, 600.0)
    assert lease is not None
    return lease
