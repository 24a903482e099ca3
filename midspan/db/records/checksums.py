"""Checksums of rows: what a disk or a stray write changed in a row is seen when it is read again.

SQLite keeps no checksums of its own, so a flipped bit in a text or a vector would pass every check of the
database. Tables with a column ``checksum`` get it on insertion; their rows are never changed in place. A
migration that does so sets it to NULL, as in rows from before there were checksums: those are not judged.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

COLUMN = "checksum"
NOT_SUMMED = frozenset({COLUMN, "key"})
"""``key`` is given by the database."""
ROWS_AT_ONCE = 2000

Row = dict[str, Any]


def checksum(row: Mapping[str, Any]) -> int:
    """CRC-32 of a row's values by their names, the same before a row is written and after it is read."""
    total = 0
    for name in sorted(row):
        value = row[name]
        if value is not None and name not in NOT_SUMMED:
            total = zlib.crc32(_bytes(value), zlib.crc32(name.encode(), total))
    return total


def _bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode(errors="surrogatepass")
    if isinstance(value, bytes):
        return value
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, sort_keys=True).encode()
    return repr(float(value) + 0.0).encode()  # no column tells 1 from 1.0 or 0.0 from -0.0


def summed(into: Table, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with their checksum, where the table keeps one."""
    if COLUMN not in into.c:
        return rows
    return [{**row, COLUMN: checksum(row)} for row in rows]


@dataclass(frozen=True)
class Compared:
    """Rows of a table."""

    summed: int
    """That have a checksum."""
    altered: int
    """Of these, that do not match it."""
    bare: int
    """That have none."""


def compare(connection: Connection, table: Table) -> Compared:
    """Read a table whole."""
    summed = altered = bare = 0
    wanted = select(table).execution_options(yield_per=ROWS_AT_ONCE)
    for row in connection.execute(wanted).mappings():
        if row[COLUMN] is None:
            bare += 1
            continue
        summed += 1
        altered += _differs(row)
    return Compared(summed, altered, bare)


def intact(row: RowMapping) -> bool:
    """Whether a whole row matches its checksum; one without any is taken at its word."""
    return row[COLUMN] is None or not _differs(row)


def _differs(row: RowMapping) -> bool:
    try:
        return bool(checksum(dict(row)) != row[COLUMN])
    except (TypeError, ValueError):  # what was a number is none any more
        return True
