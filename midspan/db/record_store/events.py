"""Events by what happens and where: filtered, counted, video by video."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.db.record_store.reading import Ref, SegmentFilter
from midspan.records import ActionEvent

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class EventFilter:
    """Which events are meant; what is not said leaves that side open."""

    source_ids: frozenset[str] | None = None
    verb: str | None = None
    noun: str | None = None
    least_score: float = 0.0


@dataclass(frozen=True)
class EventTerm:
    """A verb or a noun, and in how many events it stands."""

    name: str
    events: int


@dataclass(frozen=True)
class Video:
    """A source of moving pictures that is not superseded."""

    source_id: str
    title: str
    seconds: float
    """What its windows cover."""
    first_segment: str | None
    """Id of its first window, for a picture of it; None where it has not been read."""
    events: int
    """Those that a filter asks for."""


class EventStore(ABC):
    """What people ask of events. Every filter and every limit is the database's work."""

    @abstractmethod
    def find_events(self, where: EventFilter, limit: int, offset: int = 0) -> list[ActionEvent]:
        """Source by source, in order of time."""

    @abstractmethod
    def count_events(self, where: EventFilter) -> int: ...

    @abstractmethod
    def event_verbs(self, where: EventFilter, limit: int) -> list[EventTerm]:
        """The most frequent first, then by name."""

    @abstractmethod
    def event_nouns(self, where: EventFilter, limit: int) -> list[EventTerm]:
        """Likewise; an event counts for each of its nouns."""

    @abstractmethod
    def videos(self, where: EventFilter, limit: int) -> list[Video]:
        """By title, then by id; also those without such an event, within ``where.source_ids``."""

    @abstractmethod
    def event_keys(self, where: SegmentFilter) -> npt.NDArray[np.int64]:
        """Keys of all events of segments that pass the filter, ascending; they are those of the index."""

    @abstractmethod
    def events_by_key(self, keys: Sequence[int]) -> dict[int, ActionEvent]:
        """Those that are there."""

    @abstractmethod
    def event_refs(self, keys: Sequence[int]) -> dict[int, Ref]:
        """Likewise; cheap, however much is known of them."""

    @abstractmethod
    def all_events(self, where: EventFilter) -> Iterator[ActionEvent]:
        """As ``find_events``, all of them, a portion in memory at a time."""
