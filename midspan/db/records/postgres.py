"""Connections to a PostgreSQL server, which may be slow, hang, or go away.

A server that stands still keeps its connections open and its kernel acknowledges every packet, so neither
time-outs of TCP nor of the server end the wait for its answer; the connection itself does, here.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL

CONNECT_SECONDS = 10
ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds and tries after which the kernel gives up a machine that is gone."""

Answer = TypeVar("Answer")


def make_engine(url: URL, *, read_only: bool, patience: float) -> Engine:
    """``patience`` is in seconds; 0 waits for ever, as a long migration may need."""
    options = [_limits(patience), str(url.query.get("options", ""))]
    if read_only:
        options.append("-c default_transaction_read_only=on")
    wanted = {"connect_timeout": CONNECT_SECONDS, **ALIVE, "application_name": "midspan"}
    arguments = {name: value for name, value in wanted.items() if name not in url.query}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        isolation_level="READ COMMITTED",
        connect_args={**arguments, "options": " ".join(filter(None, options))},
    )

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, record: Any, args: Any, named: Any) -> Any:
        connection = ImpatientConnection.connect(*args, **named)
        # Longer than the server's own limits, which end a statement in an orderly way if it can.
        connection.patience = patience * 1.25
        return connection

    return engine


def _limits(patience: float) -> str:
    """What the server ends by itself: a wait for a lock, a statement, and the transaction of a client that
    has fallen silent and would hold its locks for ever."""
    milliseconds = int(patience * 1000)
    limits = {
        "lock_timeout": milliseconds // 2,
        "statement_timeout": milliseconds,
        "idle_in_transaction_session_timeout": milliseconds,
    }
    return " ".join(f"-c {name}={value}" for name, value in limits.items())


class ImpatientConnection(psycopg.Connection[Any]):
    """Gives up when the server has not answered for ``patience`` seconds, and closes itself."""

    patience = 0.0

    def wait(self, gen: Generator[Any, Any, Answer], *args: Any, **named: Any) -> Answer:
        """Every wait for the server, of whatever statement, goes through here."""
        return super().wait(self._limited(gen) if self.patience else gen, *args, **named)

    def _limited(self, steps: Generator[Any, Any, Answer]) -> Generator[Any, Any, Answer]:
        """The same steps. psycopg comes back to them several times a second, ready or not."""
        until = time.monotonic() + self.patience
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"the server gave no answer for {self.patience:g} s")
                wanted = steps.send(ready)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
