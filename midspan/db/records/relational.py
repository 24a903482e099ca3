"""The record store over SQLAlchemy: SQLite in the workspace, or PostgreSQL.

Each verb is one transaction; what happens in it stands in the modules beside this one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine, select

from midspan.db import migrate
from midspan.db.record_store import (
    LOCAL,
    Commit,
    Generation,
    GraphFact,
    Lease,
    OutboxEntry,
    RecordStore,
    Replica,
    SegmentFilter,
    SourceName,
    SourceSummary,
    Target,
    TextHit,
)
from midspan.db.records import (
    atlases,
    codec,
    leases,
    paths,
    points,
    projections,
    read_records,
    read_segments,
    read_sources,
    removal,
)
from midspan.db.records import write as writes
from midspan.db.records.changes import IDS_AN_ENTRY, Changes
from midspan.db.records.engine import reading, write, writing
from midspan.db.records.tables import failure, identity
from midspan.records import (
    AtlasGrounding,
    Failure,
    Location,
    Page,
    Record,
    Run,
    Segment,
    Source,
    StoredAtlas,
)


class SqlRecordStore(RecordStore):
    """Safe to use from several threads; each call takes a connection of the engine's pool."""

    def __init__(self, engine: Engine) -> None:
        """Raises ``NewerSchema``, or ``StoreError`` when the schema has not been brought up."""
        migrate.check(engine)
        self._engine = engine

    # --- writing ---

    def commit(self, commit: Commit) -> None:
        def work(connection: Connection) -> None:
            writes.write(connection, commit, time.time())

        write(self._engine, work)

    def retire(self, source_id: str, superseded_by: str | None) -> None:
        def work(connection: Connection) -> None:
            changes = Changes()
            removal.hold(connection, [source_id])
            removal.retire(connection, source_id, superseded_by, changes)
            changes.write(connection, time.time())

        write(self._engine, work)

    def discard(self, source_id: str, run_id: str) -> None:
        def work(connection: Connection) -> None:
            changes = Changes()
            removal.hold(connection, [source_id])
            removal.discard(connection, source_id, run_id, changes)
            changes.write(connection, time.time())

        write(self._engine, work)

    # --- what is there ---

    def locations(self, uris: Sequence[str]) -> dict[str, Location]:
        with reading(self._engine) as connection:
            return paths.locations(connection, uris)

    def complete_runs(self, source_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        with reading(self._engine) as connection:
            return read_sources.complete_runs(connection, source_ids)

    def source(self, source_id: str) -> Source | None:
        with reading(self._engine) as connection:
            return read_sources.one(connection, source_id)

    def names(self, source_ids: Sequence[str]) -> dict[str, SourceName]:
        with reading(self._engine) as connection:
            return read_sources.names(connection, source_ids)

    def sources(self, limit: int = 100, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        with reading(self._engine) as connection:
            found = read_sources.newest(connection, limit, offset, contains)
            return read_sources.summaries(connection, found)

    def summary(self, source_id: str) -> SourceSummary | None:
        with reading(self._engine) as connection:
            found = read_sources.one(connection, source_id)
            return read_sources.summaries(connection, [found])[0] if found is not None else None

    def segments(self, source_id: str, after: int = -1, limit: int = 1000) -> list[Segment]:
        with reading(self._engine) as connection:
            return read_segments.of_source(connection, source_id, after, limit)

    def segments_by_id(self, ids: Sequence[str]) -> dict[str, Segment]:
        with reading(self._engine) as connection:
            return read_segments.by_id(connection, ids)

    def segments_by_key(self, keys: Sequence[int]) -> dict[int, Segment]:
        with reading(self._engine) as connection:
            return read_segments.by_key(connection, keys)

    def segment_keys(self, where: SegmentFilter) -> npt.NDArray[np.int64]:
        with reading(self._engine) as connection:
            return read_segments.keys(connection, where)

    def text(self, source_id: str, start: int, end: int) -> str:
        with reading(self._engine) as connection:
            return read_sources.text(connection, source_id, start, end)

    def page(self, source_id: str, number: int) -> Page | None:
        with reading(self._engine) as connection:
            return read_sources.one_page(connection, source_id, number)

    def thumbnail(self, segment_id: str) -> bytes | None:
        with reading(self._engine) as connection:
            return read_segments.jpeg(connection, segment_id)

    def record(self, record_id: str) -> Record | None:
        with reading(self._engine) as connection:
            return read_records.one(connection, record_id)

    def run(self, run_id: str) -> Run | None:
        with reading(self._engine) as connection:
            return read_records.one_run(connection, run_id)

    def records_of(self, segment_ids: Sequence[str], kinds: Sequence[str] = ()) -> dict[str, list[Record]]:
        with reading(self._engine) as connection:
            return read_records.of_segments(connection, segment_ids, kinds)

    def records(
        self,
        kind: str,
        where: Mapping[str, Any] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Record]:
        with reading(self._engine) as connection:
            return read_records.of_kind(connection, kind, where or {}, limit, offset)

    def near_points(
        self,
        atlas: str,
        point_mm: tuple[float, float, float],
        limit: int,
        radius_mm: float | None = None,
    ) -> list[tuple[AtlasGrounding, float]]:
        with reading(self._engine) as connection:
            found = points.near(connection, atlas, point_mm, limit, radius_mm)
            there = read_records.groundings(connection, [record_id for record_id, _ in found])
        return [(there[record_id], distance) for record_id, distance in found]

    def points_in_box(
        self,
        atlas: str,
        low_mm: tuple[float, float, float],
        high_mm: tuple[float, float, float],
        limit: int,
        offset: int = 0,
    ) -> list[AtlasGrounding]:
        with reading(self._engine) as connection:
            found = points.inside(connection, atlas, low_mm, high_mm, limit, offset)
            there = read_records.groundings(connection, found)
        return [there[record_id] for record_id in found]

    def organ_counts(self, atlas: str | None = None) -> dict[str, int]:
        with reading(self._engine) as connection:
            return read_records.organ_counts(connection, atlas)

    def add_atlas(self, atlas: StoredAtlas, labels: npt.NDArray[np.uint16]) -> None:
        def work(connection: Connection) -> None:
            atlases.add(connection, atlas, labels)

        write(self._engine, work)

    def remove_atlas(self, name: str) -> int:
        return write(self._engine, lambda connection: atlases.remove(connection, name))

    def atlases(self) -> list[StoredAtlas]:
        with reading(self._engine) as connection:
            return atlases.every(connection)

    def atlas_labels(self, name: str) -> npt.NDArray[np.uint16]:
        with reading(self._engine) as connection:
            return atlases.labels(connection, name)

    def counts(self) -> dict[str, int]:
        with reading(self._engine) as connection:
            return read_records.counts(connection)

    def facts(self, ids: Sequence[str]) -> dict[str, GraphFact]:
        with reading(self._engine) as connection:
            return read_records.facts(connection, ids)

    def vectors(
        self, space: Literal["text", "visual"], keys: Sequence[int]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        with reading(self._engine) as connection:
            return read_records.vectors(connection, space, keys)

    def cached_vectors(self, run_id: str, text_sha256: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        with reading(self._engine) as connection:
            return read_records.cached_vectors(connection, run_id, text_sha256)

    def search_segments(self, query: str, where: SegmentFilter, limit: int) -> list[TextHit]:
        with reading(self._engine) as connection:
            return read_segments.search(connection, query, where, limit)

    def search_events(self, query: str, where: SegmentFilter, limit: int) -> list[tuple[str, float]]:
        with reading(self._engine) as connection:
            return read_segments.search_events(connection, query, where, limit)

    def failures(self, job_id: str | None = None, limit: int = 1000) -> list[Failure]:
        wanted = select(failure).order_by(failure.c.id).limit(limit)
        if job_id is not None:
            wanted = wanted.where(failure.c.job_id == job_id)
        with reading(self._engine) as connection:
            return [codec.to_failure(row) for row in connection.execute(wanted).mappings()]

    # --- projections ---

    def outbox(self, target: Target, after: int, limit: int) -> list[OutboxEntry]:
        with reading(self._engine) as connection:
            return projections.entries(connection, target, after, limit)

    def outbox_end(self, target: Target) -> int:
        with reading(self._engine) as connection:
            return projections.end(connection, target)

    def outbox_lag(self, target: Target, after: int) -> int:
        with reading(self._engine) as connection:
            return projections.lag(connection, target, after)

    def all_ids(self, target: Target) -> Iterator[list[str]]:
        """Each batch is a transaction of its own, so that nobody waits for a long rebuild."""
        last: str | None = None
        while True:
            with reading(self._engine) as connection:
                ids = projections.ids_after(connection, target, last, IDS_AN_ENTRY)
            if not ids:
                return
            yield ids
            last = ids[-1]

    def identity(self) -> str:
        with reading(self._engine) as connection:
            return str(connection.scalars(select(identity.c.id)).one())

    def see(self, replica: str, name: str) -> None:
        with writing(self._engine) as connection:
            projections.see(connection, replica, name)

    def replicas(self) -> list[Replica]:
        with reading(self._engine) as connection:
            return projections.replicas(connection)

    def generation(self, target: Target, replica: str = LOCAL) -> Generation | None:
        with reading(self._engine) as connection:
            return next(iter(projections.generations(connection, target, replica, 1)), None)

    def generations(self, target: Target, replica: str = LOCAL) -> list[Generation]:
        with reading(self._engine) as connection:
            return projections.generations(connection, target, replica)

    def publish(self, generation: Generation, lease: Lease) -> None:
        with writing(self._engine) as connection:
            projections.publish(connection, generation, lease)

    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        with writing(self._engine) as connection:
            return leases.acquire(connection, name, holder, seconds)

    def release(self, lease: Lease) -> None:
        with writing(self._engine) as connection:
            leases.release(connection, lease)

    def close(self) -> None:
        self._engine.dispose()
