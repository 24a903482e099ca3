"""The outbox, and how far the projections of each replica have applied it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from midspan.db.record_store.checking import Checking
from midspan.records import Decision, Fact, Space

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Target = Literal["graph", "vectors.text", "vectors.passage", "vectors.visual", "vectors.event", "words"]
TARGETS: tuple[Target, ...] = (
    "graph",
    "vectors.text",
    "vectors.passage",
    "vectors.visual",
    "vectors.event",
    "words",
)
TARGET_OF: dict[str, Target] = {
    "text": "vectors.text",
    "passage": "vectors.passage",
    "visual": "vectors.visual",
    "event": "vectors.event",
}
"""By space of vectors."""
SPACE_OF: dict[Target, Space] = {target: cast("Space", space) for space, target in TARGET_OF.items()}
"""By target, of those that show vectors."""
WordLevel = Literal["document", "segment", "record"]
WORD_LEVELS: tuple[WordLevel, ...] = ("document", "segment", "record")

FORGET_SECONDS = 7 * 86400.0
"""A replica that was not seen for this long is forgotten."""

LOCAL = "local"
"""The replica of a workspace whose record store lies in its own folder."""
SHARED = "shared"
"""The one replica of the graph that a server keeps for all machines."""
SHARED_VECTORS = "shared.vectors"
"""The same for the vectors, on a server of their own."""


@dataclass(frozen=True)
class OutboxEntry:
    """These ids changed for this target. What they are now stands in the record store."""

    id: int
    target: Target
    ids: tuple[str, ...]
    """Fact ids and ids of pairs (:func:`pair_id`) for the graph, segment keys (decimal) for vectors, ids of
    :func:`word_id` for words."""


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
    """Whose it is: a machine's folder, ``SHARED`` or ``SHARED_VECTORS``."""


@dataclass(frozen=True)
class TailBatch:
    """What a generation's file lacks: a batch that was applied behind it."""

    number: int
    """1, 2, ... within the generation."""
    applied: int
    """Outbox id up to which the projection is true with it."""
    changes: int
    """How much it changes, in whatever the projection counts."""
    data: bytes


@dataclass(frozen=True)
class TailSize:
    batches: int
    changes: int


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

    @property
    def id(self) -> str:
        return self.fact.id


@dataclass(frozen=True)
class GraphMerge:
    """Two entities that a decision holds to be the same."""

    decision: Decision

    @property
    def id(self) -> str:
        return pair_id(*self.decision.pair)


GraphItem = GraphFact | GraphMerge


@dataclass(frozen=True)
class WordItem:
    """What full text holds of one document (a source with the text of all its segments), of one segment, or
    of one record that is found by words of its own."""

    level: WordLevel
    id: str
    """Of the source, the segment or the record."""
    source: str
    text: str
    kind: str
    """Kind of the source, the segment or the record."""
    key: int = 0
    """Key of the segment, or of the record's segment."""
    page: int | None = None
    title: str = ""
    """Of a document alone, as ``paths``: its other places are found through it."""
    paths: tuple[str, ...] = ()


def pair_id(one: str, other: str) -> str:
    """The id of two entities in the outbox. ``one`` is in no knowledge graph: its uid has no space."""
    return f"{one} {other}"


def pair_of(item_id: str) -> tuple[str, str] | None:
    """The two uids; None for the id of a fact."""
    one, space, other = item_id.partition(" ")
    return (one, other) if space else None


def word_id(level: WordLevel, item_id: str) -> str:
    """The id of a :class:`WordItem` in the outbox."""
    return f"{level} {item_id}"


def word_of(outbox_id: str) -> tuple[WordLevel, str]:
    level, _, item_id = outbox_id.partition(" ")
    return cast("WordLevel", level), item_id


class Outbox(Checking):
    """What projectors live on: what changed, what it is now, and who has applied how much of it."""

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
    def facts(self, ids: Sequence[str]) -> dict[str, GraphFact]:
        """The facts that are there now among these ids, with the title and a path of their source."""

    @abstractmethod
    def merges(self, ids: Sequence[str]) -> dict[str, GraphMerge]:
        """Those of these ids of pairs that are held to be the same now; ids of facts are passed over."""

    @abstractmethod
    def vectors(
        self, space: Space, keys: Sequence[int]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(keys (n,), vectors (n, d)) of those segments that have a vector now."""

    @abstractmethod
    def word_items(self, ids: Sequence[str]) -> Iterator[WordItem]:
        """What is there now for full text among these ids (:func:`word_id`), a part at a time."""

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
    def newest_generations(self, replica: str = LOCAL) -> dict[Target, Generation]:
        """Of all targets that have one, at one moment."""

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
    def forget(self, target: Target, replica: str) -> None:
        """Drop a replica's generations of one target, so that nothing waits for them any more: the target is
        a server's by now."""

    @abstractmethod
    def append(self, generation: Generation, batch: TailBatch, lease: Lease) -> None:
        """Let a generation, its replica's newest one, reach further: ``batch``, whose number is the next
        one, is kept behind its file, if the lease still holds (``LeaseLost``).

        Prunes as :meth:`publish` does. A tail is forgotten with its generation.
        """

    @abstractmethod
    def tail(self, generation: Generation, after: int) -> list[TailBatch]:
        """Batches behind a generation's file from number ``after`` + 1 on, in their order. Raises
        ``DamagedGeneration`` for one that is not what was kept."""

    @abstractmethod
    def tail_size(self, generation: Generation) -> TailSize:
        """Of the whole tail."""

    @abstractmethod
    def acquire(self, name: str, holder: str, seconds: float) -> Lease | None:
        """Take or prolong a lease; None while another holder's has not run out.

        The record store's clock decides (with SQLite this machine's). Should it jump, a lease may run
        out early, never late: its token, which grows with each change of hands, keeps the loser out.
        """

    @abstractmethod
    def release(self, lease: Lease) -> None: ...
