"""Reading: sources, segments and records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from midspan.records import (
    Failure,
    Location,
    Page,
    Record,
    Run,
    Segment,
    Source,
    SourceKind,
    Unit,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class SourceName:
    """What a person calls a source."""

    title: str
    paths: tuple[str, ...]
    """Where it was seen, the newest first."""

    @property
    def path(self) -> str:
        """The newest path; empty without any."""
        return self.paths[0] if self.paths else ""


@dataclass(frozen=True)
class SourceSummary:
    """A source with where it is and what was found in it."""

    source: Source
    paths: tuple[str, ...]
    segments: int
    characters: int
    """Length of the extracted text in code points; 0 for videos."""
    seconds: float
    """Duration covered by windows; 0 for documents."""
    records: Mapping[str, int]
    complete: bool
    """No stage of its last runs failed."""
    failed: int = 0
    """Segments at which a stage failed; 0 when complete, or when nobody has read it to the end."""


@dataclass(frozen=True)
class SegmentFilter:
    """Which segments a search may return; None leaves a side open."""

    source_ids: frozenset[str] | None = None
    source_kind: SourceKind | None = None
    record_kinds: frozenset[str] | None = None
    """Only segments that carry a record of one of these kinds."""
    added_from: float | None = None
    added_until: float | None = None
    """Unix seconds of the source's first ingestion, half-open."""
    start: float | None = None
    end: float | None = None
    """Overlap with this span in the segment's own unit, half-open."""
    verb: str | None = None
    noun: str | None = None
    """Only events of this verb, with this thing, and segments in which one begins."""

    @property
    def open(self) -> bool:
        return self == SegmentFilter()


class Ref(NamedTuple):
    """A segment or record that was found, without what only a reader of it needs."""

    id: str
    source_id: str
    kind: str
    unit: Unit
    key: int | None = None
    """Of a segment."""


class RecordReader(ABC):
    """Reads what was found; changes nothing."""

    @abstractmethod
    def moment(self) -> AbstractContextManager[None]:
        """Within it all that this thread reads is what was there at one moment. Nothing is written there."""

    @abstractmethod
    def locations(self, uris: Sequence[str]) -> dict[str, Location]:
        """The known ones among these paths."""

    @abstractmethod
    def source(self, source_id: str) -> Source | None: ...

    @abstractmethod
    def names(self, source_ids: Sequence[str]) -> dict[str, SourceName]:
        """Titles and paths of those that are there; cheap, whatever the sources hold."""

    @abstractmethod
    def sources(self, limit: int = 100, offset: int = 0, contains: str = "") -> list[SourceSummary]:
        """Sources that are not superseded, newest first; ``contains`` matches title or path."""

    @abstractmethod
    def summary(self, source_id: str) -> SourceSummary | None: ...

    @abstractmethod
    def text(self, source_id: str, start: int, end: int) -> str:
        """The code points [start, end) of the extracted text, cut at the text's ends."""

    @abstractmethod
    def page(self, source_id: str, number: int) -> Page | None: ...

    @abstractmethod
    def segments(self, source_id: str, after: int = -1, limit: int = 1000) -> list[Segment]:
        """Segments by ordinal, the first one behind ``after``."""

    @abstractmethod
    def segments_by_id(self, ids: Sequence[str]) -> dict[str, Segment]: ...

    @abstractmethod
    def segments_by_key(self, keys: Sequence[int]) -> dict[int, Segment]: ...

    @abstractmethod
    def segment_refs(self, keys: Sequence[int]) -> dict[int, Ref]:
        """Those that are there; cheap, however long their texts."""

    @abstractmethod
    def passages_of(self, places: Mapping[str, int]) -> dict[str, int]:
        """By source the key under which the vector of the passage is that the segment of this key lies in;
        without those that lie in none."""

    @abstractmethod
    def segment_keys(self, where: SegmentFilter) -> npt.NDArray[np.int64]:
        """Keys of all segments that pass the filter, ascending."""

    @abstractmethod
    def thumbnail(self, segment_id: str) -> bytes | None: ...

    @abstractmethod
    def segment_sources(self, where: SegmentFilter) -> frozenset[str]:
        """Sources of all segments that pass the filter."""

    @abstractmethod
    def record(self, record_id: str) -> Record | None: ...

    @abstractmethod
    def records_by_id(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        """Those of a kind that are there."""

    @abstractmethod
    def record_refs(self, ids: Sequence[str]) -> list[Ref]:
        """Those that are there of the kinds that are found by words of their own, in no order; cheap, however
        much is known of them."""

    @abstractmethod
    def records_of(self, segment_ids: Sequence[str], kinds: Sequence[str] = ()) -> dict[str, list[Record]]:
        """Records by segment id, in order of place; all kinds when none is named."""

    @abstractmethod
    def records(
        self,
        kind: str,
        where: Mapping[str, Any] | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[Record]:
        """Records of a kind by id; ``where`` holds equalities on columns of that kind's table."""

    @abstractmethod
    def run(self, run_id: str) -> Run | None: ...

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """What is there and not superseded: source, segment, what was found of each kind of record,
        embedding.text, embedding.visual, embedding.event."""

    @abstractmethod
    def failures(self, job_id: str | None = None, limit: int = 1000) -> list[Failure]: ...
