"""Which of some paths mean work: known and unchanged, moved, changed, new, or only partly done."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from midspan.db.record_store import ItemLease, RecordStore
from midspan.errors import EmptySource, MidspanError, SourceVanished, UnsupportedSource
from midspan.pipelines import stopping
from midspan.records import Failure, Location

RACY_NS = 2_000_000_000
"""A file written this shortly before it was seen may have changed again within the same time stamp."""

Outcome = Literal["new", "unchanged", "superseded"]


@dataclass
class Work:
    """One item on its way through the pipeline."""

    path: Path
    lease: ItemLease | None
    location: Location
    outcome: Outcome
    known: bool
    """Its path is in the store already (pointing at this or another source)."""
    pending: frozenset[str]
    """Ids of the runs that are not complete for it; empty when there is nothing to do."""
    failures: list[tuple[str | None, Failure]] = field(default_factory=list)
    """(run id, failure)"""
    segments: int = 0
    records: dict[str, int] = field(default_factory=dict)

    @property
    def source_id(self) -> str:
        return self.location.source_id

    def counted(self) -> dict[str, int]:
        """Records by kind, as an item's row keeps them."""
        return {str(kind): count for kind, count in self.records.items()}


def sha256_of(path: Path, stop: Callable[[], bool] = stopping.never) -> str:
    """SHA-256 of a file's bytes (hex), in constant memory. Raises ``Stopped`` when ``stop`` says so."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
            stopping.check(stop)
    return sha.hexdigest()


def failure_of(path: Path | str, stage: str, error: Exception, segment_id: str | None = None) -> Failure:
    """An error as a failure item; unknown errors name their class and are worth a retry."""
    if isinstance(error, MidspanError):
        return Failure(str(path), stage, type(error).__name__, str(error), error.retryable, segment_id)
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(str(path), stage, type(error).__name__, message, True, segment_id)


def _stat(path: Path) -> os.stat_result:
    try:
        stat = path.stat()
    except OSError as error:
        raise SourceVanished(
            f"cannot be opened ({error.strerror}); check that it is there and may be read, then ingest again"
        ) from error
    if not path.is_file():
        raise UnsupportedSource("is not a regular file; name a file or a folder")
    if stat.st_size == 0:
        raise EmptySource("is empty (0 bytes); nothing to read")
    return stat


def _hash(path: Path, stop: Callable[[], bool]) -> str:
    try:
        return sha256_of(path, stop)
    except OSError as error:
        raise SourceVanished(f"cannot be read ({error.strerror}); check it and ingest again") from error


def plan(
    store: RecordStore,
    items: Sequence[tuple[Path, ItemLease | None]],
    run_ids: frozenset[str],
    *,
    rehash: bool = False,
    stop: Callable[[], bool] = stopping.never,
) -> tuple[list[Work], list[tuple[Path, ItemLease | None, Failure]]]:
    """Sort out a slice of items with a handful of queries.

    A path whose size and time stamp are those of its last visit is not read again (unless ``rehash``);
    every other file is hashed. Returns the work and the items that failed at once. Raises ``Stopped``.
    """
    known = store.locations([str(path) for path, _ in items])
    works: list[Work] = []
    failed: list[tuple[Path, ItemLease | None, Failure]] = []
    for path, lease in items:
        before = known.get(str(path))
        try:
            stat = _stat(path)
            same = (
                before is not None
                and not rehash
                and before.byte_count == stat.st_size
                and before.modified_ns == stat.st_mtime_ns
                and before.seen_at * 1e9 - stat.st_mtime_ns > RACY_NS
            )
            source_id = before.source_id if same and before else _hash(path, stop)
        except MidspanError as error:
            failed.append((path, lease, failure_of(path, "reading", error)))
            continue
        changed = before is not None and before.source_id != source_id
        location = Location(str(path), source_id, stat.st_size, stat.st_mtime_ns, time.time())
        works.append(
            Work(path, lease, location, "superseded" if changed else "new", before is not None, run_ids)
        )
    complete = store.complete_runs(sorted({work.source_id for work in works}))
    for work in works:
        done = complete.get(work.source_id, frozenset())
        work.pending = run_ids - done
        if not work.pending and work.outcome == "new":
            work.outcome = "unchanged"
    return works, failed
