"""The kinds of record, one module each; a new one is a file here and a line in the table."""

from __future__ import annotations

from importlib import import_module

from midspan.records.record import Record

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
