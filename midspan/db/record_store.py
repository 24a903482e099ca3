"""The record store: its verbs, in each docstring the contract its adapters keep, and the values they take.

The record store is the one source of truth. The graph and the vector index are projections of it:
every write leaves its work in the outbox, and a projector applies that work idempotently.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from midspan.records import (
    AtlasGrounding,
    Fact,
    Failure,
    Location,
    Page,
    Product,
    Record,
    Run,
    Segment,
    Source,
    SourceKind,
    StoredAtlas,
)

Target = Literal["graph", "vectors.text", "vectors.visual"]
TARGETS: tuple[Target, ...] = ("graph", "vectors.text", "vectors.visual")

FORGET_SECONDS = 7 * 86400.0
"""A replica that was not seen for this long is forgotten."""

LOCAL = "local"
"""The replica of a workspace whose record store lies in its own folder."""
SHARED = "shared"
"""The one replica of a projection that a server keeps for all machines."""

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

    @property
    def open(self) -> bool:
        return self == SegmentFilter()


@dataclass(frozen=True)
class TextHit:
    """A segment that the full-text index found; higher score is better."""

    segment: Segment
    score: float


@dataclass(frozen=True)
class OutboxEntry:
    """These ids changed for this target. What they are now stands in the record store."""

    id: int
    target: Target
    ids: tuple[str, ...]
    """Fact ids for the graph, segment keys (decimal) for vectors."""


@dataclass(frozen=True)
class Generation:
    """A state of a projection that one replica holds: a published file, or what a server has noted."""

    target: Target
    number: int
    file: str
    """Name inside the target's folder; empty for a server, which keeps its own state."""
    sha256: str
    applied: int
    """Outbox id up to which the projection is true."""
    counts: Mapping[str, int]
    model: str = ""
    """Run id of the encoder whose vectors these are."""
    dim: int = 0
    replica: str = LOCAL
    """Whose it is: a machine's folder, or ``SHARED``."""


@dataclass(frozen=True)
class Replica:
    """One holder of projections: a machine's workspace folder, or a server that all machines share."""

    id: str
    name: str
    """For people: host and folder."""
    unseen_seconds: float
    """Since it last said that it lives, by the record store's clock."""
    lag: Mapping[Target, int]
    """Outbox entries that it has not applied, for each target it has a projection of."""


@dataclass(frozen=True)
class Lease:
    """The right to project, until ``expires_at`` (Unix seconds by the record store's clock)."""

    name: str
    holder: str
    token: int
    expires_at: float


@dataclass(frozen=True)
class GraphFact:
    """A fact with what the graph shows around it."""

    fact: Fact
    source_title: str
    path: str
    page: int | None = None
    """Page of the fact's segment, where its source has pages."""


class RecordStore(ABC):
    """Records, text, progress and outbox in a relational database.

    Every verb is one transaction: all of it is durable when the call returns, or none of it happened.
    Raises ``StoreUnavailable`` when the database cannot be reached, is locked or has no space,
    ``ReadOnlyWorkspace`` when it cannot be written, ``NewerSchema`` at opening.
    """

    # --- writing ---

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

    # --- what is there ---

    @abstractmethod
    def locations(self, uris: Sequence[str]) -> dict[str, Location]:
        """The known ones among these paths."""

    @abstractmethod
    def complete_runs(self, source_ids: Sequence[str]) -> dict[str, frozenset[str]]:
        """For each source that is there and not superseded, the ids of its complete runs."""

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
    def segments(self, source_id: str, after: int = -1, limit: int = 1000) -> list[Segment]:
        """Segments by ordinal, the first one behind ``after``."""

    @abstractmethod
    def segments_by_id(self, ids: Sequence[str]) -> dict[str, Segment]: ...

    @abstractmethod
    def segments_by_key(self, keys: Sequence[int]) -> dict[int, Segment]: ...

    @abstractmethod
    def segment_keys(self, where: SegmentFilter) -> npt.NDArray[np.int64]:
        """Keys of all segments that pass the filter, ascending."""

    @abstractmethod
    def text(self, source_id: str, start: int, end: int) -> str:
        """The code points [start, end) of the extracted text, cut at the text's ends."""

    @abstractmethod
    def page(self, source_id: str, number: int) -> Page | None: ...

    @abstractmethod
    def thumbnail(self, segment_id: str) -> bytes | None: ...

    @abstractmethod
    def record(self, record_id: str) -> Record | None: ...

    @abstractmethod
    def run(self, run_id: str) -> Run | None: ...

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
    def near_points(
        self,
        atlas: str,
        point_mm: tuple[float, float, float],
        limit: int,
        radius_mm: float | None = None,
    ) -> list[tuple[AtlasGrounding, float]]:
        """The groundings of an atlas that lie nearest to a point of its frame, with their distance in mm:
        the nearest first, at the same distance by id; with a radius only those at most so far away.
        Exact. Raises ``WrongUse`` for a point that is not finite and for a negative radius."""

    @abstractmethod
    def points_in_box(
        self,
        atlas: str,
        low_mm: tuple[float, float, float],
        high_mm: tuple[float, float, float],
        limit: int,
        offset: int = 0,
    ) -> list[AtlasGrounding]:
        """The groundings of an atlas with ``low_mm <= point <= high_mm`` on every axis, by id. Exact.
        Raises ``WrongUse`` where a corner is not finite or ``low_mm`` is above ``high_mm``."""

    @abstractmethod
    def organ_counts(self, atlas: str | None = None) -> dict[str, int]:
        """Grounded sentences by organ, of one atlas or of all."""

    # --- imported atlases ---

    @abstractmethod
    def add_atlas(self, atlas: StoredAtlas, labels: npt.NDArray[np.uint16]) -> None:
        """Keep an atlas with its voxels (``atlas.shape``); the same again changes nothing. Raises
        ``WrongUse`` when another one has this name: groundings lead to it."""

    @abstractmethod
    def remove_atlas(self, name: str) -> int:
        """Take an imported atlas out with everything that was placed in it; returns how many sentences were.
        Raises ``NotFound``."""

    @abstractmethod
    def atlases(self) -> list[StoredAtlas]:
        """By name."""

    @abstractmethod
    def atlas_labels(self, name: str) -> npt.NDArray[np.uint16]:
        """The voxels of an atlas. Raises ``NotFound``."""

    @abstractmethod
    def counts(self) -> dict[str, int]:
        """Rows of what is not superseded: source, segment, scene, atlas, fact, event, embedding.text,
        embedding.visual."""

    @abstractmethod
    def facts(self, ids: Sequence[str]) -> dict[str, GraphFact]:
        """The facts that are there now among these ids, with the title and a path of their source."""

    @abstractmethod
    def vectors(
        self, space: Literal["text", "visual"], keys: Sequence[int]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(keys (n,), vectors (n, d)) of those segments that have a vector now."""

    @abstractmethod
    def cached_vectors(self, run_id: str, text_sha256: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """Vectors (d,) that this encoder run has made of these texts before."""

    @abstractmethod
    def search_segments(self, query: str, where: SegmentFilter, limit: int) -> list[TextHit]:
        """Full text over segments. Words are alternatives ranked by BM25 (or the engine's own rank);
        ``"..."`` is a phrase, a leading ``-`` excludes. Any string is a valid query."""

    @abstractmethod
    def search_events(self, query: str, where: SegmentFilter, limit: int) -> list[tuple[str, float]]:
        """Full text over the words of action events: (record id, score)."""

    @abstractmethod
    def failures(self, job_id: str | None = None, limit: int = 1000) -> list[Failure]: ...

    # --- projections ---

    @abstractmethod
    def outbox(self, target: Target, after: int, limit: int) -> list[OutboxEntry]:
        """Entries behind ``after`` in commit order: an entry never appears before one already read.

        ``after`` is 0 or an entry's id. Raises ``OutboxPruned`` when entries behind it may be gone.
        """

    @abstractmethod
    def outbox_end(self, target: Target) -> int:
        """The last entry's id; 0 without any."""

    @abstractmethod
    def outbox_lag(self, target: Target, after: int) -> int:
        """How many entries lie behind ``after``."""

    @abstractmethod
    def all_ids(self, target: Target) -> Iterator[list[str]]:
        """Every id that the projection should hold, in batches; for rebuilding it."""

    @abstractmethod
    def identity(self) -> str:
        """A name that no other record store has; it stays while the data does."""

    @abstractmethod
    def see(self, replica: str, name: str) -> None:
        """Note that a replica lives. Nothing that it has yet to apply is pruned for ``FORGET_SECONDS``."""

    @abstractmethod
    def replicas(self) -> list[Replica]:
        """Those that are not forgotten, by id."""

    @abstractmethod
    def generation(self, target: Target, replica: str = LOCAL) -> Generation | None:
        """The replica's newest one."""

    @abstractmethod
    def generations(self, target: Target, replica: str = LOCAL) -> list[Generation]:
        """Newest first."""

    @abstractmethod
    def publish(self, generation: Generation, lease: Lease) -> None:
        """Make a generation its replica's current one, if the lease still holds (``LeaseLost``), and
        forget all but the last two.

        Outbox entries that the kept generations of all replicas have applied are pruned; the last of
        them stays, so that a projection can tell whether it may go on behind what it has applied.
        Replicas not seen for ``FORGET_SECONDS`` are forgotten with their generations: one that comes
        back finds none of its own and is rebuilt.
        """

    @abstractmethod
    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Take or prolong a lease; None while another holder's has not run out.

        The record store's clock decides (with SQLite this machine's). Should it jump, a lease may run
        out early, never late: its token, which grows with each change of hands, keeps the loser out.
        """

    @abstractmethod
    def release(self, lease: Lease) -> None: ...

    @abstractmethod
    def close(self) -> None: ...
