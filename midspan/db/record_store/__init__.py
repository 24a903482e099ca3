"""The record store: the roles it plays, in each docstring the contract its adapters keep.

The record store is the one source of truth. The graph and the vector index are projections of it:
every write leaves its work in the outbox, and a projector applies that work idempotently. Whoever uses
the store asks for the role it needs.
"""

from __future__ import annotations

from abc import abstractmethod

from midspan.db.record_store.atlases import AtlasStore
from midspan.db.record_store.checking import Checking, Findings
from midspan.db.record_store.decisions import DecisionStore
from midspan.db.record_store.events import EventFilter, EventStore, EventTerm, Video
from midspan.db.record_store.facts import (
    NAMED,
    FactEdge,
    FactEdges,
    FactFilter,
    FactStore,
    FactTerm,
    words_key,
)
from midspan.db.record_store.outbox import (
    FORGET_SECONDS,
    LOCAL,
    SHARED,
    SHARED_VECTORS,
    SPACE_OF,
    TARGET_OF,
    TARGETS,
    WORD_LEVELS,
    Generation,
    GraphFact,
    GraphItem,
    GraphMerge,
    Lease,
    Outbox,
    OutboxEntry,
    Replica,
    TailBatch,
    TailSize,
    Target,
    WordItem,
    WordLevel,
    pair_id,
    pair_of,
    word_id,
    word_of,
)
from midspan.db.record_store.reading import RecordReader, Ref, SegmentFilter, SourceName, SourceSummary
from midspan.db.record_store.scenes import SceneStore, SceneTerm
from midspan.db.record_store.writing import (
    READING,
    Commit,
    ItemLease,
    ItemResult,
    RecordWriter,
    RunResult,
    TextChunk,
)

__all__ = [
    "FORGET_SECONDS",
    "LOCAL",
    "NAMED",
    "READING",
    "SHARED",
    "SHARED_VECTORS",
    "SPACE_OF",
    "TARGETS",
    "TARGET_OF",
    "WORD_LEVELS",
    "AtlasStore",
    "Checking",
    "Commit",
    "DecisionStore",
    "EventFilter",
    "EventStore",
    "EventTerm",
    "FactEdge",
    "FactEdges",
    "FactFilter",
    "FactStore",
    "FactTerm",
    "Findings",
    "Generation",
    "GraphFact",
    "GraphItem",
    "GraphMerge",
    "ItemLease",
    "ItemResult",
    "Lease",
    "Outbox",
    "OutboxEntry",
    "RecordReader",
    "RecordStore",
    "RecordWriter",
    "Ref",
    "Replica",
    "RunResult",
    "SceneStore",
    "SceneTerm",
    "SegmentFilter",
    "SourceName",
    "SourceSummary",
    "TailBatch",
    "TailSize",
    "Target",
    "TextChunk",
    "Video",
    "WordItem",
    "WordLevel",
    "pair_id",
    "pair_of",
    "word_id",
    "word_of",
    "words_key",
]


class RecordStore(
    RecordWriter,
    RecordReader,
    Outbox,
    AtlasStore,
    DecisionStore,
    FactStore,
    EventStore,
    SceneStore,
):
    """Records, text, progress and outbox in a relational database.

    Every verb is one transaction: all of it is durable when the call returns, or none of it happened.
    Raises ``StoreUnavailable`` when the database cannot be reached, is locked or has no space,
    ``ReadOnlyWorkspace`` when it cannot be written, ``NewerSchema`` at opening.
    """

    @abstractmethod
    def close(self) -> None: ...
