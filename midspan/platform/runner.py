"""Runs ingest jobs: finds their files, works through their items, keeps the projections up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from midspan.db.jobs import JobStore
from midspan.db.stores import ItemLease
from midspan.errors import LeaseLost, MidspanError
from midspan.pipelines.discovery import discover
from midspan.pipelines.ingest import Beat, Ingest
from midspan.platform.projector import Projector
from midspan.records import Failure

log = structlog.get_logger(__name__)

LEASE_SECONDS = 300.0
"""How long an item stays ours without a sign of life; signs come with every commit."""
BEAT_SECONDS = 20.0
PROJECT_SECONDS = 30.0
DISCOVER_AT_ONCE = 1000


@dataclass(frozen=True)
class Progress:
    """Where a job stands."""

    total: int
    done: int
    failed: int
    segments: int
    path: str


class JobRunner:
    """One worker's hands: the same for the command line, the UI's worker and a machine far away."""

    def __init__(
        self,
        jobs: JobStore,
        ingest: Ingest,
        projector: Projector,
        holder: str,
    ) -> None:
        self._jobs = jobs
        self._ingest = ingest
        self._projector = projector
        self._holder = holder

    def discover(self, job_id: str, paths: Iterable[str]) -> int:
        """Put the files behind ``paths`` into the job as items; returns how many were found.

        Paths that are not there become failed items at once, so that nobody has to wait to hear of them.
        """
        count = 0
        batch: list[str] = []
        for found in discover(paths):
            if isinstance(found, Failure):
                self._jobs.add_failed(job_id, found)
                continue
            batch.append(str(found.path))
            count += 1
            if len(batch) >= DISCOVER_AT_ONCE:
                self._jobs.add_items(job_id, batch)
                batch = []
        self._jobs.add_items(job_id, batch)
        self._jobs.finish_discovery(job_id)
        return count

    def work(
        self,
        job_id: str,
        *,
        at_once: int,
        slices: int | None = None,
        rehash: bool = False,
        progress: Callable[[Progress], None] = lambda progress: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> int:
        """Claim and ingest items until none is left (or ``slices`` claims are done).

        ``at_once`` items are claimed together. Returns how many items were worked on. Whatever stops
        us - ``stop``, a cancelled job, an error of the store - unfinished items go back to the queue.
        """
        segments = 0
        worked = 0
        projected = time.monotonic()
        while slices is None or slices > 0:
            if stop() or self._jobs.cancel_requested(job_id):
                break
            claimed = self._jobs.claim(job_id, self._holder, at_once, LEASE_SECONDS)
            if not claimed:
                break
            slices = None if slices is None else slices - 1
            leases = [lease for lease, _, _ in claimed]
            watch = _Watch(self._jobs, leases, job_id, segments, progress, stop)
            try:
                self._ingest(
                    [(Path(uri), lease) for lease, uri, _ in claimed],
                    rehash=rehash,
                    beat=watch.beat,
                    stop=watch.stop,
                )
            except LeaseLost:
                log.warning("lost a lease; another worker has the item", job=job_id)
            finally:
                self._release(leases)
            segments = watch.segments
            worked += len(claimed)
            if time.monotonic() - projected > PROJECT_SECONDS:
                self._projector.project(wait_seconds=0)
                projected = time.monotonic()
        return worked

    def finish(self, job_id: str) -> None:
        """Bring the projections up and set the job's final state if nothing of it is left."""
        self._projector.project()
        self._jobs.settle(job_id)

    def _release(self, leases: Sequence[ItemLease]) -> None:
        try:
            self._jobs.release(leases)
        except MidspanError as error:
            log.warning("could not give items back; their leases will run out", error=str(error))


class _Watch:
    """Sends signs of life for the claimed items and passes progress on."""

    def __init__(
        self,
        jobs: JobStore,
        leases: Sequence[ItemLease],
        job_id: str,
        segments: int,
        progress: Callable[[Progress], None],
        stop: Callable[[], bool],
    ) -> None:
        self._jobs = jobs
        self._leases = leases
        self._job_id = job_id
        self._before = segments
        self._progress = progress
        self._stop = stop
        self._last_beat = time.monotonic()
        self._last_look = 0.0
        self._cancelled = False
        self.segments = segments

    def beat(self, beat: Beat) -> None:
        self.segments = self._before + beat.segments
        if time.monotonic() - self._last_beat > BEAT_SECONDS:
            self._jobs.heartbeat(self._leases, LEASE_SECONDS)
            self._last_beat = time.monotonic()
        job = self._jobs.job(self._job_id)
        if job is not None:
            self._progress(Progress(job.total, job.done, job.failed, self.segments, beat.path))

    def stop(self) -> bool:
        """Asked between batches; looks at the job row at most once a second."""
        if time.monotonic() - self._last_look > 1.0:
            self._last_look = time.monotonic()
            self._cancelled = self._jobs.cancel_requested(self._job_id)
        return self._cancelled or self._stop()
