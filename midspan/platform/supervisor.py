"""``midspan worker``: a small process that keeps one serving process alive, and the embedded broker.

It loads no model, so that it stays small when the serving process has to be replaced.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from midspan.errors import MidspanError, WrongUse
from midspan.platform import broker
from midspan.platform.background import note_worker
from midspan.platform.parts import Parts

log = structlog.get_logger(__name__)

RECYCLE = 75
"""Exit code of a serving process that has grown and wants to be replaced."""
LONGEST_PAUSE = 60.0
"""Seconds between two starts of a process that dies at once."""
STEADY_SECONDS = 60.0
"""A process that lived for so long was fine; the pauses begin anew."""
GRACE_SECONDS = 40.0
"""A process that was asked to end and has not done so by then is killed."""
WATCH_SECONDS = 1.0


@dataclass(frozen=True)
class WorkerOptions:
    """How a worker works."""

    queues: Sequence[str]
    memory_mb: int
    """Resident memory above which the serving process is replaced after its task."""
    name: str | None = None
    """What to call it in leases, before its process id; the host's name without."""
    until_idle: float | None = None
    """End after so many seconds without work."""


def run_worker(parts: Parts, options: WorkerOptions) -> int:
    """Work until stopped, or until there was nothing to do for a while; returns the exit code.

    In the embedded profile one worker a workspace holds a lock file and owns the broker.
    """
    if parts.settings.broker_url is not None:
        return _Supervisor(parts, options, embedded=False).run()
    with _sole_worker(parts):
        try:
            broker.start(parts.folder, parts.folder / "broker")
            return _Supervisor(parts, options, embedded=True).run()
        finally:
            broker.stop(parts.folder)  # also one that a killed worker has left running


@contextmanager
def _sole_worker(parts: Parts) -> Iterator[None]:
    with (parts.folder / "worker.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongUse(
                f"a worker of {parts.folder} runs already; for several workers set MIDSPAN_BROKER_URL"
            ) from None
        note_worker(parts.folder)
        yield


class _Supervisor:
    """Starts serving processes one after the other, as long as there is reason to."""

    def __init__(self, parts: Parts, options: WorkerOptions, embedded: bool) -> None:
        self._parts = parts
        self._options = options
        self._embedded = embedded
        self._stopping = 0
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = 1.0
        while not self._stopping:
            started = time.monotonic()
            code = self._one_process()
            if code in (0, 2) or self._stopping:  # 2: started in a wrong way, which no second start mends
                return 0 if self._stopping else code
            if code == RECYCLE:
                log.warning(
                    "replacing the serving process, which has grown", limit_mb=self._options.memory_mb
                )
                continue
            if time.monotonic() - started > STEADY_SECONDS:
                pause = 1.0
            log.error("the serving process died; starting another", code=code, in_seconds=pause)
            self._sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return 0

    def _one_process(self) -> int:
        """Run a serving process to its end; what it still had goes back into the queue."""
        host = (self._options.name or socket.gethostname()).replace("@", "-")
        name = f"{host}@{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._child = subprocess.Popen(self._command(name), stdin=subprocess.PIPE, start_new_session=True)
        try:
            if self._stopping:
                self._child.terminate()
            code = self._wait(self._child)
        finally:
            assert self._child.stdin is not None
            self._child.stdin.close()
        if code != 0:
            self._take_back(name)
        return code

    def _command(self, name: str) -> list[str]:
        folder = str(self._parts.folder)
        command = [sys.executable, "-m", "midspan.platform", "--workspace", folder, "worker"]
        command += ["--serve", name, "--queues", ",".join(self._options.queues)]
        command += ["--max-memory-mb", str(self._options.memory_mb)]
        if self._options.until_idle is not None:
            command += ["--until-idle", str(self._options.until_idle)]
        return command

    def _wait(self, child: subprocess.Popen[bytes]) -> int:
        asked = None
        while True:
            try:
                return child.wait(WATCH_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            if self._stopping and asked is None:
                asked = time.monotonic()
            if asked is not None and time.monotonic() - asked > GRACE_SECONDS:
                child.kill()
            elif self._embedded and not broker.is_up(self._parts.folder):
                self._restart_broker()

    def _restart_broker(self) -> None:
        try:
            broker.start(self._parts.folder, self._parts.folder / "broker")
        except MidspanError as error:
            log.error("the broker died and does not start again", error=str(error))

    def _take_back(self, name: str) -> None:
        try:
            self._parts.jobs.abandon(name)
            self._parts.workers.forget(name)
        except MidspanError as error:
            log.warning("the items of a dead process wait for their leases to run out", error=str(error))

    def _stop(self, number: int, frame: object) -> None:
        """The first signal lets the task give its items back, the second does not wait."""
        self._stopping += 1
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM if self._stopping == 1 else signal.SIGKILL)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(0.1)
