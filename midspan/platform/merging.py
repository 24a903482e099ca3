"""Entities of facts that are the same, or are not: found by their uid, decided, and shown in the graph."""

from __future__ import annotations

import getpass
import os

from midspan.errors import NotFound
from midspan.platform.parts import Parts
from midspan.records import Decision, Named, Verdict, is_outside

WAIT_SECONDS = 10.0
"""How long the graph may take to show what was ingested or decided."""
MOST_NAMESAKES = 5

_ENTITY = "MATCH (e:Entity {uid: $uid}) RETURN e.name"
_NAMESAKES = "MATCH (e:Entity) WHERE toLower(e.name) = toLower($name) RETURN e.uid AS uid ORDER BY uid"


def decide(parts: Parts, verdict: Verdict, one: str, other: str, by: str, why: str) -> Decision:
    """Raises ``NotFound``, ``WrongUse``, and ``StoreUnavailable`` where the graph cannot be asked."""
    _bring_up(parts)
    decision = parts.store.decide(verdict, _named(parts, one), _named(parts, other), by or user(), why)
    _bring_up(parts)
    return decision


def undo(parts: Parts, number: int, by: str, why: str) -> Decision:
    """Raises ``NotFound``, ``WrongUse``."""
    decision = parts.store.undo(number, by or user(), why)
    _bring_up(parts)
    return decision


def user() -> str:
    """Who runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        return f"user {os.getuid()}"


def _bring_up(parts: Parts) -> None:
    parts.projector.project(WAIT_SECONDS, ["graph"])


def _named(parts: Parts, uid: str) -> Named:
    """An entity that facts are about, or that a knowledge graph in use has. Raises ``NotFound``."""
    for (name,) in parts.graph.query(_ENTITY, {"uid": uid}).rows:
        return Named(uid, name)
    if not is_outside(uid):
        for graph in parts.graphs.opened():
            if entity := graph.entity(uid):
                return Named(uid, entity.name)
    raise NotFound(f"no entity {uid!r} in the facts or in a knowledge graph in use; {_advice(parts, uid)}")


def _advice(parts: Parts, name: str) -> str:
    rows = parts.graph.query(_NAMESAKES, {"name": name}, limit=MOST_NAMESAKES).rows
    if rows:
        return f"of that name: {', '.join(uid for (uid,) in rows)}"
    return "`midspan cypher 'MATCH (e:Entity) RETURN e.uid, e.name'` lists those of the facts"
