"""Background jobs: hand them to workers, do them, start a local worker on demand."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import structlog
from kombu.exceptions import OperationalError

from midspan.db.jobs.store import JobStore
from midspan.db.record_store import Lease, Outbox
from midspan.errors import StoreUnavailable
from midspan.platform import broker
from midspan.platform.projector import Projector
from midspan.platform.queues import ITEMS_A_TASK, QUEUES, make_app, queue_of
from midspan.platform.runner import PROJECT_SECONDS, JobRunner
from midspan.platform.settings import Settings
from midspan.records import SourceKind

log = structlog.get_logger(__name__)

IDLE_SECONDS = 180.0
"""A worker that was started on demand ends after this long without work."""
MOST_MESSAGES = 32
"""Messages that a job has in a queue at once. Each is passed on while items are left, so that a queue does
not grow with a job; a worker that finds nothing to do calls for more."""
MOST_CALLED = 4
CALL_SECONDS = 10.0
"""A job is not called for again within this."""
DISCOVERY_SECONDS = 120.0
"""The same while its files are being found, which nobody need start twice."""
ASKED = "projection-asked"
"""Lease that says: a projection task is on its way."""
ASKED_SECONDS = 60.0
PROJECTOR_PATIENCE = 5.0
"""How long a projection task waits for another projector."""


class Background:
    """The queue side of a workspace: what asks for work, and what the tasks do."""

    def __init__(
        self,
        settings: Settings,
        jobs: JobStore,
        store: Outbox,
        runner: Callable[[Sequence[str]], JobRunner],
        projector: Callable[[], Projector],
    ) -> None:
        """``runner`` is called with the names of a job's stages when work begins."""
        self._settings = settings
        self._jobs = jobs
        self._store = store
        self._runner = runner
        self._projector = projector
        self._app = make_app(settings)
        self._stopping = threading.Event()
        self._asked_at = 0.0
        self.on_hang: Callable[[], None] = lambda: None
        """Called from another thread when a task hangs."""

    def stop(self) -> None:
        """Make the task at hand give its items back and end; safe in a signal handler."""
        self._stopping.set()

    # --- asking for work ---

    def submit(self, paths: Sequence[str], stages: Sequence[str] = (), *, follow_links: bool = False) -> str:
        """Write the job down and hand it to a worker; returns its id.

        Once the job is written it is never lost: an idle worker calls for what no message delivered.
        """
        job_id = self._jobs.create(list(paths), list(stages), background=True, follow_links=follow_links)
        self.deliver(job_id)
        return job_id

    def deliver(self, job_id: str) -> None:
        """Make sure that a worker hears of a job, starting one in the embedded profile.

        Raises ``StoreUnavailable`` when the broker does not answer; a worker finds the job all the same.
        """
        if self._settings.broker_url is None:
            ensure_worker(self._settings.folder)
        self._jobs.note_delivery(job_id)
        self._hand_out(job_id)

    def _hand_out(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        if job is not None and job.discovering:
            self._send("midspan.discover", job_id)
            return
        queued = self._jobs.queued(job_id)
        for kind, count in queued.items():
            self._send_slices(job_id, kind, count, MOST_MESSAGES)
        if not queued:
            self.ask_to_project()

    def _send_slices(self, job_id: str, kind: SourceKind, items: int, most: int) -> None:
        for _ in range(min(most, -(-items // ITEMS_A_TASK[kind]))):
            self._send("midspan.ingest", job_id, kind, queue=queue_of(kind))

    def ask_to_project(self) -> None:
        """Have the projections brought up and spent jobs settled, unless somebody is asked already."""
        lease = self._store.acquire(ASKED, uuid.uuid4().hex, ASKED_SECONDS)
        if lease is not None:
            self._asked_at = time.monotonic()
            self._send("midspan.project", lease.holder, lease.token, queue="projection")

    def _send(self, name: str, *arguments: Any, queue: str = "documents") -> None:
        try:
            self._app.send_task(
                name, args=list(arguments), queue=queue, retry=True, retry_policy={"max_retries": 1}
            )
        except (OperationalError, OSError) as error:
            raise StoreUnavailable(
                f"the broker does not answer ({error}); the job is written down, and a worker takes it up "
                "when the broker is there again: check that it runs and that MIDSPAN_BROKER_URL is right"
            ) from error

    # --- doing it (called by the tasks) ---

    def discover(self, job_id: str) -> None:
        """Find a job's files, then hand out slices of them."""
        job = self._jobs.job(job_id)
        if job is None or job.state == "cancelled":
            return
        if job.discovering:

            def note_that_it_moves() -> None:
                self._jobs.note_delivery(job_id)

            self._runner(job.stages).discover(
                job_id, job.paths, added=note_that_it_moves, follow_links=job.follow_links
            )
        self._hand_out(job_id)

    def work_slice(self, job_id: str, kind: SourceKind) -> None:
        """Work on some items of a job, and pass the message on while there are more."""
        job = self._jobs.job(job_id)
        if job is None:
            return
        worked = self._runner(job.stages).work(
            job_id,
            at_once=ITEMS_A_TASK[kind],
            slices=1,
            kinds=[kind],
            stop=self._stopping.is_set,
            on_hang=self.on_hang,
        )
        if self._jobs.cancel_requested(job_id):
            self._jobs.settle(job_id)
        elif kind in self._jobs.queued(job_id):
            self._send_slices(job_id, kind, 1, 1)
        spent = job_id in self._jobs.spent()
        if spent or (worked and time.monotonic() - self._asked_at > PROJECT_SECONDS):
            self.ask_to_project()

    def project(self, holder: str, token: int) -> None:
        """Bring the projections up, and give jobs of which nothing is left their final state.

        A server that does not answer holds no job up: what it lacks waits in the outbox.
        """
        self._store.release(Lease(ASKED, holder, token, 0.0))  # whoever asks from now on is asking anew
        spent = self._jobs.spent()
        if not self._projector().project(wait_seconds=PROJECTOR_PATIENCE).waiting:
            for job_id in spent:
                self._jobs.settle(job_id)

    # --- keeping it going (called by workers now and then) ---

    def call(self, queues: Sequence[str]) -> None:
        """Called by an idle worker of these queues: have delivered again what waits although somebody has
        nothing to do, because the broker lost the message or nobody could tell the broker."""
        kinds = [kind for queue, kind in QUEUES.items() if queue in queues and kind is not None]
        for job in self._jobs.waiting(kinds):
            queued = self._jobs.queued(job.id)
            mine = [kind for kind in kinds if kind in queued]
            if mine:
                if self._jobs.note_delivery(job.id, unless_within=CALL_SECONDS):
                    for kind in mine:
                        self._send_slices(job.id, kind, queued[kind], MOST_CALLED)
            elif "documents" in queues and self._jobs.note_delivery(job.id, unless_within=DISCOVERY_SECONDS):
                self._send("midspan.discover", job.id)
        if "projection" in queues and (self._jobs.spent() or any(self._projector().lag().values())):
            self.ask_to_project()

    def broker_answers(self) -> bool:
        """Whether the broker can be talked to now."""
        with self._app.connection_for_write() as connection:
            try:
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=5)
                return connection.default_channel is not None  # making one speaks to the server
            except (OperationalError, OSError):
                return False
            except Exception as error:
                if isinstance(error, connection.connection_errors):
                    return False
                raise

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
