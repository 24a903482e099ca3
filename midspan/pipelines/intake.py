"""Which of some paths mean work: known and unchanged, moved, changed, new, or only partly done."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from midspan.db.record_store import ItemLease, RecordStore
from midspan.errors import EmptySource, MidspanError, SourceVanished, UnsupportedSource
from midspan.pipelines import stopping
from midspan.pipelines.failing import failure_of
from midspan.pipelines.work import Work
from midspan.records import Failure, Location

RACY_NS = 2_000_000_000
"""A file written this shortly before it was seen may have changed again within the same time stamp."""


def sha256_of(path: Path, stop: Callable[[], bool] = stopping.never) -> str:
    """SHA-256 of a file's bytes (hex), in constant memory. Raises ``Stopped`` when ``stop`` says so."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
            stopping.check(stop)
    return sha.hexdigest()


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
    reading: str,
    *,
    rehash: bool = False,
    stop: Callable[[], bool] = stopping.never,
) -> tuple[list[Work], list[tuple[Path, ItemLease | None, Failure]]]:
    """Sort out a slice of items with a handful of queries.

    ``run_ids`` are the runs that each source should have, ``reading`` the one of them that reads it.
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
        # what stages found lies in segments that a new reading replaces
        work.pending = run_ids - done if reading in done else run_ids
        if not work.pending and work.outcome == "new":
            work.outcome = "unchanged"
    return works, failed
