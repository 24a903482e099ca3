"""Brings a relational store to the newest schema, and refuses one that is newer than this midspan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from midspan.db.records import dialect
from midspan.db.records.engine import PATIENCE, make_engine, reading, writing
from midspan.db.records.schema import INDEX_PARTS
from midspan.errors import NewerSchema, StoreError


def upgrade(url: str, *, read_only: bool = False) -> None:
    """Apply the steps that are missing, all in one transaction.

    Safe to call from several processes at once. With ``read_only`` nothing is written. Raises
    ``NewerSchema``, and ``StoreError`` when a database that may only be read needs steps.
    """
    with _engine(url, read_only) as engine:
        with reading(engine) as connection:
            if _is_current(connection):
                return
        if read_only:
            check(engine)
    # Without a limit, since a step may rewrite a large table.
    with _engine(url, read_only, patience=0) as engine, writing(engine) as connection:
        dialect.lock_schema(connection)
        if not _is_current(connection):
            _take_steps(connection)


def current(url: str) -> str | None:
    """Revision of a database; None before the first step."""
    with _engine(url, False) as engine, reading(engine) as connection:
        return _revision(connection)


def head() -> str:
    """The newest revision that this midspan knows."""
    return _known()[0]


def check(engine: Engine) -> None:
    """Raise unless the database stands at the newest revision: ``NewerSchema`` or ``StoreError``."""
    with reading(engine) as connection:
        if _is_current(connection):
            return
        here = _revision(connection) or "none"
    raise StoreError(
        f"the record store has schema {here}, this midspan needs {head()}; bring it up with "
        "`midspan db upgrade`"
    )


def is_ours(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
    """Whether Alembic compares this with the tables: what an index keeps for itself is not."""
    return not any(name == part or (name or "").startswith(f"{part}_") for part in INDEX_PARTS)


def _is_current(connection: Connection) -> bool:
    here = _revision(connection)
    if here is None:
        return False
    if here not in _known():
        raise NewerSchema(
            f"the record store has schema {here}, this midspan knows up to {head()}: a newer midspan "
            "made it; install that version, or choose another workspace with --workspace"
        )
    return here == head()


def _revision(connection: Connection) -> str | None:
    """As Alembic has noted it, without loading Alembic: every opening of a workspace asks."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    noted = connection.scalar(select(table("alembic_version", column("version_num")).c.version_num))
    return str(noted) if noted is not None else None


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """All revisions, newest first: steps are files called by their number, ``0001_first_schema.py``."""
    steps = (folder() / "versions").glob("[0-9]*.py")
    return tuple(sorted((step.name.split("_")[0] for step in steps), reverse=True))


def _take_steps(connection: Connection) -> None:
    from alembic import command  # here, since hardly any start needs it
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")


def folder() -> Path:
    """``midspan/_migrations`` in a wheel, ``migrations`` beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


@contextmanager
def _engine(url: str, read_only: bool, patience: float = PATIENCE) -> Iterator[Engine]:
    engine = make_engine(url, read_only=read_only, patience=patience)
    try:
        yield engine
    finally:
        engine.dispose()
