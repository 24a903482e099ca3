"""Where sources are: their paths, the one seen last first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, select

from midspan.db.records import codec, dialect
from midspan.db.records.tables import location
from midspan.records import Location

_PATHS = dialect.ByValues(
    location.c.source_id,
    select(location.c.source_id, location.c.uri).order_by(location.c.seen_at.desc(), location.c.uri),
)


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
    found: dict[str, list[str]] = {}
    for source_id, uri in _PATHS.of(connection, source_ids):
        found.setdefault(source_id, []).append(codec.unescape(uri))
    return found


def newest_paths(
    connection: Connection, source_ids: Sequence[str], but: Collection[str] = ()
) -> dict[str, str]:
    """The path to show for a source, leaving out those of ``but``; without an entry for a source that has
    none."""
    shown = {}
    for source_id, found in paths(connection, source_ids).items():
        left = [uri for uri in found if uri not in but]
        if left:
            shown[source_id] = left[0]
    return shown


def hold_places(connection: Connection, places: Sequence[Location]) -> dict[str, str]:
    """Lock the rows of these paths, writing down those that are not there; returns by (escaped) path the
    source that each known one pointed at."""
    rows = {codec.escape(place.uri): place for place in places}
    before = _held(connection, list(rows))
    missing = [uri for uri in rows if uri not in before]
    if missing:
        dialect.insert_ignore(connection, location, [location_row(uri, rows[uri]) for uri in missing])
        # Somebody may have been faster with one of them. Pointing where ours does, it counts as ours.
        now = _held(connection, missing)
        before |= {uri: source for uri, source in now.items() if source != rows[uri].source_id}
    return before


def _held(connection: Connection, uris: Sequence[str]) -> dict[str, str]:
    where = dialect.one_of(connection, location.c.uri, uris)
    wanted = select(location.c.uri, location.c.source_id).where(where)
    return dict(connection.execute(wanted.order_by(location.c.uri).with_for_update()).all())


def location_row(uri: str, place: Location) -> dict[str, Any]:
    """``uri`` is the escaped one."""
    names = ("source_id", "byte_count", "modified_ns", "seen_at")
    return {"uri": uri, **{name: getattr(place, name) for name in names}}
