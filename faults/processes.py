"""Children of the fork server, with their pipes and their ends."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

STUCK_SECONDS = 180.0


@dataclass(frozen=True)
class End:
    """How a child ended, and what it told."""

    how: str
    """done, error (one of midspan's own, with its message), crash (any other), killed, or stuck."""
    message: str = ""
    told: dict[str, Any] = field(default_factory=dict)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["faults.child", "faults.campaign"])
    return context


_CONTEXT = _context()


class Child:
    """One process at work."""

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_run, args=(work, *arguments, theirs))
        self._process.start()
        theirs.close()
        self._told: dict[str, Any] | None = None

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def reached(self, seconds: float = STUCK_SECONDS) -> bool:
        """Wait until the child asks at its point, or ends (then False)."""
        told = self._receive(seconds)
        if told == {"reached": True}:
            return True
        self._told = told
        return False

    def go_on(self) -> None:
        """Answer a child that asked."""
        try:
            self._pipe.send_bytes(b"{}")
        except OSError:
            return  # it has died meanwhile

    def signal(self, number: int) -> None:
        if self._process.is_alive():
            os.kill(self.pid, number)

    def alive(self) -> bool:
        return self._process.is_alive()

    def end(self, seconds: float = STUCK_SECONDS) -> End:
        """Wait for its end; one that does not come to an end is stuck, and killed."""
        told = self._told or self._receive(seconds)
        while told == {"reached": True}:
            self.go_on()
            told = self._receive(seconds)
        self._process.join(10.0 if told else seconds)
        if self._process.is_alive():
            self.signal(signal.SIGKILL)
            self._process.join()
            return End("stuck", f"did not end within {seconds:.0f} s", told or {})
        self._pipe.close()
        if told:
            return End(told["ended"], told.get("message", ""), told)
        return End("killed" if self._process.exitcode == -signal.SIGKILL else "crash", "ended without a word")

    def _receive(self, seconds: float) -> dict[str, Any] | None:
        try:
            if self._pipe.poll(seconds):
                return dict(json.loads(self._pipe.recv_bytes()))
        except (EOFError, OSError):
            pass
        return None


def run(work: Callable[..., None], *arguments: Any) -> End:
    """Start a child and wait for its end."""
    return Child(work, *arguments).end()


def _run(work: Callable[..., None], *arguments: Any) -> None:
    """A group of its own, so that Ctrl-C reaches the parent alone."""
    os.setpgid(0, 0)
    work(*arguments)


__all__ = ["Child", "Connection", "End", "run"]
