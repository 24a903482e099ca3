"""A folder that is there whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from midspan.errors import StoreUnavailable, WrongUse


def refuse_taken(to: Path) -> None:
    """Raises ``WrongUse`` where there is something of that name."""
    if to.exists():
        raise WrongUse(f"{to} is there already; name a folder that is not")


@contextmanager
def whole_folder(to: Path) -> Iterator[Path]:
    """A new folder ``NAME.partial``, for its owner alone; it takes its name at the end, on any error it goes.

    Raises ``StoreUnavailable`` for a full disk and the like.
    """
    partial = to.with_name(f"{to.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)  # of one that was killed
        partial.mkdir(parents=True, mode=0o700)
        yield partial
        partial.rename(to)
    except BaseException as error:
        shutil.rmtree(partial, ignore_errors=True)
        if isinstance(error, OSError):
            raise StoreUnavailable(
                f"{to} cannot be written ({error.strerror or error}); nothing of it was left. Free some "
                "space, or name a place that can be written"
            ) from error
        raise
