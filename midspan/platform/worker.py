"""A worker process: Celery with one solo pool, the embedded broker where there is no other."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time

import structlog
from celery import signals

from midspan.errors import WrongUse
from midspan.platform import broker
from midspan.platform.background import note_worker
from midspan.platform.tasks import make_app
from midspan.platform.workspace import Workspace

log = structlog.get_logger(__name__)


def run_worker(workspace: Workspace, until_idle: float | None = None) -> None:
    """Work until stopped, or until there was nothing to do for ``until_idle`` seconds.

    In the embedded profile one worker a workspace holds a lock file and owns the broker.
    """
    settings = workspace.settings
    embedded = settings.broker_url is None
    folder = workspace.folder
    with (folder / "worker.lock").open("a") as lock:
        if embedded:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise WrongUse(
                    f"a worker of {folder} runs already; for several workers set MIDSPAN_BROKER_URL"
                ) from None
            note_worker(folder)
        server = broker.start(folder, folder / "broker") if embedded else None
        try:
            _serve(workspace, until_idle)
        finally:
            if embedded:
                broker.stop(folder)  # also one that a killed worker has left running
            if server is not None:
                server.wait(timeout=10)


def _serve(workspace: Workspace, until_idle: float | None) -> None:
    os.environ["MIDSPAN_WORKSPACE"] = str(workspace.folder)
    app = make_app(workspace.settings)
    idle = _IdleWatch(workspace, until_idle) if until_idle is not None else None

    def ready(**_: object) -> None:
        log.info("picked up", jobs=workspace.background.pick_up())
        if idle is not None:
            threading.Thread(target=idle.watch, daemon=True).start()

    signals.worker_ready.connect(ready, weak=False)
    if idle is not None:
        signals.task_prerun.connect(idle.busy, weak=False)
        signals.task_postrun.connect(idle.rest, weak=False)
    app.worker_main(
        ["--quiet", "worker", "--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    )


class _IdleWatch:
    """Ends the worker when it had nothing to do for a while."""

    def __init__(self, workspace: Workspace, seconds: float) -> None:
        self._workspace = workspace
        self._seconds = seconds
        self._running = 0
        self._since = time.monotonic()

    def busy(self, **_: object) -> None:
        self._running += 1

    def rest(self, **_: object) -> None:
        self._running -= 1
        self._since = time.monotonic()

    def watch(self) -> None:
        while True:
            time.sleep(min(self._seconds, 2.0))
            quiet = self._running == 0 and time.monotonic() - self._since > self._seconds
            if quiet and not self._workspace.background.has_work():
                os.kill(os.getpid(), signal.SIGTERM)
                return
