"""Objects over a socket, of bounded size, and without ever waiting for one longer than is wanted."""

from __future__ import annotations

import pickle
import socket
import struct
from collections.abc import Callable

from midspan.pipelines import stopping

LARGEST = 64 << 20
"""Bytes of one message."""
_LENGTH = struct.Struct("!Q")


class TooLarge(Exception):
    """An object takes more bytes than a message may have."""


class Channel:
    """One end. The other one may stop in mid-message, or send what is no message."""

    def __init__(
        self,
        connection: socket.socket,
        tick: float | None = None,
        loads: Callable[[bytearray], object] = pickle.loads,
    ) -> None:
        """Whoever waits here is called back every ``tick`` seconds, or never. ``loads`` reads a message: of
        an end that is not trusted, only what it may say."""
        self._loads = loads
        connection.settimeout(tick)
        self._socket = connection
        self.close = connection.close

    def send(self, what: object, waiting: Callable[[], None] = stopping.go_on) -> None:
        """Returns when it is taken; ``waiting`` is called meanwhile and may raise.

        Raises ``TooLarge``, and ``EOFError`` when the other end is gone.
        """
        data = pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)
        if len(data) > LARGEST:
            raise TooLarge(f"{len(data):,} bytes")
        for part in (_LENGTH.pack(len(data)), data):
            self._through(self._socket.send, memoryview(part), waiting)

    def receive(self, waiting: Callable[[], None] = stopping.go_on) -> object:
        """The next object; ``waiting`` is called meanwhile and may raise.

        Raises ``EOFError`` when the other end is gone, ``ValueError`` for what is no message.
        """
        head = bytearray(_LENGTH.size)
        self._through(self._socket.recv_into, memoryview(head), waiting)
        (length,) = _LENGTH.unpack(head)
        if length > LARGEST:
            raise ValueError(f"a message of {length:,} bytes")
        data = bytearray(length)
        self._through(self._socket.recv_into, memoryview(data), waiting)
        try:
            return self._loads(data)
        except Exception as error:  # whatever bytes that are none of ours lead it to
            raise ValueError(f"a message that cannot be read ({error!r})") from error

    def _through(
        self, move: Callable[[memoryview], int], data: memoryview, waiting: Callable[[], None]
    ) -> None:
        """Move all of it."""
        while data:
            waiting()
            try:
                moved = move(data)
            except TimeoutError:
                continue
            except OSError as error:
                raise EOFError from error
            if not moved:
                raise EOFError
            data = data[moved:]
