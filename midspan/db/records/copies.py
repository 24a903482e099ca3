"""A copy of a record store, of one moment, taken while others go on writing; and its way back.

SQLite is copied by its own backup API, PostgreSQL by pg_dump and pg_restore, which must be on PATH.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, inspect, select, text
from sqlalchemy.engine import URL, make_url

from midspan.db import migrate
from midspan.db.records.engine import make_engine, reading, writing
from midspan.db.records.read_records import count_all
from midspan.db.records.tables import identity, projection
from midspan.errors import StoreError, StoreUnavailable, WrongUse

FILES = {"sqlite": "midspan.db", "postgresql": "records.dump"}
"""What the copy of a database is called, by its kind."""

ONLY_RECORDS = ("--exclude-schema=midspan_vectors", "--extension=cube")
"""A vector index in the same database is made anew from the records, and what it needs with it."""


def kind_of(url: str) -> str:
    """A key of ``FILES``."""
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def copy(url: str, folder: Path, *, read_only: bool = False) -> tuple[str, dict[str, int]]:
    """Put a copy into ``folder``; (identity, counts) of what is in it.

    Raises ``StoreUnavailable``, and ``StoreError`` where pg_dump is missing or fails.
    """
    to = folder / FILES[kind_of(url)]
    if kind_of(url) == "sqlite":
        _copy_file(url, to, read_only)
        url = f"sqlite:///{to}"
    engine = make_engine(url, patience=0)  # nothing may end the snapshot before the dump does
    try:
        with reading(engine) as connection:
            if kind_of(url) == "sqlite":
                return _summary(connection)
            snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            _run("pg_dump", url, "--format=custom", *ONLY_RECORDS, f"--snapshot={snapshot}", f"--file={to}")
            return _summary(connection)
    finally:
        engine.dispose()


def put_back(copied: Path, url: str) -> tuple[str, dict[str, int]]:
    """Make the database of ``url`` from a copy, at the newest schema; (identity, counts) of what is in it.

    All of it or nothing; what it noted of projections is left out, since those are not there. Raises
    ``WrongUse`` where there is a database with tables already, ``NewerSchema``.
    """
    if kind_of(url) == "sqlite":
        _put_back_file(copied, Path(str(make_url(url).database)))
    else:
        _refuse_full(url)
        _run("pg_restore", url, "--exit-on-error", "--single-transaction", "--no-comments", str(copied))
    migrate.upgrade(url)
    engine = make_engine(url)
    try:
        with writing(engine) as connection:
            connection.execute(delete(projection))
            return _summary(connection)
    finally:
        engine.dispose()


def _summary(connection: Connection) -> tuple[str, dict[str, int]]:
    return str(connection.scalars(select(identity.c.id)).one()), count_all(connection)


# --- SQLite ---


def _copy_file(url: str, to: Path, read_only: bool) -> None:
    """In one step, which sees one moment; writers go on meanwhile, since they append to the log."""
    engine = make_engine(url, read_only=read_only)
    try:
        source: Any = engine.raw_connection()
        with closing(source), closing(sqlite3.connect(to)) as target:
            source.driver_connection.backup(target)
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"the record store could not be copied to {to} ({error}); look at the free space, then try again"
        ) from error
    finally:
        engine.dispose()


def _put_back_file(copied: Path, to: Path) -> None:
    if any(to.parent.glob(f"{to.name}*")):
        raise WrongUse(
            f"{to.parent} holds a record store already; restore into another folder: --workspace NEW"
        )
    temporary = to.with_name(f"restoring-{to.name}")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(copied, temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(to)
    except OSError as error:
        raise StoreUnavailable(f"{to} cannot be written ({error.strerror}); try again when it can") from error


# --- PostgreSQL ---


def _refuse_full(url: str) -> None:
    engine = make_engine(url)
    try:
        with reading(engine) as connection:
            tables = inspect(connection).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise WrongUse(
            f"the database behind MIDSPAN_DATABASE_URL holds {len(tables)} tables already; name an empty one "
            "(CREATE DATABASE ...), restore into it, and use it from then on"
        )


def _run(program: str, url: str, *arguments: str) -> None:
    """One of PostgreSQL's programs; the password goes through the environment, where no list of processes
    shows it."""
    found = shutil.which(program)
    if found is None:
        raise StoreError(
            f"{program} is not on PATH; install PostgreSQL's client programs of the server's version or "
            "newer (Debian: postgresql-client), then try again"
        )
    parsed = make_url(url)
    command = [found, "--no-owner", "--no-privileges", f"--dbname={_without_password(parsed)}", *arguments]
    environment = {**os.environ, **({"PGPASSWORD": str(parsed.password)} if parsed.password else {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StoreError(f"{program} failed: {' '.join(done.stderr.split())[-600:]}")


def _without_password(url: URL) -> str:
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)
