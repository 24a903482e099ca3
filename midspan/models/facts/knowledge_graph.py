"""What a knowledge graph answers: entities by name, by likeness and by uid; their relations."""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal["person", "place", "organisation", "work", "occupation", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ARTICLES = ("the ", "a ", "an ")


@dataclass(frozen=True)
class Entity:
    uid: str
    """CURIE: ``wd:Q270``, ``gn:756135`` or ``local:ward-3``."""
    kind: Kind
    popularity: int
    """How much is said of it: triples, pages in other languages, or what stands for them; comparable between
    graphs only roughly."""
    name: str
    description: str
    aliases: tuple[str, ...] = ()
    """As they are written, without ``name``."""
    types: tuple[str, ...] = ()
    """CURIEs; :meth:`KnowledgeGraph.type_names` has their labels."""


@dataclass(frozen=True)
class Predicate:
    uid: str
    """CURIE, as ``wd:P19``."""
    name: str
    description: str
    aliases: tuple[str, ...] = ()
    subject_kinds: Mapping[str, int] = field(default_factory=dict)
    """Kinds of the subjects of its relations in the graph, with how many there are of each."""
    object_kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """A fact that the graph holds; all three are uids."""

    subject: str
    predicate: str
    object: str


@dataclass(frozen=True)
class Neighbour:
    """What an entity has a relation with."""

    uid: str
    name: str
    predicate: str
    outgoing: bool
    """The entity is the relation's subject, and this its object."""


class KnowledgeGraph(ABC):
    """Never changes while it is open; safe to share between threads, and to open in many processes."""

    name: str
    sha256: str
    """Of all it answers from."""

    @abstractmethod
    def __len__(self) -> int:
        """The number of entities."""

    @abstractmethod
    def __iter__(self) -> Iterator[Entity]:
        """All entities, streamed, always in the same order."""

    @abstractmethod
    def named(self, mention: str) -> list[Entity]:
        """Entities with exactly this name or alias (see :func:`normalise`), the most popular first.

        A mention in small letters finds only what is written in small letters: "apple" is no company.
        """

    @abstractmethod
    def alike(self, mention: str, limit: int = 10) -> list[tuple[Entity, float]]:
        """Entities of which a name or alias is written like this one, with how alike (0 to 1, 1 for the same:
        :func:`midspan.models.facts.kg.spelling.likeness`), best first. Small letters as in :meth:`named`."""

    @abstractmethod
    def entities(self, uids: Sequence[str]) -> list[Entity | None]:
        """In the order of ``uids``; None for what is not in the graph."""

    def entity(self, uid: str) -> Entity | None:
        return self.entities([uid])[0]

    @abstractmethod
    def type_names(self, entity: Entity) -> tuple[str, ...]:
        """Labels of its types, of those that the graph has a label for."""

    @abstractmethod
    def predicates(self) -> list[Predicate]:
        """All of them, ordered by uid."""

    @abstractmethod
    def predicate(self, uid: str) -> Predicate | None: ...

    @abstractmethod
    def relations(self, uid: str, limit: int = 100) -> list[Relation]:
        """Relations that an entity is in, as subject first, then as object."""

    @abstractmethod
    def neighbours(self, uid: str, limit: int = 100) -> list[Neighbour]:
        """Of the same relations, what an entity has them with."""

    @abstractmethod
    def between(self, one: str, other: str) -> list[Relation]:
        """Relations of two entities, in both directions."""

    @abstractmethod
    def close(self) -> None: ...


def normalise(name: str) -> str:
    """Case, articles, possessives and punctuation taken off: "The Beatles'" is ``beatles``."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("’", "'").strip()
    for ending in ("'s", "'"):
        plain = plain.removesuffix(ending)
    for article in _ARTICLES:
        plain = plain.removeprefix(article)
    words = "".join(sign if sign.isalnum() else _SPACED.get(sign, " ") for sign in plain).split()
    return " ".join(words) or plain


_SPACED = {".": "", "'": ""}
"""What punctuation becomes; a space where nothing stands here."""
