"""SAME_AS relations: the Cypher that keeps them, and the entities that nothing but they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from midspan.db.graph.rows import Row, prefix, unique
from midspan.db.graph.statements import RunCypher, each
from midspan.db.record_store import GraphMerge
from midspan.records import Named, is_outside

_TAKE_OUT = """
UNWIND $rows AS row MATCH (a:Entity {uid: row.one})-[r:SAME_AS]->(b:Entity {uid: row.other}) DELETE r
"""

# What facts say of an entity is not touched.
_ADD_ENDS = """
UNWIND $rows AS row MERGE (e:Entity {uid: row.uid})
ON CREATE SET e.name = row.name, e.kind = row.kind, e.in_kg = row.in_kg, e.mentioned = false
"""

_ADD = """
UNWIND $rows AS row MATCH (a:Entity {uid: row.one}) MATCH (b:Entity {uid: row.other})
MERGE (a)-[r:SAME_AS]->(b)
SET r.by = row.by, r.at = row.at, r.why = row.why, r.decision = row.decision,
    r.one_name = row.one_name, r.other_name = row.other_name
"""

_NAME_UNMENTIONED = """
UNWIND $uids AS uid MATCH (e:Entity {uid: uid})
WHERE NOT EXISTS { MATCH (e)<-[:SUBJECT]-(:Assertion) } AND NOT EXISTS { MATCH (e)<-[:OBJECT]-(:Assertion) }
CALL (e) {
  MATCH (e)-[r:SAME_AS]->(:Entity) RETURN r.one_name AS name
  UNION ALL
  MATCH (e)<-[r:SAME_AS]-(:Entity) RETURN r.other_name AS name
}
WITH e, min(name) AS name SET e.name = name, e.mentioned = false, e.sort = null
"""


def take_out(run: RunCypher, pairs: Iterable[tuple[str, str]]) -> None:
    each(run, _TAKE_OUT, "rows", [{"one": one, "other": other} for one, other in sorted(pairs)])


def add(run: RunCypher, merges: Sequence[GraphMerge]) -> None:
    ends = (end for merge in merges for end in (merge.decision.one, merge.decision.other))
    each(run, _ADD_ENDS, "rows", unique(_end_row(end) for end in ends))
    each(run, _ADD, "rows", [_row(merge) for merge in merges])


def name_unmentioned(run: RunCypher, uids: Sequence[str]) -> None:
    """Call entities that no fact is about as the decisions on them do."""
    each(run, _NAME_UNMENTIONED, "uids", uids)


def _end_row(end: Named) -> Row:
    return {"uid": end.uid, "name": end.name, "kind": prefix(end.uid), "in_kg": not is_outside(end.uid)}


def _row(merge: GraphMerge) -> Row:
    said = merge.decision
    return {
        "one": said.one.uid,
        "other": said.other.uid,
        "one_name": said.one.name,
        "other_name": said.other.name,
        "by": said.by,
        "at": datetime.fromtimestamp(said.at, tz=timezone.utc).isoformat(timespec="seconds"),
        "why": said.why,
        "decision": said.number,
    }
