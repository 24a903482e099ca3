"""PostgreSQL's own check of tables and indexes, the extension amcheck.

It comes with the contrib package, and only a superuser may run it unless it was granted. Where it is not
installed in the database it is made for the time of the check, in a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from midspan.db.record_store import Findings
from midspan.db.records.engine import make_engine, translated
from midspan.db.records.faults import said
from midspan.db.records.schema import metadata

HEAP = text("SELECT count(*), min(msg) FROM verify_heapam(CAST(:name AS regclass))")
BTREE = text("SELECT bt_index_check(CAST(:name AS regclass), true)")
"""Also that each row of the table is in the index."""
BTREES = text("""
SELECT i.indexrelid::regclass::text FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_am a ON a.oid = c.relam
WHERE a.amname = 'btree' AND t.relname = ANY(:tables) AND i.indisvalid
AND t.relnamespace = current_schema()::regnamespace ORDER BY 1
""")


def check(engine: Engine) -> Findings:
    """Where amcheck cannot be run, that is a note. Raises ``StoreUnavailable``."""
    patient = make_engine(engine.url.render_as_string(hide_password=False), patience=0)
    try:
        with translated(patient), patient.connect() as connection, connection.begin() as transaction:
            found = _check(connection)
            transaction.rollback()
            return found
    finally:
        patient.dispose()


def _check(connection: Connection) -> Findings:
    connection.execute(text("SET LOCAL lock_timeout = '60s'"))
    if problem := _problem(connection, lambda: _install(connection)):
        return Findings((), (f"amcheck was not run ({problem})",))
    return Findings(tuple(_damage(connection)), ("amcheck of tables and indexes",))


def _install(connection: Connection) -> None:
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS amcheck"))
    connection.execute(HEAP, {"name": "alembic_version"})


def _damage(connection: Connection) -> list[str]:
    damage = []
    tables = [name for name in inspect(connection).get_table_names() if name in metadata.tables]
    for table in tables:
        found: list[Any] = []
        problem = _problem(connection, _ask(connection, HEAP, {"name": f'"{table}"'}, found))
        if problem or found[0][0]:
            damage.append(f"{table}: {problem or found[0][1]}")
    for index in connection.scalars(BTREES, {"tables": tables}).all():
        if problem := _problem(connection, _ask(connection, BTREE, {"name": index}, [])):
            damage.append(f"{index}: {problem}")
    return damage


def _ask(
    connection: Connection, statement: Any, parameters: Mapping[str, Any], found: list[Any]
) -> Callable[[], None]:
    return lambda: found.extend(connection.execute(statement, parameters))


def _problem(connection: Connection, work: Callable[[], None]) -> str:
    """What the server says against it; empty when it was done. The transaction goes on either way."""
    savepoint = connection.begin_nested()
    try:
        work()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        savepoint.rollback()
        return said(error)
    savepoint.commit()
    return ""
