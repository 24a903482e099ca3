"""SAME_AS relations: the Cypher that keeps them, and the entities that nothing but they hold."""

from __future__ import annotations

TAKE_OUT = """
UNWIND $rows AS row MATCH (a:Entity {uid: row.one})-[r:SAME_AS]->(b:Entity {uid: row.other}) DELETE r
"""

# What facts say of an entity is not touched.
ADD_ENDS = """
UNWIND $rows AS row MERGE (e:Entity {uid: row.uid})
ON CREATE SET e.name = row.name, e.kind = row.kind, e.in_kg = row.in_kg, e.mentioned = false
"""

ADD = """
UNWIND $rows AS row MATCH (a:Entity {uid: row.one}) MATCH (b:Entity {uid: row.other})
MERGE (a)-[r:SAME_AS]->(b)
SET r.by = row.by, r.at = row.at, r.why = row.why, r.decision = row.decision,
    r.one_name = row.one_name, r.other_name = row.other_name
"""

# Entities that no fact is about are called as the decisions on them do.
NAME_UNMENTIONED = """
UNWIND $uids AS uid MATCH (e:Entity {uid: uid})
WHERE NOT EXISTS { MATCH (e)<-[:SUBJECT]-(:Assertion) } AND NOT EXISTS { MATCH (e)<-[:OBJECT]-(:Assertion) }
CALL (e) {
  MATCH (e)-[r:SAME_AS]->(:Entity) RETURN r.one_name AS name
  UNION ALL
  MATCH (e)<-[r:SAME_AS]-(:Entity) RETURN r.other_name AS name
}
WITH e, min(name) AS name SET e.name = name, e.mentioned = false, e.sort = null
"""
