"""Runs ingest jobs: finds their files, works through their items, keeps the projections up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from midspan.db.jobs.store import JobStore
from midspan.db.record_store import ItemLease
from midspan.errors import LeaseLost, MidspanError
from midspan.pipelines.crew.crew import Crew
from midspan.pipelines.discovery import discover
from midspan.pipelines.ingest import Beat, Ingest
from midspan.pipelines.readers.detect import likely_kind
from midspan.platform.projector import Projector
from midspan.platform.pulse import LEASE_SECONDS, Pulse
from midspan.records import Failure, SourceKind

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
"""How often a job's row is asked whether it is to be cancelled."""
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
        self._projected = time.monotonic()

    def discover(
        self,
        job_id: str,
        paths: Iterable[str],
        added: Callable[[], None] = lambda: None,
        *,
        follow_links: bool = False,
    ) -> int:
        """Put the files behind ``paths`` into the job as items; returns how many were found.

        Paths that are not there become failed items at once, so that nobody has to wait to hear of them.
        ``added`` is called each time some have been put in.
        """
        count = 0
        batch: dict[str, SourceKind] = {}
        for found in discover(paths, follow_links=follow_links):
            if isinstance(found, Failure):
                self._jobs.add_failed(job_id, found)
                continue
            batch[str(found.path)] = likely_kind(found.path)
            count += 1
            if len(batch) >= DISCOVER_AT_ONCE:
                self._jobs.add_items(job_id, list(batch), batch)
                batch = {}
                added()
        self._jobs.add_items(job_id, list(batch), batch)
        self._jobs.finish_discovery(job_id)
        return count

    def work(
        self,
        job_id: str,
        *,
        at_once: int,
        slices: int | None = None,
        kinds: Sequence[SourceKind] = (),
        rehash: bool = False,
        progress: Callable[[Progress], None] = lambda progress: None,
        stop: Callable[[], bool] = lambda: False,
        on_hang: Callable[[], None] = lambda: None,
        crew: Crew | None = None,
    ) -> int:
        """Claim and ingest items until none is left (or ``slices`` claims are done).

        ``at_once`` items are claimed together, of these ``kinds`` where any are named. ``on_hang`` is called
        from another thread when the work has not moved for a quarter of an hour. The stages run in this
        process, or in those of a ``crew``. Returns how many items were worked on. Whatever stops us -
        ``stop``, a cancelled job, an error of the store - unfinished items go back to the queue.
        """
        segments = 0
        worked = 0
        self._projected = time.monotonic()
        while slices is None or slices > 0:
            if stop() or self._jobs.cancel_requested(job_id):
                break
            claimed = self._jobs.claim(job_id, self._holder, at_once, LEASE_SECONDS, kinds)
            if not claimed:
                break
            slices = None if slices is None else slices - 1
            leases = [lease for lease, _, _ in claimed]
            pulse = Pulse(self._jobs, leases, on_hang=on_hang)
            watch = _Watch(self._jobs, pulse, job_id, segments, progress, stop, self._project_now_and_then)
            try:
                with pulse:
                    self._ingest(
                        [(Path(uri), lease) for lease, uri, _ in claimed],
                        rehash=rehash,
                        beat=watch.beat,
                        stop=watch.stop,
                        crew=crew,
                    )
            except LeaseLost:
                log.warning("lost a lease; another worker has the item", job=job_id)
            finally:
                self._release(leases)
            segments = watch.segments
            worked += len(claimed)
        return worked

    def finish(self, job_id: str) -> None:
        """Bring the projections up and set the job's final state if nothing of it is left."""
        self._projector.project()
        self._jobs.settle(job_id)

    def _project_now_and_then(self) -> None:
        """Called between two commits, while a crew has work."""
        if time.monotonic() - self._projected > PROJECT_SECONDS:
            self._projector.project(wait_seconds=0)
            self._projected = time.monotonic()

    def _release(self, leases: Sequence[ItemLease]) -> None:
        try:
            self._jobs.release(leases)
        except MidspanError as error:
            log.warning("could not give items back; their leases will run out", error=str(error))


class _Watch:
    """Passes progress on, has the projections follow, and says when to stop."""

    def __init__(
        self,
        jobs: JobStore,
        pulse: Pulse,
        job_id: str,
        segments: int,
        progress: Callable[[Progress], None],
        stop: Callable[[], bool],
        project: Callable[[], None],
    ) -> None:
        self._jobs = jobs
        self._pulse = pulse
        self._job_id = job_id
        self._before = segments
        self._progress = progress
        self._stop = stop
        self._project = project
        self._last_look = 0.0
        self._cancelled = False
        self.segments = segments

    def beat(self, beat: Beat) -> None:
        self._pulse.moved()
        self.segments = self._before + beat.segments
        job = self._jobs.job(self._job_id)
        if job is not None:
            self._progress(Progress(job.total, job.done, job.failed, self.segments, beat.path))
        self._project()

    def stop(self) -> bool:
        """Asked very often; looks at the job's row now and then."""
        self._pulse.moved()
        if time.monotonic() - self._last_look > LOOK_SECONDS:
            self._last_look = time.monotonic()
            self._cancelled = self._jobs.cancel_requested(self._job_id)
        return self._cancelled or self._pulse.lost or self._stop()
