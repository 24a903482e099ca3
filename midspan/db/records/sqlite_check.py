"""SQLite's own checks of a database: integrity_check, foreign_key_check, and those of FTS5 and the R*Tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from midspan.db.record_store import Findings
from midspan.db.records.engine import translated
from midspan.db.records.faults import is_damage, said

FINDINGS = 10
"""Most that integrity_check is asked for: one damaged page is named many times."""


def check(engine: Engine) -> Findings:
    """Raises ``StoreUnavailable``."""
    damage: list[str] = []
    looks = {
        "integrity_check": _pages,
        "foreign keys": _references,
        "points": _boxes,
        "full text": _words,
    }
    with translated(engine), engine.connect() as connection:
        for name, look in looks.items():
            try:
                damage += [f"{name}: {finding}" for finding in look(connection)]
            except SQLAlchemyError as error:
                if not is_damage(error):
                    raise
                damage.append(f"{name}: {said(error)}")
            connection.rollback()
    return Findings(tuple(damage), (", ".join(looks),))


def _pages(connection: Connection) -> Iterator[str]:
    for answer in connection.scalars(text(f"PRAGMA integrity_check({FINDINGS})")):
        yield from (line for line in str(answer).splitlines() if line != "ok" and not line.startswith("***"))


def _references(connection: Connection) -> Iterator[str]:
    lost = Counter(
        (child, parent) for child, _, parent, _ in connection.execute(text("PRAGMA foreign_key_check"))
    )
    for (child, parent), count in lost.items():
        yield f"{count} rows of {child} belong to no {parent}"


def _boxes(connection: Connection) -> Iterator[str]:
    for name in _kept_by(connection, "rtree"):
        answer = str(connection.scalar(text("SELECT rtreecheck(:name)"), {"name": name}))
        if answer != "ok":
            yield f"{name}: {answer.splitlines()[0]}"


def _words(connection: Connection) -> Iterator[str]:
    """FTS5 compares itself with the texts it indexes when an INSERT tells it so, which writes nothing; a
    workspace that is opened for reading cannot tell it."""
    if connection.scalar(text("PRAGMA query_only")):
        return
    for name in _kept_by(connection, "fts5"):
        try:
            connection.exec_driver_sql(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        except SQLAlchemyError as error:
            if not is_damage(error):
                raise
            yield f"{name} does not hold the words of its table"


def _kept_by(connection: Connection, module: str) -> list[str]:
    """Names of the virtual tables of a module."""
    found = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE :sql ORDER BY name")
    return list(connection.scalars(found, {"sql": f"CREATE VIRTUAL TABLE % USING {module}(%"}))
