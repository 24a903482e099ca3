"""The kinds of record, one module each; a new one is a file here and a line in the table."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TypeVar

from midspan.records.record import Record

T = TypeVar("T")

_MODULES = (
    "scene",
    "atlas",
    "fact",
    "event",
)

RECORDS: dict[str, type[Record]] = {
    record.kind: record for record in (import_module(f"{__name__}.{module}").RECORD for module in _MODULES)
}
"""The class of each kind, in the order in which kinds are listed."""


def for_each_kind(
    where: str, table: Mapping[str, T], records: Mapping[str, type[Record]] = RECORDS
) -> dict[str, T]:
    """The table, as it is. Raises ``LookupError`` if it lacks a kind of record or has another one."""
    if table.keys() != records.keys():
        raise LookupError(
            f"kinds of record: {', '.join(records)}; kinds in {where}: {', '.join(table)}; a kind needs a "
            "file and a line in both"
        )
    return dict(table)
