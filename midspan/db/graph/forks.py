"""Questions that a process answers in forks of itself, several at the same time.

A fork shares all that the process holds, so that a graph of any size is in memory once, and it is given an
alarm by the kernel, which ends it wherever it is. What becomes of it is nobody else's matter: the process
and the other forks go on.

Both ends are here. The parent's :class:`Asking` sends one end of a socket for each question; the child's
:class:`Forks` forks for it, and answers in place of a fork that ended without an answer. A process must have
one thread when it forks.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from midspan.db.graph.child import OUT_OF_MEMORY, answer
from midspan.errors import StoreUnavailable

READERS = 4
"""Questions that are answered at the same time; more wait."""
GRACE_SECONDS = 0.5
"""What a question may take beyond its limit before its fork is ended."""
EXCHANGE_SECONDS = 60.0
"""For a request to come whole and for an answer to be taken: long, since the machine may be busy."""


class Asking:
    """The parent's end; safe to share between threads."""

    def __init__(self) -> None:
        self._control, self.theirs = socket.socketpair()
        """``theirs`` goes to the process."""
        self._sending = threading.Lock()
        self._places = threading.BoundedSemaphore(READERS)
        weakref.finalize(self, self._control.close)

    def ask(self, request: bytes, seconds: float) -> dict[str, Any]:
        """The reply, ``{"value"}``, ``{"error", "message"}`` or ``{"ended": exit status}``.

        Raises ``StoreUnavailable`` when all places were taken for ``seconds`` or the process is gone, and
        ``TimeoutError`` when it does nothing any more.
        """
        if not self._places.acquire(timeout=seconds):
            raise StoreUnavailable(f"{READERS} other questions are being answered; try again")
        try:
            line = self._exchange(request, seconds)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise StoreUnavailable("the graph's process is gone; try again") from error
        finally:
            self._places.release()
        try:
            reply: dict[str, Any] = json.loads(line)
        except ValueError as error:  # nothing, or not all of it
            raise StoreUnavailable("the graph's process ended in mid-question; try again") from error
        return reply

    def _exchange(self, request: bytes, seconds: float) -> bytes:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            with self._sending:
                socket.send_fds(self._control, [b"?"], [theirs.fileno()])
            theirs.close()
            ours.settimeout(seconds + GRACE_SECONDS + EXCHANGE_SECONDS)
            ours.sendall(request)
            with ours.makefile("rb") as stream:
                return stream.readline()


class Forks:
    """The child's end: forks for each question that comes through ``control``."""

    def __init__(
        self,
        control: socket.socket,
        calls: Mapping[str, Callable[..., Any]],
        failed: Callable[[BaseException], dict[str, Any]],
    ) -> None:
        self._control = control
        self._calls = calls
        self._failed = failed
        self._asked: dict[int, tuple[int, socket.socket]] = {}
        """Fork's descriptor to its id and the socket on which its answer is waited for."""

    def lines(self) -> Iterator[str]:
        """Lines of standard input; between them questions are answered.

        For requests of which one is sent when the one before is answered: no more is read ahead.
        """
        with selectors.DefaultSelector() as self._selector:
            self._selector.register(sys.stdin, selectors.EVENT_READ)
            self._selector.register(self._control, selectors.EVENT_READ)
            while True:
                for key, _ in self._selector.select():
                    if key.fileobj is self._control:
                        self._take()
                    elif key.fd in self._asked:
                        self._reap(key.fd)
                    elif line := sys.stdin.readline():
                        yield line
                    else:
                        return

    def _take(self) -> None:
        _, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        if not descriptors:  # the parent asks no more
            self._selector.unregister(self._control)
            return
        connection = socket.socket(fileno=descriptors[0])
        try:
            pid = os.fork()
        except OSError as error:
            with connection:
                _send(connection, json.dumps({"error": "full", "message": str(error)}))
            return
        if not pid:
            self._be_fork(connection)
        descriptor = os.pidfd_open(pid)
        self._asked[descriptor] = pid, connection
        self._selector.register(descriptor, selectors.EVENT_READ)

    def _reap(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        os.close(descriptor)
        pid, connection = self._asked.pop(descriptor)
        _, status = os.waitpid(pid, 0)
        with connection:
            if status:
                _send(connection, json.dumps({"ended": os.waitstatus_to_exitcode(status)}))

    def _be_fork(self, connection: socket.socket) -> None:
        """Answer, and end whatever happens."""
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # last words of native code are for nobody
            for _, other in self._asked.values():
                other.close()
            _alarm(EXCHANGE_SECONDS)
            with connection.makefile("r", encoding="utf-8") as stream:
                request = json.loads(stream.readline())
            _alarm(request["seconds"])
            text = answer(self._calls, self._failed, request)
            _alarm(EXCHANGE_SECONDS)
            _send(connection, text)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except BaseException:
            os._exit(1)
        os._exit(0)


def _alarm(seconds: float) -> None:
    """End this process, whatever it does, when the time is up."""
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))


def _send(connection: socket.socket, text: str) -> None:
    """A line for whoever asked, unless they are gone."""
    try:
        connection.sendall(text.encode() + b"\n")
    except (BrokenPipeError, ConnectionResetError):
        return
