"""Why a job is where it is, in words, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from midspan.db.jobs.rows import Held, JobRow
from midspan.db.jobs.workers import WorkerRow
from midspan.errors import NotFound
from midspan.platform.answers import Explanation, FailureGroup
from midspan.platform.parts import Parts
from midspan.platform.queues import queue_of
from midspan.records import Failure

LISTED = 5


def explain(parts: Parts, job_id: str) -> Explanation:
    """Look at the job, its items, the workers and the broker. Raises ``NotFound``."""
    job = parts.jobs.job(job_id)
    if job is None:
        raise NotFound(f"no job {job_id!r}; `midspan jobs ls` lists them")
    groups = failure_groups(parts.store.failures(job_id))
    if job.state in ("done", "failed", "cancelled"):
        reasons, advice = _ended(job, groups)
    elif not job.background:
        reasons, advice = _foreground(job, parts.jobs.held(job_id))
    else:
        reasons, advice = _open(parts, job)
    return Explanation(job_id, job.state, tuple(reasons), tuple(advice), groups)


def failure_groups(failures: Iterable[Failure]) -> tuple[FailureGroup, ...]:
    """Failures of one stage and kind together, the most frequent first."""
    grouped: dict[tuple[str, str], list[Failure]] = {}
    for failure in failures:
        grouped.setdefault((failure.stage, failure.kind), []).append(failure)
    groups = [
        FailureGroup(
            stage,
            kind,
            len(found),
            all(failure.retryable for failure in found),
            found[0].message,
            tuple(dict.fromkeys(failure.path for failure in found))[:LISTED],
        )
        for (stage, kind), found in grouped.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.count))


def _ended(job: JobRow, groups: tuple[FailureGroup, ...]) -> tuple[list[str], list[str]]:
    if job.state == "done" and not job.partial:
        return [f"it is done: all {job.done} items"], []
    again = f"`midspan jobs retry {job.id}`"
    if job.state == "cancelled":
        return (
            [f"somebody cancelled it after {job.done} of {job.total} items; what is done stays"],
            [f"to go on with the rest: {again}"],
        )
    reasons = [_told(job)]
    retryable = [group for group in groups if group.retryable]
    advice = [f"items that may go better another time: {again}"] if retryable else []
    if len(retryable) < len(groups):
        advice.append(f"mend or remove the files that cannot be read (see the failures), then {again}")
    return reasons, advice


def _told(job: JobRow) -> str:
    part = f", {job.partial} of them in part: at some segments a stage failed" if job.partial else ""
    return f"{job.failed} of {job.total} items failed, {job.done} are done{part}"


def _foreground(job: JobRow, held: list[Held]) -> tuple[list[str], list[str]]:
    hand_over = f"to have a worker go on with it: `midspan jobs retry {job.id}`"
    if job.state == "interrupted":
        return (
            [f"the process that ran it was stopped: {job.message}"],
            [hand_over, "or give the same `midspan ingest` again; what is done is not done again"],
        )
    if any(item.left > 0 for item in held):
        return [f"a process works on it in the foreground: {_holders(held)}"], []
    return (
        ["it ran in the foreground, and its process gives no sign of life"],
        [hand_over, f"or take it off the list: `midspan jobs cancel {job.id}`"],
    )


def _open(parts: Parts, job: JobRow) -> tuple[list[str], list[str]]:
    jobs = parts.jobs
    held, queued = jobs.held(job.id), jobs.queued(job.id)
    alive = [worker for worker in parts.workers.all() if worker.alive]
    starting = not alive and _local_worker_runs(parts)
    reasons, advice = [], []
    if job.cancel_requested:
        reasons.append("it is to be cancelled, and ends when the items at hand have been given back")
    if held:
        reasons.append(f"{len(held)} items are being worked on: {_holders(held)}")
    if any(item.left < 0 for item in held):
        reasons.append("leases have run out: that worker is gone or stuck, and the next worker takes over")
    needed = {queue_of(kind): count for kind, count in queued.items()}
    if job.discovering:
        needed.setdefault("documents", 0)
        reasons.append("its files are still being found")
    if not needed and not held:
        needed["projection"] = 0
        reasons.append("its items have ended; the graph and the indexes are being brought up")
    for queue, count in needed.items():
        if count:
            reasons.append(f"{count} items wait in the queue {queue!r}")
        if not any(queue in worker.queues for worker in alive) and not starting:
            reasons.append(f"no worker serves the queue {queue!r}")
            advice.append(f"start one: `midspan worker --queues {queue}` (or without the option, for all)")
    if needed and starting:
        reasons.append("the workspace's worker is starting, and takes it then")
    elif needed and alive and not advice and not held:
        reasons.append(_busy(alive))
    if not parts.background.broker_answers():
        reasons.append("the broker does not answer, so that no worker hears of the job")
        advice.append(_about_the_broker(parts))
    return reasons, advice


def _holders(held: list[Held]) -> str:
    counted = Counter(item.holder for item in held)
    told = [
        f"{count} by {holder}, whose lease {_lease(_left(held, holder))}"
        for holder, count in counted.most_common(LISTED)
    ]
    return "; ".join(told) + f" (first: {held[0].uri})"


def _lease(left: float) -> str:
    if left < 0:
        return f"ran out {-left:.0f} s ago"
    return f"runs {left:.0f} s more unless it is prolonged"


def _left(held: list[Held], holder: str) -> float:
    return max(item.left for item in held if item.holder == holder)


def _busy(alive: list[WorkerRow]) -> str:
    doing = [f"{worker.name}: {worker.doing or 'idle'}" for worker in alive[:LISTED]]
    return f"{len(alive)} workers live ({'; '.join(doing)}); the next one that is free takes it"


def _local_worker_runs(parts: Parts) -> bool:
    """Whether this workspace has started a worker of its own, which may not have said so yet."""
    from midspan.platform.background import worker_pid  # loads Celery

    return parts.settings.broker_url is None and worker_pid(parts.folder) is not None


def _about_the_broker(parts: Parts) -> str:
    if parts.settings.broker_url is None:
        return "start the local worker, which starts it too: `midspan worker`"
    return "start the server behind MIDSPAN_BROKER_URL, or mend that URL; the job is kept meanwhile"
