"""Is a record store whole? The database's own checks, and every row against its checksum.

Nothing is changed.
"""

from __future__ import annotations

from sqlalchemy import Engine, select

from midspan.db.record_store import Findings
from midspan.db.records import amcheck, checksums, codec, sqlite_check
from midspan.db.records.engine import reading
from midspan.db.records.schema import metadata
from midspan.db.records.tables import run
from midspan.errors import StoreError, StoreUnavailable


def database(engine: Engine) -> Findings:
    """The database's own checks: pages, indexes, references, points.

    Raises ``StoreUnavailable``.
    """
    return sqlite_check.check(engine) if engine.dialect.name == "sqlite" else amcheck.check(engine)


def contents(engine: Engine) -> Findings:
    """Every row that has a checksum against it, and runs against their ids. Raises ``StoreUnavailable``."""
    damage: list[str] = []
    rows = bare = 0
    for table in metadata.sorted_tables:
        try:
            with reading(engine) as connection:
                if checksums.COLUMN in table.c:
                    seen = checksums.compare(connection, table)
                    rows, bare = rows + seen.summed, bare + seen.bare
                    if seen.altered:
                        damage.append(f"{seen.altered} rows of {table.name} do not match their checksums")
                elif table is run:
                    found = connection.execute(select(run)).mappings()
                    altered = sum(codec.to_run(row).id != row["id"] for row in found)
                    if altered:
                        damage.append(f"{altered} rows of run do not match their ids")
        except StoreUnavailable:
            raise
        except (StoreError, ValueError) as error:  # a ValueError: what was JSON is none any more
            damage.append(f"{table.name} cannot be read to its end: {error}")
    notes = [] if damage else [f"{rows} rows match their checksums"]
    if bare:
        notes.append(f"{bare} rows are older than checksums and were not judged")
    return Findings(tuple(damage), tuple(notes))
