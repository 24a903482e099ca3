"""The confined process: it calls functions of midspan and sends what they yield.

Its one tie is the socket to the process that started it, where
:class:`~midspan.pipelines.confined.confined.Confined` has the other end. It writes nothing, so that it may be
killed at any moment.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
from queue import SimpleQueue

import structlog

from midspan.errors import MidspanError, ReaderCrashed, ReadingLimit
from midspan.pipelines.confined.channel import LARGEST, Channel, TooLarge
from midspan.pipelines.confined.limits import held_mb, limit_cpu, limit_memory
from midspan.pipelines.confined.task import OUT_OF_MEMORY, End, Item, Task

log = structlog.get_logger(__name__)

MOST_TASKS = 500
"""After so many a process makes room for a new one, in case a library loses memory."""
SPENT_SHARE = 0.3
"""Share of its memory from which a process that still holds it after a task makes room for a new one."""
LONGEST_MESSAGE = 500
"""Characters of what a library says."""
_NO_MEMORY = 2
"""libxml2's number for what lxml passes on as an unknown error of syntax."""


def main(descriptor: int, memory_mb: int) -> None:
    """Serve the socket with this file descriptor."""
    os.dup2(2, 1)  # what libraries print is no answer of the command
    limit_memory(memory_mb)
    channel = Channel(socket.socket(fileno=descriptor))
    tasks: SimpleQueue[Task] = SimpleQueue()
    threading.Thread(target=_listen, args=(channel, tasks), name="listener", daemon=True).start()
    try:
        for count in range(1, MOST_TASKS + 1):
            if _serve(tasks.get(), channel, MOST_TASKS - count, SPENT_SHARE * memory_mb):
                return
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except EOFError:
        os._exit(0)


def _listen(channel: Channel, tasks: SimpleQueue[Task]) -> None:
    """End at once when the other process is gone, also in the middle of a task."""
    while True:
        try:
            task = channel.receive()
        except EOFError:
            os._exit(0)
        except ValueError as error:
            log.error("a task cannot be read", error=str(error))
            os._exit(1)
        assert isinstance(task, Task)
        tasks.put(task)


def _serve(task: Task, channel: Channel, more: int, most_mb: float) -> bool:
    """Do a task, and say that it is done and whether this process is spent, which is also returned: it may
    do so many ``more`` of them, and hold so much memory."""
    error = _do(task, channel)
    spent = not more or held_mb() > most_mb
    channel.send(End(error, spent))
    return spent


def _do(task: Task, channel: Channel) -> MidspanError | None:
    """Send what the function yields; returns what it raises. Raises ``MemoryError``."""
    limit_cpu(task.cpu_seconds)
    try:
        for value in task.function(*task.arguments):
            channel.send(Item(value))
    except TooLarge as error:
        return ReadingLimit(
            f"a page or window of it is larger than {LARGEST >> 20} MB ({error}); save its text as .txt, or "
            "encode the video again in an ordinary size"
        )
    except Exception as error:
        if _is_out_of_memory(error):
            raise MemoryError from error
        return error if isinstance(error, MidspanError) else _crash(error)
    return None


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Whether the limit is behind it: by what Python, the system and libxml2 say then, or what came of it."""
    while error is not None:
        of_libxml2 = type(error).__module__ == "lxml.etree" and getattr(error, "code", None) == _NO_MEMORY
        if isinstance(error, MemoryError) or getattr(error, "errno", None) == errno.ENOMEM or of_libxml2:
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False


def _crash(error: Exception) -> ReaderCrashed:
    said = f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE]
    return ReaderCrashed(
        f"its reader failed over it ({said}); it is damaged or very unusual: get it again, or save it anew "
        "or as .txt"
    )
