"""Background jobs: hand them to workers, start a local worker on demand, pick up what was left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import structlog
from kombu.exceptions import OperationalError

from midspan.db.jobs import JobStore
from midspan.errors import StoreUnavailable
from midspan.platform import broker
from midspan.platform.runner import JobRunner
from midspan.platform.settings import Settings
from midspan.platform.tasks import ITEMS_A_TASK, make_app

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

IDLE_SECONDS = 180.0
"""A worker that was started on demand ends after this long without work."""


class Background:
    """The queue side of a workspace."""

    def __init__(
        self, settings: Settings, jobs: JobStore, runner: Callable[[Sequence[str]], JobRunner]
    ) -> None:
        """``runner`` is called with the names of a job's stages when work begins."""
        self._settings = settings
        self._jobs = jobs
        self._runner = runner
        self._app = make_app(settings)

    # --- asking for work ---

    def submit(self, paths: Sequence[str], stages: Sequence[str] = ()) -> str:
        """Write the job down and hand it to a worker; returns its id.

        Once the job is written it is never lost: a worker that starts picks up what no task delivered.
        """
        job_id = self._jobs.create(list(paths), list(stages))
        self.deliver(job_id)
        return job_id

    def deliver(self, job_id: str) -> None:
        """Make sure that a worker hears of a job, starting one in the embedded profile."""
        if self._settings.broker_url is None:
            ensure_worker(self._settings.folder)
        job = self._jobs.job(job_id)
        name = "midspan.discover" if job is not None and job.discovering else "midspan.ingest"
        self._send(name, job_id)

    def _send(self, name: str, job_id: str) -> None:
        try:
            self._app.send_task(name, args=[job_id], retry=True, retry_policy={"max_retries": 3})
        except OperationalError as error:
            raise StoreUnavailable(
                f"the broker does not answer ({error}); the job {job_id} is written down and starts when "
                "a worker does"
            ) from error

    # --- doing it (called by the tasks) ---

    def discover(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        if job is None or job.state == "cancelled":
            return
        if job.discovering:
            self._runner(job.stages).discover(job_id, job.paths)
        self._hand_out(job_id)

    def _hand_out(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        left = job.total - job.done - job.failed if job is not None else 0
        for _ in range(max(1, -(-left // ITEMS_A_TASK))):
            self._send("midspan.ingest", job_id)

    def work_slice(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        if job is None:
            return
        runner = self._runner(job.stages)
        runner.work(job_id, at_once=ITEMS_A_TASK, slices=1)
        runner.finish(job_id)

    def pick_up(self) -> list[str]:
        """Deliver every job that has work left; called when a worker starts."""
        names = []
        for job in self._jobs.open_jobs():
            if job.discovering:
                self._send("midspan.discover", job.id)
            else:
                self._hand_out(job.id)
            names.append(job.id)
        return names

    def has_work(self) -> bool:
        return bool(self._jobs.open_jobs())


def _pid_file(workspace: Path) -> Path:
    return workspace / "worker.pid"


def worker_pid(workspace: Path) -> int | None:
    """The process id of the workspace's local worker, if it lives."""
    try:
        pid, created = _pid_file(workspace).read_text().split()
        process = psutil.Process(int(pid))
        return process.pid if abs(process.create_time() - float(created)) < 2 else None
    except (OSError, ValueError, psutil.Error):
        return None


def note_worker(workspace: Path) -> None:
    """Write down that this process is the workspace's local worker."""
    temporary = workspace / f"worker.pid.{os.getpid()}"
    temporary.write_text(f"{os.getpid()} {psutil.Process().create_time()}")
    temporary.replace(_pid_file(workspace))


def ensure_worker(workspace: Path, seconds: float = 60.0) -> None:
    """Start a local worker unless one lives, and wait until its broker answers."""
    if worker_pid(workspace) is not None and broker.is_up(workspace):
        return
    log_file = workspace / "logs" / "worker.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(workspace), "worker"]
    command += ["--until-idle", str(IDLE_SECONDS)]
    # The process in between ends at once, so that the worker is nobody's child and leaves no zombie.
    subprocess.run([sys.executable, "-c", _DETACH, str(log_file), *command], check=True)
    deadline = time.monotonic() + seconds
    while not broker.is_up(workspace):
        if time.monotonic() > deadline:
            raise StoreUnavailable(
                f"the local worker did not start; see {log_file}, or run `midspan worker` yourself"
            )
        time.sleep(0.1)


_DETACH = """
import os, subprocess, sys
with open(sys.argv[1], "ab") as log:
    subprocess.Popen(
        sys.argv[2:], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
    )
    os._exit(0)
"""
