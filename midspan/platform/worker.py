"""One worker process: Celery with a solo pool, and a keeper beside it. Its supervisor starts it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence

import structlog
from celery import signals

from midspan.platform.keeper import Keeper
from midspan.platform.parts import Parts
from midspan.platform.queues import make_app
from midspan.platform.supervisor import RECYCLE
from midspan.platform.tasks import add_tasks

log = structlog.get_logger(__name__)

HUNG = 70
"""Exit code of a process whose task has not moved for a quarter of an hour."""
GRACE_SECONDS = 30.0
"""Within this a worker that was asked to end has given its items back."""


def serve(parts: Parts, name: str, queues: Sequence[str], memory_mb: int, until_idle: float | None) -> int:
    """Work on the tasks of these queues until asked to end; returns the exit code for the supervisor.

    SIGTERM makes the task at hand give its items back. When the supervisor goes, so does this process:
    its standard input is a pipe from there.
    """
    parts.holder = name
    background = parts.background
    background.on_hang = lambda: os._exit(HUNG)
    app = make_app(parts.settings)
    add_tasks(app, background)
    keeper = Keeper(parts, list(queues), memory_mb << 20, until_idle)
    signals.worker_ready.connect(keeper.ready, weak=False)
    signals.task_prerun.connect(keeper.busy, weak=False)
    signals.task_postrun.connect(keeper.rest, weak=False)
    signals.worker_shutting_down.connect(lambda **_: background.stop(), weak=False)
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    keeper.start()
    options = ["--pool=solo", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    try:
        app.worker_main(["--quiet", "worker", *options, f"--queues={','.join(queues)}", f"--hostname={name}"])
    except SystemExit as ended:
        if ended.code:
            raise
    finally:
        keeper.stop()
    return RECYCLE if keeper.too_big else 0


def _end_with_parent() -> None:
    """Wait until the pipe from the supervisor closes, then end; by force if the task does not let go."""
    os.read(0, 1)  # not sys.stdin.read(), whose lock the interpreter wants at its end
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
