"""From a source to a knowledge graph in its folder: whole or not there at all."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from midspan.errors import WrongUse
from midspan.models.facts.kg.draft import FILE, Counts, Draft
from midspan.models.facts.kg.format import Card, write_card
from midspan.models.facts.kg.source import Piece, Source

PIECES = 2000
"""A transaction."""
LOCK = "lock"


@dataclass(frozen=True)
class Progress:
    step: str
    done: int = 0
    of: int = 0
    """0: unknown."""
    broken: str = ""
    """A line of the source that was skipped just now, and why."""


Report = Callable[[Progress], None]


def build(
    target: Path,
    source: Source,
    report: Report = lambda progress: None,
) -> Card:
    """Read the source into a new graph, in the place of one that is there.

    What is begun lies beside it in ``.NAME.part``: the same call goes on there after a kill. Raises
    ``WrongUse`` where another process builds it, and for a source without an entity.
    """
    part = target.with_name(f".{target.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    with _alone(part):
        card = _counted(part, target.name, source, report)
        write_card(part, card)
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", LOCK):
            (part / name).unlink(missing_ok=True)
        replace_folder(part, target)
    return card


def _counted(part: Path, name: str, source: Source, report: Report) -> Card:
    """Entities, names and relations, and the card."""
    draft = Draft(part, source.identity)
    try:
        if not draft.complete:
            for pieces in _batches(source.read(draft.position), PIECES):
                draft.add(pieces)
                for piece in pieces:
                    if piece.broken:
                        report(Progress("reading", source.done, source.size, piece.broken))
                report(Progress("reading", source.done, source.size))
            draft.end()
        counts: Counts = draft.write(lambda step: report(Progress(step)))
        if not counts.entities:
            raise WrongUse(f"{source.about}: there is no entity in it ({draft.skipped} lines were skipped)")
        return Card(
            name=name,
            sha256=draft.digest,
            source=source.about,
            licence=source.licence,
            skipped=draft.skipped,
            **asdict(counts),
        )
    finally:
        draft.close()


def replace_folder(new: Path, target: Path) -> None:
    """``new`` becomes ``target``; whoever has the old one open goes on reading it."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(part: Path) -> Iterator[None]:
    with (part / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WrongUse(f"another process is building this knowledge graph in {part}") from error
        yield


def _batches(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    left = iter(pieces)
    while batch := list(islice(left, size)):
        yield batch
