"""Signs of life for claimed items, from a thread of its own, so that a long stage keeps its leases."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

import structlog

from midspan.db.jobs.store import JobStore
from midspan.db.record_store import ItemLease
from midspan.errors import LeaseLost, MidspanError

log = structlog.get_logger(__name__)

LEASE_SECONDS = 120.0
"""How long an item stays ours without a sign of life."""
BEAT_SECONDS = 15.0
HANG_SECONDS = 900.0
"""Work that has not moved for so long hangs: its signs of life stop, though this thread still could."""


class Pulse:
    """Prolongs leases while the work that holds them moves (a context manager around that work)."""

    def __init__(
        self,
        jobs: JobStore,
        leases: Sequence[ItemLease],
        *,
        on_hang: Callable[[], None] = lambda: None,
        beat_seconds: float = BEAT_SECONDS,
        hang_seconds: float = HANG_SECONDS,
    ) -> None:
        """``on_hang`` is called from the thread, once, when the work hangs."""
        self._jobs = jobs
        self._leases = leases
        self._on_hang = on_hang
        self._beat_seconds = beat_seconds
        self._hang_seconds = hang_seconds
        self._moved = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
        self.lost = False
        """Somebody else has one of the items now; the commit would be refused."""

    def moved(self) -> None:
        """Called by the work itself whenever it got on."""
        self._moved = time.monotonic()

    def __enter__(self) -> Pulse:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(self._beat_seconds):
            still = time.monotonic() - self._moved
            if still > self._hang_seconds:
                log.error("the work hangs; its leases will run out", seconds=round(still))
                self._on_hang()
                return
            try:
                self._jobs.heartbeat(self._leases, LEASE_SECONDS)
            except LeaseLost:
                self.lost = True
                return
            except MidspanError as error:
                log.warning("no sign of life could be sent", error=str(error))
