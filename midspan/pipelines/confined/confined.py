"""Processes in which files are read, seen from the process that wants what is in them.

Parsers of PDF, HTML, DOCX and videos are large native libraries. Over a file made for it they crash, or take
all memory or time that there is; in a process of its own that is the end of the file and of nothing else.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import Any

import structlog

from midspan.errors import MidspanError, ProcessLost, ReaderCrashed, ReadingLimit
from midspan.pipelines import stopping
from midspan.pipelines.confined import answers
from midspan.pipelines.confined.channel import Channel
from midspan.pipelines.confined.limits import CLOCK, Limits, held_mb
from midspan.pipelines.confined.task import OUT_OF_MEMORY, End, Item, Task

log = structlog.get_logger(__name__)

DEFAULT = Limits()
TICK_SECONDS = 0.05
"""How often ``stop`` is asked, and its memory looked at, while nothing comes."""
MUCH_MEMORY = 0.3
"""A native library that crashes with this share of its memory in use was refused more: buffers double."""
_CRASHES = (signal.SIGSEGV, signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGBUS, signal.SIGFPE)
_START = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from midspan.pipelines.confined.child import main; main(int(sys.argv[1]), int(sys.argv[2]))"
)


class Confined:
    """Calls functions over files, each in a process that does nothing else meanwhile.

    A process is started when there is none that is free, and serves for many files; who ends in the middle
    of one is not used again. Safe to use from several threads. They end with this process, or its last
    reference.
    """

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._free: list[_Process] = []
        self._turn = threading.Lock()

    @property
    def pids(self) -> list[int]:
        """Of those that are free."""
        return [process.pid for process in self._free]

    def run(
        self,
        function: Callable[..., Iterable[Any]],
        *arguments: Any,
        byte_count: int = 0,
        stop: Callable[[], bool] = stopping.never,
    ) -> Generator[Any, None, None]:
        """What ``function(*arguments)`` yields, over a file of ``byte_count`` bytes.

        All that goes to and fro is picklable. Close the generator to end it early. Raises what the function
        does of midspan's errors, ``ReaderCrashed``, ``ReadingLimit``, ``ProcessLost`` when it hung or was
        killed, and ``Stopped`` when ``stop``, asked several times a second, says so.
        """
        process = self._take()
        try:
            yield from process.do(Task(function, arguments, self._limits.cpu_seconds(byte_count)), stop)
        finally:
            if process.free:
                with self._turn:
                    self._free.append(process)
            else:
                process.end()

    def close(self) -> None:
        """End those that are free."""
        with self._turn:
            while self._free:
                self._free.pop().end()

    def _take(self) -> _Process:
        with self._turn:
            while self._free:
                process = self._free.pop()
                if process.alive:
                    return process
                process.end()
        try:
            return _Process(self._limits)
        except OSError as error:
            raise ProcessLost(
                f"a process to read it in cannot be started ({error}); free some memory or processes, then "
                "ingest it again"
            ) from error


class _Process:
    """One process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        ours, theirs = socket.socketpair()
        arguments = [str(theirs.fileno()), str(limits.memory_mb), *sys.path]
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-c", _START, *arguments],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # Ctrl-C is for us, who end it
                )
            except OSError:
                ours.close()
                raise
        self._channel = Channel(ours, TICK_SECONDS, answers.loads)
        self.free = True
        self.end = weakref.finalize(self, _end, self._process, self._channel)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def do(self, task: Task, stop: Callable[[], bool]) -> Generator[Any, None, None]:
        """What the task yields. ``free`` afterwards if it came to its end."""
        self.free = False
        watch = _Watch(self.pid, CLOCK * task.cpu_seconds, stop)
        with watch, suppress(EOFError):  # one that has died meanwhile is found out when it is heard
            self._channel.send(task, watch.look)
        while True:
            with watch:
                said = self._hear(task, watch)
            if isinstance(said, Item):
                yield said.value
                continue
            self.free = not said.spent
            if said.error is not None:
                raise said.error
            return

    def _hear(self, task: Task, watch: _Watch) -> Item | End:
        try:
            said = self._channel.receive(watch.look)
        except EOFError:
            raise self._why_it_ended(task, watch.peak_mb) from None
        except ValueError as error:
            raise ReaderCrashed(f"its reader crashed over it (it sent {error}); {_DAMAGED}") from error
        if not isinstance(said, (Item, End)):
            raise ReaderCrashed(f"its reader crashed over it (it sent {type(said).__name__}); {_DAMAGED}")
        return said

    def _why_it_ended(self, task: Task, peak_mb: float) -> MidspanError:
        self.end()
        status, memory_mb = self._process.returncode, self._limits.memory_mb
        reason = signal.Signals(-status).name if status < 0 else f"status {status}"
        log.warning("a process that read a file is gone", pid=self.pid, reason=reason, held_mb=round(peak_mb))
        if status == -signal.SIGXCPU:
            return ReadingLimit(
                f"reading it took more than {task.cpu_seconds:g} s of computing and was ended; if you trust "
                f"it, allow more by MIDSPAN_READ_SECONDS (now {self._limits.seconds:g}) and ingest it again"
            )
        crashed = -status in _CRASHES
        if status == OUT_OF_MEMORY or (crashed and peak_mb > MUCH_MEMORY * memory_mb):
            return ReadingLimit(
                f"reading it took more than {memory_mb:,} MB of memory and was ended; if you trust it, allow "
                "more by MIDSPAN_READ_MEMORY_MB and ingest it again"
            )
        if crashed or status >= 0:
            return ReaderCrashed(f"its reader crashed over it ({reason}); {_DAMAGED}")
        return ProcessLost(
            f"the process that read it was ended from outside ({reason}), perhaps because memory was short; "
            "ingest it again"
        )


_DAMAGED = "it is damaged or made to do so: get it again, or save it anew or as .txt"


class _Watch:
    """Watches a process while it is waited for, which is around each waiting."""

    def __init__(self, pid: int, seconds: float, stop: Callable[[], bool]) -> None:
        self.peak_mb = 0.0
        """The most memory that it was seen to hold."""
        self._pid = pid
        self._seconds = self._left = seconds
        self._stop = stop
        self._since = self._looked = 0.0

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._left -= time.monotonic() - self._since

    def look(self) -> None:
        """Raises ``Stopped``, and ``ProcessLost`` when the time is over."""
        stopping.check(self._stop)
        now = time.monotonic()
        if now - self._since > self._left:
            raise ProcessLost(
                f"reading it was waited for {self._seconds:g} s in vain and ended; see that the disk or "
                "network it lies on answers and ingest it again, or allow more by MIDSPAN_READ_SECONDS"
            )
        if now - self._looked > TICK_SECONDS:
            self._looked, self.peak_mb = now, max(self.peak_mb, held_mb(self._pid))


def _end(process: subprocess.Popen[bytes], channel: Channel) -> None:
    """Kill it, unless it has ended by itself."""
    channel.close()
    process.kill()
    process.wait()
