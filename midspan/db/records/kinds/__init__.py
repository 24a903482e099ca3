"""The kinds of record in the record store, one module each; a new one is a file here, a migration for its
table, and a line in the table below."""

from __future__ import annotations

from importlib import import_module

from midspan.db.records.kinds.kind import Kind
from midspan.errors import UnknownName
from midspan.records import Record
from midspan.records.kinds import for_each_kind

__all__ = ["KINDS", "Kind", "kind_named", "kind_of"]

_MODULES = (
    "scene",
    "atlas",
    "fact",
    "event",
)

_KINDS: list[Kind] = [import_module(f"{__name__}.{module}").KIND for module in _MODULES]

KINDS = for_each_kind("midspan/db/records/kinds", {kind.record.kind: kind for kind in _KINDS})
"""By the kind's word."""


def kind_named(name: str) -> Kind:
    """Raises ``UnknownName``."""
    if name not in KINDS:
        raise UnknownName("kind of record", name, list(KINDS))
    return KINDS[name]


def kind_of(record: Record) -> Kind:
    """The kind of a record. Raises ``UnknownName`` for what the table does not have."""
    for kind in KINDS.values():
        if type(record) is kind.record:
            return kind
    raise UnknownName("kind of record", type(record).__name__, list(KINDS))
