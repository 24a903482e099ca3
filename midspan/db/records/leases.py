"""Leases in the record store: who may project. The database's clock and a growing token decide."""

from __future__ import annotations

from sqlalchemy import Connection, Row, and_, select, update

from midspan.db.record_store import Lease
from midspan.db.records import dialect
from midspan.db.records.tables import lease
from midspan.errors import LeaseLost

GIVEN_BACK = ""


def acquire(connection: Connection, name: str, holder: str, seconds: float) -> Lease | None:
    nobodys = {"name": name, "holder": GIVEN_BACK, "token": 0, "expires_at": 0.0, "seconds": 0.0}
    wanted = select(lease).where(lease.c.name == name).with_for_update()
    row = connection.execute(wanted).first()
    if row is None:
        dialect.insert_ignore(connection, lease, [nobodys])
        row = connection.execute(wanted).one()
    now = dialect.now(connection)
    if row.holder not in (holder, GIVEN_BACK) and _runs(row, now):
        return None
    token = row.token if row.holder == holder else row.token + 1
    values = {"holder": holder, "token": token, "expires_at": now + seconds, "seconds": seconds}
    connection.execute(update(lease).where(lease.c.name == name).values(values))
    return Lease(name, holder, token, now + seconds)


def _runs(row: Row[tuple[object, ...]], now: float) -> bool:
    """An end further ahead than the lease is long was set before the clock was put back."""
    return bool(now < row.expires_at <= now + row.seconds)


def release(connection: Connection, given: Lease) -> None:
    """The row stays, so that the token goes on growing."""
    held = and_(lease.c.name == given.name, lease.c.holder == given.holder, lease.c.token == given.token)
    connection.execute(update(lease).where(held).values(holder=GIVEN_BACK, expires_at=0.0))


def check(connection: Connection, by: Lease) -> None:
    """Raise ``LeaseLost`` unless it is in these hands still, where it stays until the transaction ends."""
    held = connection.scalar(
        select(lease.c.token)
        .where(lease.c.name == by.name, lease.c.holder == by.holder, lease.c.token == by.token)
        .with_for_update()
    )
    if held is None:
        raise LeaseLost(f"the lease {by.name!r} has passed on; its new holder publishes, drop this work")
