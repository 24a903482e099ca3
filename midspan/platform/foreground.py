"""``ingest`` here and now: a job like any other, worked on by this process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from midspan.db.jobs.store import JobStore
from midspan.errors import ProcessLost, StoreError
from midspan.platform.answers import IngestReport
from midspan.platform.parts import Parts
from midspan.platform.runner import Progress
from midspan.records import RECORDS

AT_ONCE = 256
"""Items claimed together; batches run across them."""


def ingest_now(
    parts: Parts,
    paths: Sequence[str],
    stages: Sequence[str],
    rehash: bool,
    progress: Callable[[Progress], None],
    stop: Callable[[], bool],
    workers: int | None,
    follow_links: bool,
) -> IngestReport:
    """Run an ingest job and report on it: with so many processes, in this one alone, or as the settings say.

    When ``stop`` says yes the job is left ``interrupted``; what is committed stays, and the same call
    again goes on from there. Raises ``StoreError`` when a store fails and ``ProcessLost`` when processes do
    again and again, after noting it in the job.
    """
    start = time.monotonic()
    jobs = parts.jobs
    job_id = jobs.create(list(paths), list(stages), follow_links=follow_links)
    try:
        runner = parts.runner(stages)
        runner.discover(job_id, paths, follow_links=follow_links)
        with parts.crew(workers) as crew:
            at_once = AT_ONCE if crew is None else 2 * AT_ONCE * crew.size
            runner.work(job_id, at_once=at_once, rehash=rehash, progress=progress, stop=stop, crew=crew)
        runner.finish(job_id)
    except (StoreError, ProcessLost, KeyboardInterrupt) as error:
        _interrupt(jobs, job_id, str(error) or "interrupted")
        raise
    if stop():
        _interrupt(jobs, job_id, "stopped; the same command goes on from here")
    jobs.prune()
    return report(parts, job_id, time.monotonic() - start)


def _interrupt(jobs: JobStore, job_id: str, message: str) -> None:
    try:
        jobs.interrupt(job_id, message)
    except StoreError:
        return  # the store itself is what failed; the error that is on its way says so


def report(parts: Parts, job_id: str, seconds: float) -> IngestReport:
    """What became of a job's items."""
    tally = parts.jobs.tally(job_id)
    row = parts.jobs.job(job_id)
    return IngestReport(
        job_id=job_id,
        new=tally.outcomes.get("new", 0),
        unchanged=tally.outcomes.get("unchanged", 0),
        superseded=tally.outcomes.get("superseded", 0),
        partial=tally.outcomes.get("partial", 0),
        failed=tally.outcomes.get("failed", 0),
        segments=tally.segments,
        records={kind: tally.records.get(kind, 0) for kind in RECORDS},
        failures=tuple(parts.store.failures(job_id)),
        seconds=seconds,
        state=row.state if row is not None else "failed",
    )
