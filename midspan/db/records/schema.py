"""The whole relational schema: the shared tables, those of every kind of record, and the indexes that
migrations alone make."""

from __future__ import annotations

from midspan.db.records import tables
from midspan.db.records.kinds import KINDS

metadata = tables.metadata

INDEX_PARTS = tuple(part for kind in KINDS.values() for part in kind.index_parts)
"""Tables (SQLite: R*Tree with its shadow tables) and indexes made by migrations alone, or what their names
begin with."""
