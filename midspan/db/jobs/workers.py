"""Which workers there are, as they say themselves every few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, delete, func, select

from midspan.db.records import codec, dialect
from midspan.db.records.engine import reading, writing
from midspan.db.records.tables import worker

ALIVE_SECONDS = 60.0
"""A worker that was silent for longer counts as gone."""
FORGET_SECONDS = 86_400.0


@dataclass(frozen=True)
class WorkerRow:
    """One worker process."""

    name: str
    """As it stands in leases."""
    host: str
    pid: int
    queues: tuple[str, ...]
    started_at: float
    """Unix seconds, by the database's clock; so is ``seen_at``."""
    seen_at: float
    doing: str
    """The task at hand; empty while idle."""
    rss_bytes: int
    silent: float
    """Seconds since it was seen; below 0 when a clock was set back meanwhile."""

    @property
    def alive(self) -> bool:
        return abs(self.silent) < ALIVE_SECONDS


class WorkerStore:
    """Worker rows in the record store; each verb is one transaction and raises ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(
        self, name: str, *, host: str, pid: int, queues: Sequence[str], doing: str, rss_bytes: int
    ) -> None:
        """Say that this worker lives; rows of those long gone are removed."""
        with writing(self._engine) as connection:
            now = dialect.now(connection)
            changing: dict[str, Any] = {
                "seen_at": now,
                "doing": codec.printable(doing),
                "rss_bytes": rss_bytes,
            }
            fixed = {"name": name, "host": host, "pid": pid, "queues": list(queues), "started_at": now}
            connection.execute(
                dialect.insert(connection, worker)
                .values(**fixed, **changing)
                .on_conflict_do_update(index_elements=["name"], set_=changing)
            )
            connection.execute(delete(worker).where(func.abs(worker.c.seen_at - now) > FORGET_SECONDS))

    def forget(self, name: str) -> None:
        """A worker that has ended."""
        with writing(self._engine) as connection:
            connection.execute(delete(worker).where(worker.c.name == name))

    def all(self) -> list[WorkerRow]:
        """The longest running first, also those that fell silent within a day."""
        with reading(self._engine) as connection:
            now = dialect.now(connection)
            rows = connection.execute(select(worker).order_by(worker.c.started_at, worker.c.name))
            return [
                WorkerRow(
                    name=row.name,
                    host=row.host,
                    pid=row.pid,
                    queues=tuple(row.queues),
                    started_at=row.started_at,
                    seen_at=row.seen_at,
                    doing=row.doing,
                    rss_bytes=row.rss_bytes,
                    silent=now - row.seen_at,
                )
                for row in rows
            ]
