"""What a worker process does beside its tasks, every few seconds, from a thread of its own."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import psutil
import structlog

from midspan.errors import MidspanError

if TYPE_CHECKING:
    from midspan.platform.parts import Parts

log = structlog.get_logger(__name__)

TICK_SECONDS = 3.0
STARTING = "connecting to the broker"


class Keeper:
    """Says that the worker lives, takes back what dead ones had, calls for work while idle, and ends the
    process when it is too big or was idle for long."""

    def __init__(self, parts: Parts, queues: list[str], memory_bytes: int, until_idle: float | None) -> None:
        self._parts = parts
        self._queues = queues
        self._memory_bytes = memory_bytes
        self._until_idle = until_idle
        self._process = psutil.Process()
        self._doing = STARTING
        self._idle_since = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self.too_big = False
        """The process was ended because of its memory."""

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take leave of the other workers."""
        self._over.set()
        self._thread.join(timeout=10)
        try:
            self._parts.workers.forget(self._parts.holder)
        except MidspanError as error:
            log.warning("could not take leave", error=str(error))

    # --- told by Celery, in the thread of the tasks ---

    def ready(self, **_: object) -> None:
        """The broker has been reached; from now on SIGTERM ends the process in an orderly way."""
        self._doing = ""
        self._idle_since = time.monotonic()

    def busy(self, task: Any = None, args: Any = (), **_: object) -> None:
        name = str(getattr(task, "name", "")).removeprefix("midspan.")
        self._doing = "project" if name == "project" else " ".join([name, *map(str, args)])

    def rest(self, **_: object) -> None:
        self._doing = ""
        self._idle_since = time.monotonic()
        if self._process.memory_info().rss > self._memory_bytes and not self.too_big:
            self.too_big = True
            self._end()

    # --- the thread ---

    def _keep(self) -> None:
        while True:
            for duty in (self._say_so, self._parts.jobs.reap, self._call, self._end_if_idle):
                try:
                    duty()
                except MidspanError as error:
                    log.warning("a worker's duty has to wait", duty=duty.__name__, error=str(error))
                except Exception as error:  # the thread must go on: without it the worker counts as gone
                    log.error("a worker's duty failed", duty=duty.__name__, error=repr(error))
            if self._over.wait(TICK_SECONDS):
                return

    def _say_so(self) -> None:
        self._parts.workers.note(
            self._parts.holder,
            host=socket.gethostname(),
            pid=os.getpid(),
            queues=self._queues,
            doing=self._doing,
            rss_bytes=self._process.memory_info().rss,
        )

    def _call(self) -> None:
        if not self._doing:
            self._parts.background.call(self._queues)

    def _end_if_idle(self) -> None:
        if self._until_idle is None or self._doing:
            return
        if time.monotonic() - self._idle_since > self._until_idle and not self._has_work():
            self._end()

    def _has_work(self) -> bool:
        return self._parts.background.has_work()

    def _end(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
