"""What confined processes of the tests do: harmless things, and what hostile files make readers do."""

import ctypes
import os
import signal
import stat
import time

from midspan.errors import CorruptSource
from midspan.pipelines.readers.opening import read_file


def count(to):
    yield from range(to)


def pid():
    yield os.getpid()


def hold(megabytes):
    """Go on holding so much after the task."""
    held.append(bytearray(megabytes << 20))
    yield os.getpid()


held = []


def complain():
    yield "before"
    raise CorruptSource("page 3 is damaged; get it again", page=3)


def stumble():
    yield "before"
    raise KeyError("a key that nobody foresaw")


def segfault():
    yield "before"
    ctypes.string_at(0)


def spin():
    yield "before"
    while True:
        pass


def hang():
    yield "before"
    time.sleep(3600)


def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    yield 1


def fill():
    """In Python, which raises."""
    blocks = []
    while True:
        blocks.append(bytearray(1 << 20))
        yield len(blocks)


def abort_when_full():
    """As native libraries do where they get no memory."""
    blocks = []
    try:
        while True:
            blocks.append(bytearray(1 << 20))
            time.sleep(0.01)  # as if it did something
    except MemoryError:
        os.abort()
    yield


def be_killed():
    yield "before"
    os.kill(os.getpid(), signal.SIGKILL)


def exit_early():
    yield "before"
    os._exit(3)


def say_too_much():
    yield bytes(65 << 20)


class _Command:
    """What a reader that is taken over would have the other process do."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return os.mkdir, (str(self._path),)


def command(path):
    yield _Command(path)


def tie():
    """The socket to the process that started this one, whatever number it has."""
    open_ones = (number for number in range(3, 4096) if _is_socket(number))
    return next(open_ones)


def _is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


def say_nonsense():
    """The length of a message, and that many bytes that are none."""
    os.write(tie(), (9).to_bytes(8, "big") + b"no pickle")
    yield


def stop_in_mid_message():
    """The length of a message, and nothing after it."""
    os.write(tie(), (1 << 20).to_bytes(8, "big"))
    time.sleep(3600)
    yield


def start_and_hang(pid_file):
    """Say who it is, then hang."""
    pid_file.write_text(str(os.getpid()))
    yield "before"
    time.sleep(3600)


def read_fragile(path):
    """Reads as readers do; what the name of a file says befalls it before its end."""
    yield from read_file(path)
    befalls = {"crash": segfault, "hang": hang, "fill": fill}
    if path.stem in befalls:
        for _ in befalls[path.stem]():
            continue
