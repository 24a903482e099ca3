"""Many rows at once: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from midspan.db.records import dialect
from midspan.db.records.checksums import summed

Row = dict[str, Any]


def insert_new(connection: Connection, into: Table, rows: Sequence[Row]) -> None:
    """Insert rows of the same columns that are known not to be there, in the transaction of the
    connection; one that is there after all makes it fail."""
    if not rows:
        return
    rows = summed(into, rows)
    if dialect.is_postgres(connection):
        _copy(connection, into, rows)
    else:
        connection.execute(insert(into), rows)


def _copy(connection: Connection, into: Table, rows: Sequence[Row]) -> None:
    names = list(rows[0])
    columns = [into.c[name] for name in names]
    quoted = connection.dialect.identifier_preparer
    listed = ", ".join(quoted.format_column(column) for column in columns)
    statement = f"COPY {quoted.format_table(into)} ({listed}) FROM STDIN (FORMAT BINARY)"
    # SQLAlchemy knows no COPY, so what it does around a statement is done here: values, errors.
    prepare = [_binder(connection, column.type) for column in columns]
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([_sql_type(connection, column.type) for column in columns])
            for row in rows:
                copy.write_row([bind(row[name]) for name, bind in zip(names, prepare, strict=True)])
    except connection.dialect.loaded_dbapi.Error as error:
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError(statement, None, error, connection_invalidated=driver.closed) from error


def _binder(connection: Connection, kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    own = kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return own or (lambda value: value)


def _sql_type(connection: Connection, kind: TypeEngine[Any]) -> str:
    """As psycopg calls it, whose values must be exactly those of the column in COPY's binary format."""
    name = kind.compile(connection.dialect).lower()
    return "float8" if name == "float" else name
