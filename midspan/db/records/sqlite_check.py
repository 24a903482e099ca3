"""SQLite's own checks of a database: integrity_check, foreign_key_check, and that of the R*Tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from midspan.db.record_store import Findings
from midspan.db.records.faults import is_damage, said, translate

FINDINGS = 10
"""Most that integrity_check is asked for: one damaged page is named many times."""


def check(engine: Engine) -> Findings:
    """Raises ``StoreUnavailable``."""
    damage: list[str] = []
    looks = {
        "integrity_check": _pages,
        "foreign keys": _references,
        "points": _boxes,
    }
    for name, look in looks.items():
        try:
            damage += [f"{name}: {finding}" for finding in look(engine)]
        except SQLAlchemyError as error:
            if not is_damage(error):
                raise translate(error, engine.url) from error
            damage.append(f"{name}: {said(error)}")
    return Findings(tuple(damage), (", ".join(looks),))


def _pages(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        answers = connection.scalars(text(f"PRAGMA integrity_check({FINDINGS})")).all()
    for answer in answers:
        yield from (line for line in str(answer).splitlines() if line != "ok" and not line.startswith("***"))


def _references(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        rows = connection.execute(text("PRAGMA foreign_key_check")).all()
    for (child, parent), count in Counter((child, parent) for child, _, parent, _ in rows).items():
        yield f"{count} rows of {child} belong to no {parent}"


def _boxes(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for name in _kept_by(connection, "rtree"):
            answer = str(connection.scalar(text("SELECT rtreecheck(:name)"), {"name": name}))
            if answer != "ok":
                yield f"{name}: {answer.splitlines()[0]}"


def _kept_by(connection: Connection, module: str) -> list[str]:
    """Names of the virtual tables of a module."""
    found = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE :sql ORDER BY name")
    return list(connection.scalars(found, {"sql": f"CREATE VIRTUAL TABLE % USING {module}(%"}))
