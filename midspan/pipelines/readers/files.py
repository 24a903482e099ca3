"""Reading a file that others may change or delete meanwhile."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from midspan.errors import EmptySource, SourceVanished, UnreadableSource, UnsupportedSource

ZIP_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OverflowError,
    ValueError,
    RuntimeError,
)
"""What ``zipfile`` raises over damaged archives: it lets through what it stumbles over."""


@contextmanager
def watched(path: Path) -> Iterator[BinaryIO]:
    """The open file; raises ``SourceVanished`` when it is gone, changed or not permitted meanwhile.

    The one place where readers translate ``OSError``. What is no regular file is refused before it is
    opened (a pipe would block for ever), and so is an empty one.
    """
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise UnsupportedSource("expected a regular file; this is a folder, pipe, socket or device")
        if before.st_size == 0:
            raise EmptySource("the file has 0 bytes; there is nothing to read")
        with path.open("rb") as file:
            try:
                yield file
            except UnreadableSource:
                _check_unchanged(path, before.st_size, before.st_mtime_ns)
                raise
        _check_unchanged(path, before.st_size, before.st_mtime_ns)
    except FileNotFoundError as error:
        raise SourceVanished("the file is not there (any more); put it back and ingest it again") from error
    except PermissionError as error:
        raise SourceVanished(
            "the file may not be read; give this user the permission and ingest it again"
        ) from error
    except OSError as error:
        raise SourceVanished(
            f"the file could not be read ({error.strerror or error}); check the disk or the network "
            "and ingest it again"
        ) from error


def head(path: Path, count: int) -> bytes:
    """The first ``count`` bytes, or all if there are fewer."""
    with watched(path) as file:
        return file.read(count)


def _check_unchanged(path: Path, size: int, modified_ns: int) -> None:
    now = path.stat()
    if (now.st_size, now.st_mtime_ns) != (size, modified_ns):
        raise SourceVanished(
            f"the file changed while it was read ({size} bytes before, {now.st_size} now); "
            "ingest it again when it is complete"
        )
