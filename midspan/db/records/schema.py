"""The whole relational schema: the shared tables, those of every kind of record, and the indexes that
migrations alone make."""

from __future__ import annotations

from midspan.db.records import tables
from midspan.db.records.kinds import KINDS

metadata = tables.metadata

_WORDS = ("segment", *(kind.table.name for kind in KINDS.values() if kind.words))
"""Tables whose text is found by full text."""

INDEX_PARTS = (
    "tsv",
    *(f"{name}_fts" for name in _WORDS),
    *(f"ix_{name}_tsv" for name in _WORDS),
    *(part for kind in KINDS.values() for part in kind.index_parts),
)
"""Tables (SQLite: FTS5 and R*Tree with their shadow tables), columns (PostgreSQL: generated) and indexes
made by migrations alone, or what their names begin with."""
