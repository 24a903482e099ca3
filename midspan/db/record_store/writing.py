"""Writing: what a transaction holds, and the verbs of whoever works through sources."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from midspan.records import Failure, Location, Page, Product, Run, Segment, Source

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

READING = "reading"
"""Name of the stage whose run reads a source: text, pages, segments and thumbnails come from it."""


@dataclass(frozen=True)
class TextChunk:
    """A piece of a source's extracted text; chunks of a source follow each other without gaps."""

    source_id: str
    run_id: str
    """The reading run; what two of them read stands side by side until the newer one is complete."""
    start: int
    text: str


@dataclass(frozen=True)
class RunResult:
    """That a run went over a source: to its end and without failure (``complete``), or not."""

    source_id: str
    run_id: str
    complete: bool


@dataclass(frozen=True)
class ItemLease:
    """The right to write for one job item; the token grows each time the item changes hands."""

    job_id: str
    index: int
    holder: str
    token: int


@dataclass(frozen=True)
class ItemResult:
    """How a job item ended; written in the transaction that holds its last records."""

    lease: ItemLease
    state: Literal["done", "failed"]
    outcome: Literal["new", "unchanged", "superseded", "partial", "failed"]
    source_id: str | None = None
    segments: int = 0
    records: Mapping[str, int] = field(default_factory=dict)
    """Records by kind that this item wrote, for the job's report."""


@dataclass
class Commit:
    """Everything that one transaction writes. Rows that are there already are left alone."""

    runs: list[Run] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    chunks: list[TextChunk] = field(default_factory=list)
    pages: list[tuple[str, str, Page]] = field(default_factory=list)
    """(source id, reading run id, page)"""
    segments: list[Segment] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    results: list[RunResult] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    """Moves each path to its new source; a source that loses its last path is superseded."""
    failures: list[tuple[ItemLease | None, str | None, str | None, Failure]] = field(default_factory=list)
    """(item, source id, run id, failure)"""
    items: list[ItemResult] = field(default_factory=list)
    leases: list[ItemLease] = field(default_factory=list)
    """Leases that must still hold, or the whole commit is refused with ``LeaseLost``."""


class RecordWriter(ABC):
    """Writes what was found in sources, and knows what is done already."""

    @abstractmethod
    def commit(self, commit: Commit) -> None:
        """Write a batch; writing it twice changes nothing.

        A complete ``RunResult`` supersedes, in the same transaction, what other runs of the same stage
        said about that source. An incomplete one never undoes a complete one of the same run. A new
        complete run of the stage ``READING`` takes with the old segments all that was said about them, so
        that the other stages are no longer done, but for those with a result in the same commit.
        Refused as a whole with ``LeaseLost`` when a lease has passed on, and when a source or segment that
        it builds on is not there or has been superseded since.
        Segments, facts and embeddings that are new or gone are put into the outbox.
        """

    @abstractmethod
    def retire(self, source_id: str, superseded_by: str | None) -> None:
        """Remove a source's text, segments, records and paths; its row stays and says what replaced it
        (the empty string: nothing did)."""

    @abstractmethod
    def discard(self, source_id: str, run_id: str) -> None:
        """Remove what a reading run left of a source that it could not read to the end, and the source
        when nothing else of it is there. Does nothing to a complete run."""

    @abstractmethod
    def complete_runs(self, source_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """For each source that is there and not superseded, the ids of its complete runs."""

    @abstractmethod
    def cached_vectors(self, run_id: str, text_sha256: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Vectors (d,) that this encoder run has made of these texts before."""
