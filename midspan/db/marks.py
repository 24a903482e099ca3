"""What a projection's files were made from, beside them: which record store, and up to which outbox entry.

The rows that name generation files go with the record store. When that is lost, or put back to what it was
before, the files alone would still know more than it does; ``TARGET.mark`` says so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from midspan.db.record_store import Outbox, Target
from midspan.errors import ProjectionAhead

CHOICE = (
    "Either put the right one back (`midspan restore`, or the file midspan.db as it was), or take this one "
    "as it is with `midspan reindex --accept-records`: what only the projections still show is lost then"
)


@dataclass(frozen=True)
class Mark:
    store: str
    """Identity of the record store."""
    applied: int
    """Outbox id up to which the projection is true."""


def read(folder: Path, target: Target) -> Mark | None:
    """None where there is none, or none that can be read: it is written anew with the next generation."""
    try:
        said = json.loads(_path(folder, target).read_text())
        return Mark(str(said["store"]), int(said["applied"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write(folder: Path, target: Target, mark: Mark) -> None:
    """Raises ``OSError``."""
    path = _path(folder, target)
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        temporary.write_text(json.dumps(vars(mark)))
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def check(folder: Path, target: Target, store: Outbox) -> None:
    """Raise ``ProjectionAhead`` when the files come from another record store, or from more than it holds."""
    mark = read(folder, target)
    if mark is None:
        return
    if mark.store != store.identity():
        raise ProjectionAhead(
            f"{target} in {folder} was made from another record store ({mark.store}) than the one that is "
            f"there now ({store.identity()}). {CHOICE}"
        )
    refuse_ahead(f"{target} in {folder}", target, mark.applied, store)


def refuse_ahead(what: str, target: Target, applied: int, store: Outbox) -> None:
    """Raise ``ProjectionAhead`` when the record store does not reach as far as was applied."""
    end = store.outbox_end(target)
    if applied > end:
        raise ProjectionAhead(
            f"{what} was made from the record store up to entry {applied} and the one that is there now ends "
            f"at {end}: it is older, or what was written last is lost. {CHOICE}"
        )


def _path(folder: Path, target: Target) -> Path:
    return folder / f"{target}.mark"
