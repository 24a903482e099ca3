"""Where SQLite and PostgreSQL differ. Everything else is written once, in SQLAlchemy Core.

What SQLAlchemy knows of PostgreSQL takes as long to import as a search takes: it is where a server is.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from midspan.db.records.checksums import summed

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

OUTBOX_LOCK = 0x6D6964
SCHEMA_LOCK = 0x6D6965


class Folded(FunctionElement[str]):
    """A text in one case, with single spaces between its words, as the graph joins names. PostgreSQL has
    lower case for it, which differs from that in few letters, as "ß"."""

    name = "folded"
    type = Text()
    inherit_cache = True


@compiles(Folded)
def _folded(element: Folded, compiler: Any, **options: Any) -> str:
    return f"folded({compiler.process(element.clauses, **options)})"


@compiles(Folded, "postgresql")
def _folded_on_postgres(element: Folded, compiler: Any, **options: Any) -> str:
    text = compiler.process(element.clauses, **options)
    return rf"lower(btrim(regexp_replace({text}, '\s+', ' ', 'g')))"


class _Listed(FunctionElement[Any]):
    """The values of a list in JSON, on SQLite. SQLAlchemy's own ``table_valued`` takes as long to put
    together as SQLite takes to read hundreds of rows."""

    name = "listed"
    inherit_cache = True


@compiles(_Listed)
def _listed(element: _Listed, compiler: Any, **options: Any) -> str:
    values = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({values}))"  # noqa: S608


Insert = Union[sqlite.Insert, "postgresql.Insert"]


def is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def now(connection: Connection) -> float:
    """Unix seconds. On a server by the server's clock, so that machines whose clocks differ agree on
    when a lease ends."""
    if is_postgres(connection):
        return float(connection.scalar(select(func.extract("epoch", func.clock_timestamp()))))  # type: ignore[arg-type]
    return time.time()


def insert(connection: Connection, into: Table) -> Insert:
    """An INSERT that can say ``on_conflict_...``."""
    if is_postgres(connection):
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(into)
    return sqlite.insert(into)


def insert_ignore(
    connection: Connection, into: Table, rows: Sequence[dict[str, Any]], on: Sequence[str] = ()
) -> None:
    """Insert what is not there yet, by the columns ``on`` (default: the primary key).

    In the order of those columns, so that two writers of the same rows wait for each other in turn and
    never both.
    """
    if rows:
        names = on or [key.name for key in into.primary_key]
        ordered = sorted(summed(into, rows), key=lambda row: [row[name] for name in names])
        connection.execute(insert(connection, into).on_conflict_do_nothing(index_elements=names), ordered)


def one_of(connection: Connection, what: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """``what IN values`` for any number of values, as one parameter."""
    return is_one_of(connection, what, literal(many(connection, values)))


def is_one_of(
    connection: Connection, what: ColumnElement[Any], values: ColumnElement[Any]
) -> ColumnElement[bool]:
    """``what IN values`` for a parameter made by :func:`many`."""
    if is_postgres(connection):
        from sqlalchemy.dialects import postgresql

        return what == any_(cast(values, postgresql.ARRAY(what.type)))
    return what.op("IN", is_comparison=True)(_Listed(values))


def many(connection: Connection, values: Sequence[Any]) -> list[Any] | str:
    """Any number of values as one parameter."""
    return list(values) if is_postgres(connection) else json.dumps(list(values))


class Prepared:
    """A statement that is put together once: for that SQLAlchemy takes as long as SQLite takes to read
    hundreds of rows."""

    def __init__(self, build: Callable[[Connection], Select[Any]]) -> None:
        """``build`` is given a connection of the kind of database that the statement is for."""
        self._build = build
        self._ready: dict[str, Select[Any]] = {}

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Any]:
        name = connection.dialect.name
        if name not in self._ready:
            self._ready[name] = self._build(connection)
        return connection.execute(self._ready[name], parameters).all()


class ByValues(Prepared):
    """About the rows of which a column is one of any number of values."""

    def __init__(self, what: ColumnElement[Any], statement: Select[Any]) -> None:
        super().__init__(lambda on: statement.where(is_one_of(on, what, bindparam("values"))))

    def of(self, connection: Connection, values: Sequence[Any]) -> Sequence[Any]:
        return self.rows(connection, {"values": many(connection, values)})


def pairs(connection: Connection) -> tuple[ColumnElement[str], ColumnElement[int]]:
    """The columns of a table of a text and a number, of which :func:`many_pairs` makes parameters."""
    if is_postgres(connection):
        from sqlalchemy.dialects import postgresql

        ones = cast(bindparam("ones"), postgresql.ARRAY(Text()))
        others = cast(bindparam("others"), postgresql.ARRAY(BigInteger()))
        pair = func.unnest(ones, others).table_valued("one", "other").render_derived()
        return pair.c.one, pair.c.other
    pair = func.json_each(bindparam("pairs")).table_valued("key", "atom")
    return pair.c.key, pair.c.atom


def many_pairs(connection: Connection, values: Mapping[str, int]) -> dict[str, Any]:
    if is_postgres(connection):
        return {"ones": list(values), "others": list(values.values())}
    return {"pairs": json.dumps(values)}


def lock_outbox(connection: Connection) -> None:
    """Held to the end of the transaction, so that outbox ids are given in the order of commits."""
    if is_postgres(connection):  # a SQLite write transaction is alone anyway
        connection.execute(select(func.pg_advisory_xact_lock(OUTBOX_LOCK)))


def lock_schema(connection: Connection) -> None:
    """Held to the end of the transaction: one process at a time takes migration steps."""
    if is_postgres(connection):
        connection.execute(select(func.pg_advisory_xact_lock(SCHEMA_LOCK)))
