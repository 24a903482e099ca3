"""Engines for the relational store, and its two kinds of transaction."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from midspan.db.records.faults import LOST_TO_ANOTHER, sqlstate, translate
from midspan.errors import StoreError

BUSY_SECONDS = 60.0
"""How long a writer waits for another one. Write transactions take fractions of a second."""

PATIENCE = 2 * BUSY_SECONDS
"""How long a server may take over one statement before it counts as gone."""

ATTEMPTS = 5
"""How often a transaction is begun that loses to another one."""

Result = TypeVar("Result")


def make_engine(url: str, *, read_only: bool = False, patience: float = PATIENCE) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/DATABASE``; connects when used.

    ``patience`` is for servers, in seconds: a statement that waits longer ends with ``StoreUnavailable``,
    half as long for another writer's lock. 0 waits for ever. Raises ``StoreError`` for any other URL.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # its words would show the password
        raise StoreError(
            "the URL of the record store cannot be read; expected postgresql://USER:PASSWORD@HOST:PORT/"
            "DATABASE, with special characters of the password as %XX, or sqlite:////FOLDER/FILE"
        ) from None
    if parsed.drivername.split("+")[0] == "sqlite":
        return _sqlite_engine(parsed, read_only)
    if parsed.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise StoreError(
            f"expected the URL of a record store to begin with postgresql:// or sqlite:///, got "
            f"{parsed.drivername}://"
        )
    try:
        from midspan.db.records import postgres
    except ImportError as error:
        raise StoreError(
            f"a record store on PostgreSQL needs psycopg ({error}); install it with "
            "pip install 'midspan[postgres]'"
        ) from error
    return postgres.make_engine(parsed, read_only=read_only, patience=patience)


_held = threading.local()


@contextmanager
def moment(engine: Engine) -> Iterator[None]:
    """All that this thread reads within is one read transaction."""
    with reading(engine) as connection:
        _held.reading = (engine, connection)
        try:
            yield
        finally:
            _held.reading = None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction, which sees one moment from its first statement to its last. Errors come out as
    ``StoreError``."""
    held: tuple[Engine, Connection] | None = getattr(_held, "reading", None)
    if held is not None and held[0] is engine:
        yield held[1]
        return
    with translated(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite does so anyway
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction: committed at the end, rolled back on any error.

    On SQLite it has the write lock from its first statement on: a transaction that reads first and
    asks for the lock later fails at once when somebody else has written in between. On PostgreSQL
    each statement sees what was committed before it, so that what a row lock was waited for is seen.
    """
    with translated(engine), _write_transaction(engine) as connection:
        yield connection


def write(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Run ``work`` in a write transaction, and again when it lost to another writer (deadlock, could not
    serialize): so it may run several times, each time on what is there then."""
    with translated(engine):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with _write_transaction(engine) as connection:
                    return work(connection)
            except DBAPIError as error:
                if sqlstate(error) not in LOST_TO_ANOTHER or attempt == ATTEMPTS:
                    raise
                time.sleep(random.uniform(0, 0.05 * 2**attempt))
    raise AssertionError("unreachable")


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Errors of the database become ours."""
    try:
        yield
    except SQLAlchemyError as error:
        raise translate(error, engine.url) from error


@contextmanager
def _write_transaction(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        connection = connection.execution_options(midspan_write=True)
        with connection.begin():
            yield connection


def _sqlite_engine(url: URL, read_only: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError(f"expected the URL of a file, as sqlite:////folder/midspan.db, got {url}")
    if read_only:
        url = _read_only_url(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # begin() below decides, not the driver
        connection.create_function("lower", 1, _lower, deterministic=True)
        connection.create_function("folded", 1, folded, deterministic=True)
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            # What a verb has written is durable when it returns, so a commit waits for the disk: files of
            # the projections name outbox entries, which must not be given twice after a power cut.
            cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("midspan_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _lower(text: Any) -> Any:
    """SQLite's own ``lower`` knows ASCII only."""
    return text.lower() if isinstance(text, str) else text


def folded(text: str) -> str:
    """``dialect.Folded`` on SQLite."""
    return " ".join(text.casefold().split())


def _read_only_url(url: URL) -> URL:
    """A file in a folder that we may not write needs ``immutable`` unless its log lies beside it."""
    path = Path(str(url.database)).absolute()
    log = path.with_name(path.name + "-wal")
    sealed = not os.access(path.parent, os.W_OK, effective_ids=True) and not log.exists()
    query = {"uri": "true", "mode": "ro", **({"immutable": "1"} if sealed else {})}
    return url.set(database=f"file:{quote(str(path))}", query=query)
