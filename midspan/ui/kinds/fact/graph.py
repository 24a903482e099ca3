"""Assertions of the graph as the facts page needs them: read by Cypher, drawn as DOT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from midspan import Workspace
from midspan.ui.escaping import as_dot

EDGE_LIMIT = 200
DRAWN_LIMIT = 60

_ENTITIES = """
MATCH (e:Entity)<-[:SUBJECT|OBJECT]-(a:Assertion)
WITH e, count(a) AS assertions
RETURN e.uid AS uid, e.name AS name, assertions ORDER BY assertions DESC, name LIMIT $limit
"""

_EDGES = """
MATCH (s:Entity)<-[:SUBJECT]-(a:Assertion)-[:PREDICATE]->(p:Predicate)
OPTIONAL MATCH (a)-[:OBJECT]->(o:Entity)
WITH s, a, p, o
WHERE ($uid = '' OR s.uid = $uid OR o.uid = $uid) AND (NOT $linked OR a.status = 'linked')
RETURN a.uid AS assertion, s.uid AS subject, s.name AS subject_name, s.in_kg AS subject_known,
       p.name AS predicate, o.uid AS object, o.name AS object_name, o.in_kg AS object_known,
       a.object_value AS value, a.polarity AS polarity, a.support AS support, a.confidence AS confidence
ORDER BY support DESC, confidence DESC, assertion LIMIT $limit
"""

_MENTIONS = """
MATCH (m:Mention)-[:SUPPORTS]->(a:Assertion {uid: $uid})
RETURN m.uid AS uid ORDER BY m.score DESC, uid LIMIT $limit
"""


@dataclass(frozen=True)
class Edge:
    """An assertion: what one or more sentences say."""

    assertion: str
    subject: str
    """uid"""
    subject_name: str
    subject_known: bool
    """In the knowledge graph."""
    predicate: str
    object: str | None
    """uid; None for a date or number."""
    object_name: str
    object_known: bool
    polarity: str
    support: int
    """Number of mentions."""
    confidence: float


def entities(workspace: Workspace, limit: int = 300) -> dict[str, str]:
    """uid to name and number of assertions, those with most first."""
    rows = workspace.cypher(_ENTITIES, {"limit": limit}, limit=limit).rows
    return {uid: f"{name} ({count})" for uid, name, count in rows}


def edges(workspace: Workspace, entity: str = "", linked: bool = False) -> list[Edge]:
    """Assertions about an entity (about any for ``""``), best supported first.

    ``linked`` leaves out those with a part that is not in the knowledge graph.
    """
    parameters = {"uid": entity, "linked": linked, "limit": EDGE_LIMIT}
    return [
        Edge(
            assertion=assertion,
            subject=subject,
            subject_name=subject_name,
            subject_known=bool(subject_known),
            predicate=predicate,
            object=uid,
            object_name=name if uid is not None else str(value),
            object_known=bool(known),
            polarity=polarity,
            support=support,
            confidence=confidence,
        )
        for (
            assertion, subject, subject_name, subject_known, predicate, uid, name, known, value, polarity,
            support, confidence,
        ) in workspace.cypher(_EDGES, parameters, limit=EDGE_LIMIT).rows
    ]  # fmt: skip


def mentions(workspace: Workspace, assertion: str, limit: int = 8) -> list[str]:
    """Fact ids that support an assertion, best first."""
    rows = workspace.cypher(_MENTIONS, {"uid": assertion, "limit": limit}, limit=limit).rows
    return [uid for (uid,) in rows]


def as_graphviz(drawn: Sequence[Edge], chosen: str = "") -> str:
    """DOT of assertions; ``chosen`` names the one that is drawn bold."""
    lines = [
        "digraph {",
        'graph [rankdir=LR, bgcolor="transparent", nodesep=0.18, ranksep=0.7, pad=0.1]',
        'node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11, height=0.3, '
        'color="#94a3b8", fillcolor="#f1f5f9", fontcolor="#0f172a"]',
        'edge [fontname="sans-serif", fontsize=9, color="#94a3b8", fontcolor="#64748b", arrowsize=0.6]',
    ]
    for edge in drawn:
        # A literal belongs to its assertion alone, as two equal dates are no common thing.
        target = edge.object or f"value of {edge.assertion}"
        lines += [
            _node(edge.subject, edge.subject_name, edge.subject_known),
            _node(target, edge.object_name, edge.object_known),
            _arrow(edge, target, edge.assertion == chosen),
        ]
    return "\n".join([*dict.fromkeys(lines), "}"])


def _node(uid: str, name: str, known: bool) -> str:
    look = ', fillcolor="#e0e7ff", color="#818cf8"' if known else ""
    return f"{as_dot(uid, 200)} [label={as_dot(name)}{look}]"


def _arrow(edge: Edge, target: str, chosen: bool) -> str:
    words = {"affirmed": "", "negated": "not: ", "hedged": "perhaps: "}.get(edge.polarity, "")
    label = f"{words}{edge.predicate}" + (f" ×{edge.support}" if edge.support > 1 else "")
    look = {"negated": ', style=dashed, color="#dc2626"', "hedged": ", style=dashed"}.get(edge.polarity, "")
    if chosen:
        look += ', color="#4338ca", fontcolor="#4338ca", penwidth=2'
    return f"{as_dot(edge.subject, 200)} -> {as_dot(target, 200)} [label={as_dot(label)}{look}]"
