"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from midspan.errors import StoreUnavailable, WrongUse


@contextmanager
def whole_file(to: Path) -> Iterator[Path]:
    """A path beside ``to``; what was written there takes its name at the end, on any error it goes.

    Raises ``WrongUse`` where there can be no such file, and ``StoreUnavailable`` for a full disk and the
    like; what stood at ``to`` stands there still.
    """
    to = to.absolute()
    if not to.parent.is_dir() or to.is_dir():
        raise WrongUse(
            f"{to} cannot be written: " + ("it is a folder" if to.is_dir() else "there is no such folder")
        )
    partial: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{to.name[:100]}.", suffix=".part", dir=to.parent)
        os.close(handle)
        partial = Path(name)
        yield partial
        _flush(partial)
        partial.chmod(0o666 & ~_umask())
        partial.replace(to)
        _flush(to.parent)
    except BaseException as error:
        if partial is not None:
            partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreUnavailable(
                f"{to} cannot be written ({error.strerror or error}); nothing of it was left. Free some "
                "space, or name a place that can be written"
            ) from error
        raise


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """What is kept from others in the files of this process; it can be asked only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
