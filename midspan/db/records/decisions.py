"""Decisions about entities as rows; an undo is a row too."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, Engine, Row, insert, or_, select

from midspan.db.record_store import DecisionStore, pair_id
from midspan.db.records import dialect
from midspan.db.records.changes import Changes
from midspan.db.records.checksums import summed
from midspan.db.records.engine import reading, write
from midspan.db.records.joined import Joined, judged
from midspan.db.records.tables import decision
from midspan.errors import NotFound, WrongUse
from midspan.records import Decision, Named, Undoing, Verdict, is_outside, ordered

UNDO = "undo"


class SqlDecisions(DecisionStore):
    _engine: Engine

    def decide(self, verdict: Verdict, one: Named, other: Named, by: str, why: str) -> Decision:
        left, right = ordered(one, other)
        _refuse_pair(left, right)
        return write(self._engine, lambda connection: _decide(connection, verdict, left, right, by, why))

    def undo(self, number: int, by: str, why: str) -> Decision:
        return write(self._engine, lambda connection: _undo(connection, number, by, why))

    def decisions(self, uid: str | None = None) -> list[Decision]:
        with reading(self._engine) as connection:
            return read_decisions(connection, uid)[::-1]


def read_decisions(connection: Connection, uid: str | None = None) -> list[Decision]:
    """In the order in which they were made, each saying whether it holds."""
    wanted = select(decision).order_by(decision.c.key)
    if uid is not None:
        wanted = wanted.where(or_(decision.c.one == uid, decision.c.other == uid))
    rows = connection.execute(wanted).all()
    undone = {row.undoes: Undoing(row.who, row.at, row.why) for row in rows if row.verdict == UNDO}
    return judged(
        replace(_to_decision(row), undone=undone.get(row.key)) for row in rows if row.verdict != UNDO
    )


def _to_decision(row: Row[tuple[object, ...]]) -> Decision:
    one, other = Named(row.one, row.one_name), Named(row.other, row.other_name)
    return Decision(row.key, row.verdict, one, other, row.who, row.at, row.why)


def _refuse_pair(one: Named, other: Named) -> None:
    if one.uid == other.uid:
        raise WrongUse(f"{one.uid} was named twice; name two entities")
    if not is_outside(one.uid):
        raise WrongUse(
            f"{one.uid} ({one.name}) and {other.uid} ({other.name}) are two entities of knowledge graphs, "
            "and different; at least one must be outside them (`midspan cypher 'MATCH (e:Entity) WHERE NOT "
            "e.in_kg RETURN e.uid, e.name'` lists those)"
        )


def _decide(
    connection: Connection, verdict: Verdict, one: Named, other: Named, by: str, why: str
) -> Decision:
    dialect.lock_outbox(connection)  # two decisions that fit alone may contradict each other
    joined = Joined(read_decisions(connection))
    held = joined.holding((one.uid, other.uid))
    if held is not None and held.verdict == verdict:
        return held
    if verdict == "same":
        joined.refuse_same(one, other)
    else:
        joined.refuse_different(one, other)
    number = _add(connection, verdict, one, other, by, why)
    return _numbered(connection, number)


def _undo(connection: Connection, number: int, by: str, why: str) -> Decision:
    dialect.lock_outbox(connection)
    undone = _numbered(connection, number)
    if undone.undone is not None:
        raise WrongUse(f"decision {number} is undone already, by {undone.undone.by}")
    _add(connection, UNDO, undone.one, undone.other, by, why, number)
    joined = Joined(read_decisions(connection))
    again = joined.holding(undone.pair)
    if again is not None and again.verdict == "same":
        joined.without(undone.pair).refuse_same(undone.one, undone.other)
    return _numbered(connection, number)


def _numbered(connection: Connection, number: int) -> Decision:
    """Raises ``NotFound``."""
    for one in read_decisions(connection):
        if one.number == number:
            return one
    raise NotFound(f"no decision {number}; `midspan kg merges` lists them")


def _add(
    connection: Connection,
    verdict: str,
    one: Named,
    other: Named,
    by: str,
    why: str,
    undoes: int | None = None,
) -> int:
    now = dialect.now(connection)
    names = {"one": one.uid, "one_name": one.name, "other": other.uid, "other_name": other.name}
    row = names | {"verdict": verdict, "undoes": undoes, "who": by, "at": now, "why": why}
    (full,) = summed(decision, [row])
    number = connection.scalars(insert(decision).returning(decision.c.key), [full]).one()
    changes = Changes()
    changes.records("graph", [pair_id(one.uid, other.uid)])
    changes.write(connection, now)
    return int(number)


def same_pairs(connection: Connection) -> dict[str, Decision]:
    """The decisions that hold two entities to be the same, by the id of the pair."""
    held = (one for one in read_decisions(connection) if one.merges)
    return {pair_id(*one.pair): one for one in held}
