"""The processes that run stages for an ingest loop, seen from the loop's own process.

``concurrent.futures`` and its like are of no use here: where one of their processes dies, all that was handed
out is lost and nobody says to whom, and a spawned process runs the user's script again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Pipe, wait
from types import TracebackType

import structlog

from midspan.errors import ProcessLost
from midspan.pipelines.crew.errand import Answer, Errand
from midspan.pipelines.stage import Stage

log = structlog.get_logger(__name__)

MakeStages = Callable[[], Sequence[Stage]]
"""Called in each process; picklable."""

WORTH = 512
"""Segments that take longer than the start of a process, which loads its models."""
HANG_SECONDS = 900.0
"""A hand that has not moved for so long hangs, and is ended."""
GRACE_SECONDS = 5.0
"""Within this a process that has closed its connection has ended."""

_START = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from midspan.pipelines.crew.hand import main; main(int(sys.argv[1]))"
)


@dataclass(frozen=True)
class Lost:
    """A process that ended in the middle of an errand."""

    stage: str | None
    """Key of the stage that it was at; None when it had not begun."""
    reason: str


class Crew:
    """At most ``size`` processes, each started when there is an errand and nobody to do it (a context manager
    that ends them). They end by themselves when this process does, however it ends."""

    def __init__(self, make: MakeStages, size: int, *, threads: int = 1, worth: int = WORTH) -> None:
        """``make`` gives all stages that an errand may name. Each process may compute with so many
        ``threads``; so many segments are ``worth`` starting them for."""
        self.size = size
        self.worth = worth
        self.started = False
        """There was an errand; from then on all work is the crew's, also while nobody is alive."""
        self._make = make
        self._threads = threads
        self._hands: list[_Hand] = []

    @property
    def has_room(self) -> bool:
        """Somebody could begin an errand now."""
        return len(self._busy()) < self.size

    @property
    def pids(self) -> list[int]:
        return [hand.pid for hand in self._hands]

    def give(self, errand: Errand) -> None:
        """Have somebody begin it; there must be room. Raises ``ProcessLost`` if no process can be started."""
        self.started = True
        free = next((hand for hand in self._hands if hand.errand is None), None)
        if free is None:
            free = self._start()
        free.begin(errand)

    def hear(self, seconds: float) -> Iterator[tuple[Errand, Answer | Lost]]:
        """What has come of errands, waiting at most ``seconds`` for something to happen."""
        busy = self._busy()
        speaking = wait([hand.connection for hand in busy], seconds)
        for hand in busy:
            if hand.connection not in speaking:
                continue
            errand, said = hand.errand, hand.hear()
            if isinstance(said, Lost):
                self._hands.remove(hand)
            if errand is not None and said is not None:
                yield errand, said
        for hand in self._busy():
            if time.monotonic() - hand.moved > HANG_SECONDS:
                hand.give_up()

    def abandon(self) -> None:
        """Drop all errands; whoever is at one is ended."""
        for hand in self._busy():
            hand.end()
            self._hands.remove(hand)

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for hand in self._hands:
            hand.end()
        self._hands.clear()

    def _start(self) -> _Hand:
        try:
            self._hands.append(_Hand(self._make, self._threads))
        except OSError as error:
            raise ProcessLost(
                f"a process that runs stages cannot be started ({error}); do without by --workers 1"
            ) from error
        return self._hands[-1]

    def _busy(self) -> list[_Hand]:
        return [hand for hand in self._hands if hand.errand is not None]


class _Hand:
    """One process."""

    def __init__(self, make: MakeStages, threads: int) -> None:
        self.connection, theirs = Pipe()
        command = [sys.executable, "-c", _START, str(theirs.fileno()), *sys.path]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            env={"OMP_NUM_THREADS": str(threads), **os.environ},
            start_new_session=True,  # Ctrl-C is for the loop, which ends this one when it stops
        )
        theirs.close()
        self.errand: Errand | None = None
        self._stage: str | None = None
        self._hangs = False
        self._send(make)

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin(self, errand: Errand) -> None:
        self.errand, self._stage, self.moved = errand, None, time.monotonic()
        self._send(errand)

    def hear(self) -> Answer | Lost | None:
        """What has come of the errand, or None for a sign of life; called when there is something."""
        try:
            said = self.connection.recv()
        except (EOFError, OSError):
            return self._lost()
        self.moved = time.monotonic()
        if isinstance(said, Answer):
            self.errand = None
            return said
        self._stage = said
        return None

    def give_up(self) -> None:
        """End one that hangs; it is heard to be gone."""
        self._hangs = True
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self.connection.close()

    def _lost(self) -> Lost:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        self.end()
        lost = Lost(self._stage, "it hung" if self._hangs else _reason(self._process.returncode))
        log.warning("a process that ran stages is gone", pid=self.pid, reason=lost.reason)
        return lost

    def _send(self, what: object) -> None:
        """One that has died meanwhile is found out when it is heard."""
        with suppress(OSError):
            self.connection.send(what)


def _reason(status: int) -> str:
    return f"status {status}" if status >= 0 else signal.Signals(-status).name
