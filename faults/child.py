"""What runs in the processes that are broken, and in those that set right and look.

They are children of a fork server that has imported the product once, so that one costs hundredths of a
second. Each talks to its parent in JSON over a pipe.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import faiss

import midspan.db.graph.embedded
import midspan.db.graph.neo4j
import midspan.pipelines.ingest
import midspan.platform.background
import midspan.platform.doctor
import midspan.platform.search  # noqa: F401 - all of these are loaded once, before the forks
from faults.contents import contents
from faults.points import Profile, Trigger, install
from faults.workload import AFTER, STAGE_SECONDS, StandInModels, decide
from midspan.db import vectors_faiss
from midspan.db.jobs.store import JobRow
from midspan.db.vector_files.tiers import Tiers
from midspan.errors import MidspanError
from midspan.pipelines.ingest import Ingest
from midspan.platform import broker, foreground, logs, projector, pulse, runner
from midspan.platform.parts import Parts
from midspan.platform.workspace import Workspace

BEAT_SECONDS = STAGE_SECONDS / 3
LEASE_SECONDS = 1.5
"""Leases of minutes would make every run wait for minutes; who holds one beats far more often."""
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Site:
    """The workspace of one run; None stands for the embedded part."""

    profile: Profile
    folder: str
    documents: str
    database_url: str | None = None
    graph_url: str | None = None


@dataclass(frozen=True)
class Order:
    """What shall happen to a process: ``act`` at the ``nth`` hit of ``point``."""

    point: str = ""
    nth: int = 0
    act: Literal["none", "kill", "ask", "jump"] = "none"
    clock: float = 0.0
    """Seconds that ``time.time`` is off; from the start, or with ``jump`` from that hit on."""
    file_bytes: int | None = None
    """No file may grow beyond this (RLIMIT_FSIZE), as on a full disk."""


@contextmanager
def telling(pipe: Connection) -> Iterator[dict[str, Any]]:
    """Whatever happens is told to the parent, as ``{"ended": ..., "message": ..., ...}``."""
    told: dict[str, Any] = {}
    try:
        yield told
        told["ended"] = "done"
    except MidspanError as error:
        told |= {"ended": "error", "message": f"{type(error).__name__}: {error}"}
    except BaseException:
        told |= {"ended": "crash", "message": traceback.format_exc()}
    pipe.send_bytes(json.dumps(told).encode())


@contextmanager
def opened(site: Site) -> Iterator[Workspace]:
    """The workspace with stand-in models, small batches and short leases."""
    logs.set_up("ERROR")
    _scale_down()
    os.environ["MIDSPAN_WORKERS"] = "1"  # the stand-ins are in this process only
    urls = {"DATABASE": site.database_url, "GRAPH": site.graph_url}
    for name, url in urls.items():
        os.environ.pop(f"MIDSPAN_{name}_URL", None)
        if url is not None:
            os.environ[f"MIDSPAN_{name}_URL"] = url
    with Workspace.open(site.folder) as workspace:
        yield workspace


def _scale_down() -> None:
    """Many small steps instead of one large one, so that there is something between them to break."""
    models: dict[int, StandInModels] = {}

    def stand_ins(self: Parts) -> StandInModels:
        return models.setdefault(id(self), StandInModels(self.store))

    def loop(self: Parts, stages: object = ()) -> Ingest:
        return Ingest(self.store, stand_ins(self).stages, batch_weight=6)

    _set(Parts, "models", property(stand_ins))
    _set(Parts, "ingest_loop", loop)
    _set(Parts, "verify_models", lambda self: ["stand-ins, nothing to verify"])
    _set(foreground, "AT_ONCE", 3)
    _set(runner, "LEASE_SECONDS", LEASE_SECONDS)
    _set(pulse, "LEASE_SECONDS", LEASE_SECONDS)
    _set(runner, "Pulse", partial(pulse.Pulse, beat_seconds=BEAT_SECONDS))
    _set(runner, "PROJECT_SECONDS", 0.0)
    _set(projector, "LEASE_SECONDS", LEASE_SECONDS)
    _set(projector, "IDS_AT_ONCE", 12)
    _set(vectors_faiss, "Tiers", partial(Tiers, delta_rows=6, together=2, most_rows=64))
    _set(broker, "is_up", lambda folder: False)  # no run has an embedded broker; asking takes seconds
    faiss.omp_set_num_threads(1)


def _set(owner: Any, name: str, value: Any) -> None:
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name} any more; the harness scales it down")
    setattr(owner, name, value)


def _obeying(site: Site, order: Order, pipe: Connection) -> Trigger:
    """Arrange for what the order says; what is counted is the same with and without one."""

    def act(path: Path | None) -> None:
        if order.act == "jump":
            _shift_clock(order.clock)
        elif order.act == "ask":
            pipe.send_bytes(b'{"reached": true}')
            pipe.recv_bytes()
        elif order.act == "kill":
            if path is not None:
                os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    trigger = Trigger(order.point, order.nth, act)
    install(site.profile, trigger)
    if order.clock and order.act != "jump":
        _shift_clock(order.clock)
    if order.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_bytes, order.file_bytes))
    return trigger


def _shift_clock(seconds: float) -> None:
    """As if the machine's clock were set; a real one cannot be set for one process alone."""
    real = time.time
    time.time = lambda: real() + seconds


# --- what a child may be started for; the last argument is always the pipe ---


def ingest(site: Site, order: Order, pipe: Connection) -> None:
    """``midspan ingest DOCUMENTS``, broken as ordered."""
    with telling(pipe) as told, opened(site) as workspace:
        trigger = _obeying(site, order, pipe)
        report = workspace.ingest([site.documents])
        _decide(site, workspace)
        workspace.parts.projector.close()  # waits for upkeep, whose hits count too
        told |= {"counts": trigger.counts, "failures": [failure.message for failure in report.failures]}
        told["behind"] = any(workspace.parts.projector.lag().values())


def discover(site: Site, pipe: Connection) -> None:
    """Write a job down with its items, for workers to share."""
    with telling(pipe) as told, opened(site) as workspace:
        told["job"] = workspace.parts.jobs.create([site.documents])
        workspace.parts.runner().discover(told["job"], [site.documents])


def work(site: Site, job_id: str, order: Order, pipe: Connection) -> None:
    """One of several workers on a job, broken as ordered."""
    with telling(pipe) as told, opened(site) as workspace:
        trigger = _obeying(site, order, pipe)
        hands = workspace.parts.runner()
        hands.work(job_id, at_once=2)
        hands.finish(job_id)
        told["counts"] = trigger.counts


def set_right(site: Site, again: bool, pipe: Connection) -> None:
    """The same command again (or not), a worker for every job that is open, and what is there then.

    A command that had not written its job down yet must be given again: nothing else knows of it.
    """
    with telling(pipe) as told, opened(site) as workspace:
        if again or not workspace.parts.jobs.open_jobs():
            told["failures"] = [f.message for f in workspace.ingest([site.documents]).failures]
        _until(lambda: _finish_jobs(workspace))
        _decide(site, workspace)
        workspace.parts.projector.project()
        told["contents"] = contents(workspace)


def _decide(site: Site, workspace: Workspace) -> None:
    """Not yet while a site is being filled."""
    if all((Path(site.documents) / name).exists() for name in AFTER):
        decide(workspace)


def look(site: Site, pipe: Connection) -> None:
    """What is there, with nothing done about it."""
    with telling(pipe) as told, opened(site) as workspace:
        told["contents"] = contents(workspace)


def _finish_jobs(workspace: Workspace) -> bool:
    """Go once over what is open or failed, as a worker would; true when nothing is left."""
    jobs = workspace.parts.jobs
    jobs.reap()
    for job in jobs.jobs():
        if _failed(job):
            jobs.retry(job.id)  # `midspan jobs retry`: a server that was away has failed some items
    for job in jobs.open_jobs():
        hands = workspace.parts.runner(job.stages)
        if job.discovering:
            hands.discover(job.id, job.paths)
        hands.work(job.id, at_once=2)
        hands.finish(job.id)
    return not jobs.open_jobs() and not any(_failed(job) for job in jobs.jobs())


def _failed(job: JobRow) -> bool:
    """Whether it has ended with something failed, be it in part."""
    return job.state == "failed" or (job.state == "done" and job.partial > 0)


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done() and time.monotonic() < deadline:
        time.sleep(0.1)
