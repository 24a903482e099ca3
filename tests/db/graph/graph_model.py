"""Facts by hand, and the graph that a set of them makes, said again in plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from midspan.db.graph.rows import assertion_uid, slot_uid
from midspan.db.graph_store import GraphStore
from midspan.db.record_store import GraphFact, GraphItem, GraphMerge, Lease, RecordStore
from midspan.records import Decision, Fact, FactSlot, Named, Provenance, ordered


def slot(surface: str, uid: str | None = None, name: str = "", literal: Any = "", **more: Any) -> FactSlot:
    return FactSlot(surface, 0, len(surface), uid, name or surface, 0.9, literal, **more)


ADA, BABBAGE = slot("Ada", "wd:Q1", "Ada Lovelace"), slot("him", "wd:Q2", "Charles Babbage")
KNEW, BORN = slot("knew", "wd:P1", "acquaintance"), slot("was born on", "wd:P2", "date of birth")


def fact(
    number: int,
    subject: FactSlot = ADA,
    predicate: FactSlot = KNEW,
    object_: FactSlot = BABBAGE,
    *,
    polarity: Any = "affirmed",
    modality: Any = "",
    source: str = "source-1",
    segment: int = 1,
    score: float = 0.5,
) -> GraphFact:
    place = Provenance(
        source, "run-1", f"{source}-segment-{segment}", "char", 10.0 * segment, 10.0 * segment + 9
    )
    text = f"Sentence {segment} of {source}."
    status: Any = "linked"
    said = Fact(f"fact-{number}", place, text, subject, predicate, object_, polarity, status, score, modality)
    return GraphFact(said, f"Title of {source}", f"/library/{source}.txt", page=segment)


def outside(surface: str, name: str = "") -> Named:
    """What a slot of this surface, in no knowledge graph, is in the graph."""
    return Named(slot_uid(slot(surface), ""), name or surface)


def merge(number: int, one: Named, other: Named) -> GraphMerge:
    return GraphMerge(Decision(number, "same", *ordered(one, other), f"user {number}", float(number), "why"))


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


def expected(items: Sequence[GraphItem]) -> Graph:
    """The graph of a set of facts and merges, said again in plain Python."""
    nodes, edges = _of_facts([item for item in items if isinstance(item, GraphFact)])
    called: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if isinstance(item, GraphMerge):
            said = item.decision
            for end in (said.one, said.other):
                called[end.uid].add(end.name)
            edges["SAME_AS", said.one.uid, said.other.uid, ""] = {
                "by": said.by,
                "at": datetime.fromtimestamp(said.at, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
                "why": said.why,
                "decision": said.number,
                "one_name": said.one.name,
                "other_name": said.other.name,
            }
    for uid, names in called.items():
        kind = uid.split(":")[0]
        alone = {"uid": uid, "name": min(names), "kind": kind, "in_kg": kind != "local", "mentioned": False}
        nodes.setdefault(("Entity", uid), alone)
    return nodes, edges


def _of_facts(items: Sequence[GraphFact]) -> Graph:
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
            "modality": said.modality,
            "generator": said.generator,
            "subject_score": said.subject.score,
            "predicate_score": said.predicate.score,
            "object_score": said.object.score,
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
            "modality": said.modality,
            "status": "linked" if all(known) else "partial" if any(known) else "out_of_kg",
            "support": len(scores[assertion]),
            "confidence": max(scores[assertion]),
            **(
                {"object_value": said.object.value or said.object.name, "object_kind": literal}
                if literal
                else {}
            ),
        }
        for label, role in (("Entity", said.subject), ("Predicate", said.predicate), ("Entity", said.object)):
            if role is said.object and literal:
                continue
            uid = slot_uid(role, place.source_id)
            names[label, uid].add(role.name)
            nodes[label, uid] = {"uid": uid, "name": min(names[label, uid])}
            if label == "Entity":
                nodes[label, uid] |= {"kind": uid.split(":")[0], "in_kg": role.uid is not None}
                nodes[label, uid] |= {"mentioned": True, **({"sort": role.kind} if role.kind else {})}
        subject, predicate, object_ = (
            slot_uid(role, place.source_id) for role in (said.subject, said.predicate, said.object)
        )
        edges["HAS_SENTENCE", place.source_id, place.segment_id, ""] = {}
        edges["HAS_MENTION", place.segment_id, said.id, ""] = {}
        edges["SUPPORTS", said.id, assertion, ""] = {"confidence": said.score}
        edges["SUBJECT", assertion, subject, ""] = {}
        edges["PREDICATE", assertion, predicate, ""] = {}
        if not literal:
            relation_names[assertion].add(said.predicate.name)
            edges["OBJECT", assertion, object_, ""] = {}
            edges["FACT", subject, object_, assertion] = {
                "assertion": assertion,
                "pid": predicate,
                "name": min(relation_names[assertion]),
                "polarity": said.polarity,
                "modality": said.modality,
                "support": len(scores[assertion]),
                "confidence": max(scores[assertion]),
            }
    return nodes, edges


def taken(store: RecordStore, holder: str) -> Lease:
    lease = store.acquire("projector", holder, 600.0)
    assert lease is not None
    return lease
