"""From a source to a knowledge graph in its folder: whole or not there at all."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from midspan.errors import WrongUse
from midspan.models.facts.kg.draft import FILE, Counts, Draft
from midspan.models.facts.kg.format import CARD, INDEX, VECTORS, Card, write_card
from midspan.models.facts.kg.source import Piece, Source
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.vectors import MARK, write_index, write_vectors
from midspan.models.facts.knowledge_graph import Vectors

PIECES = 2000
"""A transaction."""
LOCK = "lock"


class Encoder(Protocol):
    name: str
    weights_sha256: str
    dim: int

    def encode(self, texts: list[str]) -> Vectors: ...


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
    encoder: Callable[[], Encoder] | None = None,
    report: Report = lambda progress: None,
) -> Card:
    """Read the source into a new graph, in the place of one that is there.

    What is begun lies beside it in ``.NAME.part``: the same call goes on there after a kill. ``encoder``
    makes the vectors; without one there are none. Raises ``WrongUse`` where another process builds it,
    and for a source without an entity.
    """
    part = target.with_name(f".{target.name}.part")
    part.mkdir(parents=True, exist_ok=True)
    with _alone(part):
        card = _counted(part, target.name, source, report)
        if encoder is not None:
            card = _with_vectors(part, card, encoder(), report)
        else:
            for name in (VECTORS, INDEX):
                (part / name).unlink(missing_ok=True)
        write_card(part, card)
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm", MARK, LOCK):
            (part / name).unlink(missing_ok=True)
        replace_folder(part, target)
    return card


def _counted(part: Path, name: str, source: Source, report: Report) -> Card:
    """Entities, names and relations, and the card without vectors."""
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


def _with_vectors(part: Path, card: Card, encoder: Encoder, report: Report) -> Card:
    write_card(part, card)
    graph = StoredGraph(part)
    made_by = f"{encoder.name}:{encoder.weights_sha256}"
    try:
        write_vectors(
            part,
            graph,
            (len(graph), encoder.dim),
            lambda texts: encoder.encode(list(texts)),
            f"{card.sha256} {made_by}",
            lambda done: report(Progress("vectors", done, len(graph))),
        )
    finally:
        graph.close()
        (part / CARD).unlink()
    report(Progress("index"))
    write_index(part)
    return Card(**{**asdict(card), "encoder": made_by})


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
