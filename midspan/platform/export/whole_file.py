"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import secrets
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
    target = to.resolve()  # a link stays a link
    _check(target)
    partial = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}.part")
    try:
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL, 0o666))
        yield partial
        _flush(partial)
        partial.replace(target)
        _flush(target.parent)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreUnavailable(
                f"{to} cannot be written ({error.strerror or error}); nothing of it was left. Free some "
                "space, or name a place that can be written"
            ) from error
        raise


def _check(target: Path) -> None:
    if not target.parent.is_dir():
        raise WrongUse(f"{target} cannot be written: there is no such folder")
    if target.exists() and not target.is_file():
        raise WrongUse(f"{target} cannot be written: it is a folder or a device; name a file")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
