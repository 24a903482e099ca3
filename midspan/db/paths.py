"""Where sources are: their paths, the one seen last first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from midspan.db import codec, dialect
from midspan.db.tables import location
from midspan.records import Location


def locations(connection: Connection, uris: Sequence[str]) -> dict[str, Location]:
    """The known ones among these paths."""
    where = dialect.one_of(connection, location.c.uri, [codec.escape(uri) for uri in uris])
    found = [
        Location(
            uri=codec.unescape(row.uri),
            source_id=row.source_id,
            byte_count=row.byte_count,
            modified_ns=row.modified_ns,
            seen_at=row.seen_at,
        )
        for row in connection.execute(select(location).where(where))
    ]
    return {place.uri: place for place in found}


def paths(connection: Connection, source_ids: Sequence[str]) -> dict[str, list[str]]:
    """The paths of those of the sources that have one."""
    rows = connection.execute(
        select(location.c.source_id, location.c.uri)
        .where(dialect.one_of(connection, location.c.source_id, source_ids))
        .order_by(location.c.seen_at.desc(), location.c.uri)
    )
    found: dict[str, list[str]] = {}
    for source_id, uri in rows:
        found.setdefault(source_id, []).append(codec.unescape(uri))
    return found


def newest_paths(connection: Connection, source_ids: Sequence[str]) -> dict[str, str]:
    """The path to show for a source; without an entry for a source that has none."""
    return {source_id: found[0] for source_id, found in paths(connection, source_ids).items()}
