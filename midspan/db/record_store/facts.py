"""Facts by what they say: filtered, merged where they say the same, counted."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from midspan.db.record_store.outbox import GraphFact
from midspan.records import Fact, Modality, Polarity

NAMED = "text:"
"""Before the key of what is in no knowledge graph (:func:`words_key`)."""
KEY_LENGTH = 120
"""Names in no knowledge graph that agree in so many first characters have the same key."""


def words_key(words: str, kind: str = "", source_id: str = "") -> str:
    """The key of what is in no knowledge graph: what the text takes it for, and its words in lower case, a
    pronoun's those of its name. A person's name of one word means somebody else in another source, so there
    the source is part of the key; it is as the graph joins them (``db/graph/rows.py``)."""
    return f"{NAMED}{kind}:{source_id}:{words[:KEY_LENGTH]}"


@dataclass(frozen=True)
class FactFilter:
    """Which facts are meant; what is not said leaves that side open.

    Keys are CURIEs of a knowledge graph, or what ``words_key`` makes of words. An object that is a date or a
    number has the key ``date:1867`` or ``number:12``.
    """

    entity: str | None = None
    """Key of the subject or object."""
    predicate: str | None = None
    like: str | None = None
    """Id of a fact: those that say the same as it does, itself among them; none without it."""
    source_ids: frozenset[str] | None = None
    least_score: float = 0.0
    linked: bool | None = None
    """Whether every part is in the knowledge graph, but for a date or a number."""
    polarity: Polarity | None = None
    everything: bool = False
    """Also what is not believed (:attr:`Fact.believed`)."""


@dataclass(frozen=True)
class FactEdge:
    """What one or more facts say, once: same subject, predicate, object, polarity and modality."""

    fact: str
    """Id of one of them, the same as long as they are there."""
    subject: str
    """Key, as in :class:`FactFilter`."""
    subject_name: str
    predicate: str
    predicate_name: str
    object: str
    object_name: str
    literal: bool
    """The object is a date or a number: no entity."""
    polarity: Polarity
    modality: Modality
    support: int
    """Number of the facts."""
    confidence: float
    """Of the best of them."""


@dataclass(frozen=True)
class FactEdges:
    edges: tuple[FactEdge, ...]
    total: int
    """So many there are, whatever the limit."""


@dataclass(frozen=True)
class FactTerm:
    """An entity or a predicate, and in how many facts it stands."""

    key: str
    name: str
    facts: int


class FactStore(ABC):
    """What people ask of facts. Every filter and every limit is the database's work."""

    @abstractmethod
    def find_facts(self, where: FactFilter, limit: int, offset: int = 0) -> list[Fact]:
        """The best first: by score, then by id."""

    @abstractmethod
    def count_facts(self, where: FactFilter) -> int: ...

    @abstractmethod
    def fact_edges(self, where: FactFilter, limit: int) -> FactEdges:
        """Those with most support first, then by confidence, then by ``FactEdge.fact``."""

    @abstractmethod
    def fact_entities(self, where: FactFilter, limit: int, contains: str = "") -> list[FactTerm]:
        """Subjects and objects, those of most facts first, then by key; ``contains`` matches the name in any
        case."""

    @abstractmethod
    def fact_predicates(self, where: FactFilter, limit: int, contains: str = "") -> list[FactTerm]:
        """Likewise."""

    @abstractmethod
    def all_facts(self, where: FactFilter) -> Iterator[GraphFact]:
        """Every fact by id, as all were at the moment of the first one; in memory are a few hundred."""
