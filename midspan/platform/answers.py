"""What the platform's verbs answer: plain frozen dataclasses for the command line, Python and the UI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from midspan.db.graph_store import Rows
from midspan.db.record_store import (
    NAMED,
    EventFilter,
    EventTerm,
    FactEdge,
    FactEdges,
    FactFilter,
    FactTerm,
    SceneTerm,
    SourceSummary,
    Video,
    words_key,
)
from midspan.records import (
    RECORDS,
    SEGMENT_KINDS,
    AtlasGrounding,
    Fact,
    Failure,
    Record,
    Run,
    SceneArrangement,
    SceneFilter,
    Segment,
    Source,
    Unit,
)

__all__ = [
    "KINDS",
    "NAMED",
    "Answer",
    "AtlasView",
    "BodyView",
    "Check",
    "Diagnosis",
    "EventFilter",
    "EventTerm",
    "Explanation",
    "FactEdge",
    "FactEdges",
    "FactFilter",
    "FactTerm",
    "FactView",
    "FailureGroup",
    "Group",
    "Hit",
    "IngestReport",
    "JobItemView",
    "JobView",
    "KgStats",
    "KgView",
    "NearPlace",
    "OrganMesh",
    "PlacedSentence",
    "Rows",
    "SceneFilter",
    "SceneTerm",
    "SceneView",
    "Shown",
    "Snippet",
    "SourceSummary",
    "Video",
    "WorkerView",
    "words_key",
]

KINDS = (*SEGMENT_KINDS, *RECORDS)
"""What a hit may be."""

JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
ItemState = Literal["queued", "running", "done", "failed", "cancelled"]


Group = Literal["document", "sentence"]
"""What is one hit: a document or video with its best places, or each place by itself."""


@dataclass(frozen=True)
class Snippet:
    """A further place of a hit's document or video."""

    record: str
    """Id of the segment or record, for ``show``."""
    kind: str
    text: str
    start: float
    end: float
    unit: Unit
    page: int | None
    why: str


@dataclass(frozen=True)
class Hit:
    """One place that answers a search, or the best place of a document or video that does."""

    record: str
    """Id of the segment or record, for ``show``."""
    kind: str
    """Of a segment or a record."""
    score: float
    source: str
    path: str
    title: str
    text: str
    start: float
    end: float
    unit: Unit
    page: int | None
    why: str
    """Which lists found it and at which rank."""
    snippets: tuple[Snippet, ...] = ()
    """Further places of the same document or video, the best first; where hits are grouped by document."""


@dataclass(frozen=True)
class Answer:
    hits: tuple[Hit, ...]
    milliseconds: float
    """Of the search alone: models and indexes are loaded before."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by part: full_text, encode, vectors, rows."""
    close: bool = True
    """False where something was found, but nothing close to the question; there are no hits then."""


@dataclass(frozen=True)
class Shown:
    """A record or segment with its provenance and the text around it."""

    id: str
    kind: str
    record: Record | None
    """None when a plain segment is shown."""
    segment: Segment
    source: Source
    paths: tuple[str, ...]
    run: Run | None
    before: str
    text: str
    after: str
    """``before + text + after`` is the stored text around the place; empty for videos."""
    siblings: tuple[Record, ...]
    """Other records of the same segment."""


@dataclass(frozen=True)
class IngestReport:
    """How an ingest ended; ``as_json`` is the fixed shape that scripts read."""

    job_id: str
    new: int
    unchanged: int
    superseded: int
    partial: int
    """Read to the end, but a stage failed at some segments."""
    failed: int
    segments: int
    records: Mapping[str, int]
    failures: tuple[Failure, ...]
    seconds: float
    state: JobState = "done"

    @property
    def ok(self) -> bool:
        return self.state == "done" and not self.failures

    def as_json(self) -> dict[str, Any]:
        return {
            "sources": {
                "new": self.new,
                "unchanged": self.unchanged,
                "superseded": self.superseded,
                "failed": self.failed,
                "partial": self.partial,
            },
            "segments": self.segments,
            "records": dict(self.records),
            "failures": [
                {
                    "path": failure.path,
                    "stage": failure.stage,
                    "kind": failure.kind,
                    "message": failure.message,
                    "retryable": failure.retryable,
                    "page": failure.page,
                    "second": failure.second,
                }
                for failure in self.failures
            ],
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class JobView:
    """A job with its progress: items that are committed, of all items."""

    id: str
    state: JobState
    paths: tuple[str, ...]
    """What was asked for."""
    total: int
    done: int
    failed: int
    discovering: bool
    """Still finding files: ``total`` grows."""
    created_at: float
    started_at: float | None
    finished_at: float | None
    message: str
    partial: int = 0
    """So many of the items that are done are so in part: a stage failed at some segments."""

    @property
    def words(self) -> str:
        """Its state, and how much of what is done is done in part."""
        return f"{self.state}, {self.partial} in part" if self.partial else self.state


@dataclass(frozen=True)
class JobItemView:
    index: int
    path: str
    state: ItemState
    outcome: str
    """new, unchanged, superseded, partial or failed; empty before the end."""
    attempts: int
    source_id: str | None
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class FailureGroup:
    """Failures of one kind in one stage."""

    stage: str
    kind: str
    count: int
    retryable: bool
    """Whether trying again may help, for all of them."""
    message: str
    """Of the first one."""
    paths: tuple[str, ...]
    """A few of those concerned."""


@dataclass(frozen=True)
class Explanation:
    """Why a job is where it is."""

    job: str
    state: JobState
    reasons: tuple[str, ...]
    advice: tuple[str, ...]
    """What to do; empty when nothing need be done."""
    failures: tuple[FailureGroup, ...]


@dataclass(frozen=True)
class WorkerView:
    """A worker process, as it said itself."""

    name: str
    host: str
    pid: int
    queues: tuple[str, ...]
    alive: bool
    """Seen within the last minute."""
    silent: float
    """Seconds since it was seen."""
    doing: str
    """The task at hand; empty while idle."""
    rss_mb: float


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    detail: str
    """What was found, and when not ok what to do about it."""


@dataclass(frozen=True)
class Diagnosis:
    checks: tuple[Check, ...]
    counts: Mapping[str, Mapping[str, int]]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


@dataclass(frozen=True)
class OrganMesh:
    """A closed surface. Frame: LPS, millimetres."""

    organ: str
    vertices: Any
    """(n, 3) float32."""
    triangles: Any
    """(m, 3) int32 indices into ``vertices``."""


@dataclass(frozen=True)
class BodyView:
    """The atlas to draw: surfaces, and what was grounded where."""

    atlas: str
    meshes: tuple[OrganMesh, ...]
    """The body's outline first, called ``body``."""
    counts: Mapping[str, int]
    """Grounded sentences by organ."""


@dataclass(frozen=True)
class Place:
    """A grounding with where to read it."""

    grounding: AtlasGrounding
    title: str
    path: str
    mention: tuple[int, int] = (0, 0)
    """The words that decided, half-open within the sentence."""


@dataclass(frozen=True)
class NearPlace:
    """A grounded sentence and how far it stands from what was asked for."""

    place: Place
    distance_mm: float
    """To the point, or to the nearest of the organ; 0 within it."""


@dataclass(frozen=True)
class PlacedSentence:
    """Where a sentence that was typed in belongs in an atlas; ``as_json`` is the fixed shape."""

    text: str
    atlas: str
    organ: str | None
    """None: the model abstains, and ``reason`` says why."""
    probability: float
    """Of the organ, or of the abstention."""
    point_mm: tuple[float, float, float] | None
    """LPS."""
    spread_mm: float | None
    organs: Mapping[str, float]
    laterality: Literal["left", "right", "both", "none"]
    named: bool
    """The sentence has an anatomical word; otherwise the answer is inferred."""
    negated: bool
    reason: str
    hypothetical: bool = False
    family: bool = False

    def as_json(self) -> dict[str, Any]:
        names = ("organ", "probability", "point_mm", "spread_mm", "organs", "atlas")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class KgView:
    """A knowledge graph of the workspace."""

    name: str
    used: bool
    """Are names linked against it?"""
    entities: int
    names: int
    predicates: int
    relations: int
    dangling: int
    """Relations left out, since one of their ends is not among the entities."""
    skipped: int
    """Broken lines of the source."""
    bytes: int
    source: str
    licence: str
    sha256: str


@dataclass(frozen=True)
class KgStats:
    graph: KgView
    kinds: dict[str, int]
    """Number of entities by kind."""
    relations: dict[str, int]
    """Number of relations by the name of their predicate, the most frequent first."""


@dataclass(frozen=True)
class AtlasView:
    """An atlas in a list: the phantom, or an imported one."""

    name: str
    kind: Literal["phantom", "labels"]
    organs: Mapping[str, int]
    """Name to its number of structures."""
    pitch_mm: float
    licence: str
    citation: str
    places: int
    """Sentences that stand in it."""
    added_at: float | None
    """Unix seconds; None for the phantom."""


@dataclass(frozen=True)
class SceneView:
    """A scene with where to read it."""

    scene: SceneArrangement
    title: str
    path: str


@dataclass(frozen=True)
class FactView:
    """A fact with where to read it."""

    fact: Fact
    title: str
    path: str
