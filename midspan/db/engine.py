"""Engines for the relational store, its two kinds of transaction, and its errors in our words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from midspan.errors import ReadOnlyWorkspace, StoreError, StoreUnavailable

BUSY_SECONDS = 60.0
"""How long a writer waits for another one. Write transactions take fractions of a second."""


def make_engine(url: str, *, read_only: bool = False) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql+psycopg://...``; connects on first use."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, read_only)
    if read_only:
        parsed = parsed.update_query_dict({"options": "-c default_transaction_read_only=on"})
    return create_engine(parsed, pool_pre_ping=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction. Errors come out as ``StoreError``."""
    with translated(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction: committed at the end, rolled back on any error.

    On SQLite it has the write lock from its first statement on: a transaction that reads first and
    asks for the lock later fails at once when somebody else has written in between.
    """
    with translated(engine), engine.connect() as connection:
        connection = connection.execution_options(midspan_write=True)
        with connection.begin():
            yield connection


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """The one place where errors of the database become ours."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _translate(error, engine.url) from error


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


def _read_only_url(url: URL) -> URL:
    """A file in a folder that we may not write needs ``immutable`` unless its log lies beside it."""
    path = Path(str(url.database)).absolute()
    log = path.with_name(path.name + "-wal")
    sealed = not os.access(path.parent, os.W_OK, effective_ids=True) and not log.exists()
    query = {"uri": "true", "mode": "ro", **({"immutable": "1"} if sealed else {})}
    return url.set(database=f"file:{quote(str(path))}", query=query)


def _translate(error: SQLAlchemyError, url: URL) -> StoreError:
    where = url.render_as_string(hide_password=True)
    cause = getattr(error, "orig", None) or error
    text = str(cause).strip() or type(cause).__name__
    low = text.lower()
    if "readonly database" in low or "read-only transaction" in low or _folder_sealed(low, url):
        return ReadOnlyWorkspace(
            f"the record store {where} cannot be written ({text}); make its folder and file writable for "
            "this user, or choose another workspace with --workspace"
        )
    if "is locked" in low:
        return StoreUnavailable(
            f"the record store {where} stayed locked for {BUSY_SECONDS:.0f} s ({text}); another process "
            "is writing: let it finish or end it, then try again"
        )
    if "disk is full" in low or "no space left" in low or "disk full" in low:
        return StoreUnavailable(
            f"no space left for the record store {where} ({text}); free some, then do the same again: "
            "what was committed is kept"
        )
    if "malformed" in low or "not a database" in low:
        return StoreError(
            f"the record store {where} is damaged ({text}); restore it from a backup, or start a new "
            "workspace and ingest again"
        )
    if isinstance(error, DBAPIError) and (error.connection_invalidated or _unreachable(error)):
        return StoreUnavailable(
            f"the record store {where} is not reachable ({text}); check that it is there and that the "
            "URL is right, then try again"
        )
    return StoreError(f"the record store {where} refused a statement ({text})")


def _folder_sealed(low: str, url: URL) -> bool:
    if "unable to open database file" not in low or url.database is None:
        return False
    folder = Path(url.database.removeprefix("file:")).absolute().parent
    return folder.is_dir() and not os.access(folder, os.W_OK, effective_ids=True)


def _unreachable(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in {"OperationalError", "InterfaceError"} or error.orig is None
