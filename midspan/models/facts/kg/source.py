"""What a knowledge graph is built from: a source that is read piece by piece and can be taken up anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from midspan.models.facts.knowledge_graph import Kind, Relation


@dataclass(frozen=True)
class NewEntity:
    uid: str
    name: str
    description: str = ""
    kind: Kind | Literal[""] = ""
    """Empty: to be seen from its types and description."""
    popularity: int = 0
    aliases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewPredicate:
    uid: str
    name: str
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """What one line of a source, or a few that belong together, says."""

    position: int
    """Where the source goes on behind it: bytes, lines or items."""
    entities: tuple[NewEntity, ...] = ()
    predicates: tuple[NewPredicate, ...] = ()
    relations: tuple[Relation, ...] = ()
    """Those whose object turns out to be no entity of the graph are left out."""
    classes: tuple[tuple[str, str], ...] = ()
    """Types, each with a type that it is a kind of."""
    type_names: tuple[tuple[str, str], ...] = ()
    """Types with their label; those that are entities have one already."""
    broken: str = ""
    """What is wrong with a line that was skipped, and where it stands."""


class Source(Protocol):
    """A dump, a table, a package of places."""

    @property
    def about(self) -> str:
        """In words, for the card."""

    @property
    def identity(self) -> str:
        """Of the bytes and of all that decides what is read from them: a build is gone on with only if it is
        the same."""

    @property
    def licence(self) -> str: ...

    @property
    def size(self) -> int:
        """How much there is to read, in whatever ``done`` counts; 0 if unknown."""

    @property
    def done(self) -> int:
        """How much of it is read by now."""

    def read(self, position: int) -> Iterator[Piece]:
        """From a position on that a piece has told, or 0."""
