"""Brings the graph, the vector indexes and full text up to the record store.

Each target of each replica has a lease of its own, so one projector at a time writes to it, and neither a
slow target nor a slow machine holds up the others.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import structlog

from midspan.db.graph_store import GraphStore
from midspan.db.marks import refuse_ahead
from midspan.db.record_store import (
    LOCAL,
    SHARED,
    SHARED_VECTORS,
    SPACE_OF,
    Generation,
    GraphItem,
    Lease,
    Outbox,
    Target,
)
from midspan.db.vector_index import VectorIndex
from midspan.db.word_index import WordIndex
from midspan.errors import (
    DamagedGeneration,
    DamagedStore,
    LeaseLost,
    OutboxPruned,
    ProjectionAhead,
    StoreError,
)

log = structlog.get_logger(__name__)

LEASE_SECONDS = 60.0
IDS_AT_ONCE = 20_000
"""Ids put into one generation while draining; bounds memory and the number of files written."""
FACTS_AT_ONCE = 5_000
"""At most as many for the graph: a slow server must have taken them in before the lease runs out."""
LOOK_SECONDS = 10.0
"""Searches look this often whether their projection is behind."""
FRESHEN_SECONDS = 1.0
"""How long the search that looked waits for catching up."""
WHOLE_SECONDS = 60.0
"""A record store that was found whole is not checked again before a rebuild for so long."""
SEE_SECONDS = 3600.0
"""How often a projector notes that its replicas live."""
UPKEEP_SECONDS = 5.0
"""How long prepared upkeep waits for its target's lease."""
SERVERS = {SHARED: "graph server", SHARED_VECTORS: "vector server"}
"""Replicas that are everybody's, and what people call them."""


def lease_name(target: Target, replica: str) -> str:
    """Of who may write to a target of a replica."""
    return f"projector.{replica}.{target}"


def holder_name() -> str:
    """Who we are in leases: host, process, and a random part that no restart repeats."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Projected:
    """How far a call of ``project`` or ``rebuild`` came."""

    waiting: tuple[Target, ...]
    """Another projector still works on these."""
    problems: Mapping[Target, str]
    """What is not brought up, and why. Nothing is lost: the next call goes on from the outbox."""

    @property
    def complete(self) -> bool:
        return not self.waiting and not self.problems


class Projector:
    """Drains the outbox into this machine's projections; ``rebuild`` makes them anew from the record store.

    A target that fails is reported and left for the next call, and the others go on. A projection that
    is new here, unreadable, or so far behind that the outbox no longer reaches back to it is rebuilt.
    """

    def __init__(
        self,
        store: Outbox,
        graph: GraphStore,
        indexes: Mapping[Target, VectorIndex],
        *,
        words: WordIndex | None = None,
        replica: str = LOCAL,
        name: str = "",
        shared: Mapping[Target, str] | None = None,
    ) -> None:
        """``replica`` and ``name`` say whose projections these are; ``shared`` names the replica (a key of
        ``SERVERS``) of those that a server keeps for all machines."""
        self._store = store
        self._graph = graph
        self._indexes = dict(indexes)
        self._words = words
        self._replica = replica
        shared = dict(shared or {})
        self._names = {replica: name, **{server: SERVERS[server] for server in shared.values()}}
        # Servers come last, the graph's at the very end: one that does not answer keeps nobody else waiting.
        targets: list[Target] = [*indexes, "graph"]
        if words is not None:
            targets.append("words")
        targets.sort(key=lambda target: (target in shared, target == "graph"))
        self._replicas: dict[Target, str] = {target: shared.get(target, replica) for target in targets}
        self._holder = holder_name()
        self._busy = {target: threading.Lock() for target in self._replicas}
        self._seen_at = self._whole_at = float("-inf")
        self._looked_at: dict[Target, float] = {}
        self._freshening: threading.Thread | None = None
        self._tending: threading.Thread | None = None
        self._turn = threading.Lock()

    def applied(self, target: Target) -> int:
        return self._projection(target).applied()

    def lag(self) -> dict[Target, int]:
        """Outbox entries that each projection has not applied yet.

        For a server that does not answer, as it was last noted in the record store.
        """
        return {target: self._store.outbox_lag(target, self._known(target)) for target in self._replicas}

    def project(self, wait_seconds: float = 300.0, targets: Iterable[Target] | None = None) -> Projected:
        """Apply everything that is in the outbox now, or wait until another projector has.

        Raises ``StoreError`` only when the record store itself cannot be asked.
        """
        self._see()
        chosen = self._chosen(targets)
        wanted = {target: self._store.outbox_end(target) for target in chosen}

        def reached(target: Target) -> bool:
            if self._reach(target) < wanted[target]:
                return self._with_lease(target, self._drain)
            if self._is_noted(target):
                return True
            return self._with_lease(target, self._note)

        done = self._each(chosen, reached, wait_seconds)
        self._tend([target for target in chosen if target not in done.problems])
        return done

    def rebuild(
        self,
        targets: Iterable[Target] | None = None,
        wait_seconds: float = 120.0,
        *,
        accept_records: bool = False,
    ) -> Projected:
        """Make projections anew from the record store. Each is replaced when its successor is complete.

        With ``accept_records`` also one that knows more than the record store does.
        """
        self._see()

        def work(target: Target, lease: Lease) -> None:
            if not accept_records:
                self._reach(target)
            self._rebuild(target, lease)
            self._drain(target, lease)

        return self._each(self._chosen(targets), lambda target: self._with_lease(target, work), wait_seconds)

    def freshen(self, targets: Sequence[Target]) -> None:
        """Bring these up for a search. This is how stale its answer may be:

        The first search of a process, and after it one each ``LOOK_SECONDS``, compares its projection with
        the outbox. If it is behind, catching up starts in a thread, and that search waits for at most
        ``FRESHEN_SECONDS``; what takes longer goes on while searches answer from the last generation. So a
        search misses only what was committed in the last ``LOOK_SECONDS`` and what is being caught up
        with. A store that fails is not this call's matter: the search says so, or answers without. Raises
        ``ProjectionAhead``.
        """
        with self._turn:
            if self._freshening is not None and self._freshening.is_alive():
                return
            now = time.monotonic()
            due = [
                target
                for target in targets
                if now - self._looked_at.get(target, float("-inf")) >= LOOK_SECONDS
            ]
            self._looked_at |= dict.fromkeys(due, now)
            if due and self._replica != LOCAL:  # nobody else could forget that one
                self._try_see()
            if not any(self._is_behind(target) for target in due):
                return
            thread = threading.Thread(target=self._freshen, args=(due,), name="freshen")
            self._freshening = thread
            thread.start()
        thread.join(FRESHEN_SECONDS)

    def close(self) -> None:
        """Wait for what ``freshen`` has begun, and for upkeep."""
        for thread in (self._freshening, self._tending):
            if thread is not None:
                thread.join()

    # --- one target ---

    def _projection(self, target: Target) -> GraphStore | VectorIndex | WordIndex:
        if target == "words" and self._words is not None:
            return self._words
        return self._graph if target == "graph" else self._indexes[target]

    def _chosen(self, targets: Iterable[Target] | None) -> list[Target]:
        wanted = set(self._replicas if targets is None else targets)
        return [target for target in self._replicas if target in wanted]

    def _reach(self, target: Target) -> int:
        """What is applied; 0 for a projection whose files are damaged, so that it is rebuilt.

        Raises ``ProjectionAhead`` for one that the record store does not reach.
        """
        try:
            applied = self.applied(target)
        except DamagedGeneration as error:
            log.warning("a projection is damaged and is built anew", target=target, problem=str(error))
            return 0
        refuse_ahead(target, target, applied, self._store)
        return applied

    def _known(self, target: Target) -> int:
        try:
            return self.applied(target)
        except StoreError:
            if not self._is_shared(target):
                raise
            noted = self._store.generation(target, self._replicas[target])
            return 0 if noted is None else noted.applied

    def _is_behind(self, target: Target) -> bool:
        try:
            return self._reach(target) < self._store.outbox_end(target)
        except ProjectionAhead:
            self._looked_at.pop(target, None)  # whoever asks next is refused too
            raise
        except StoreError as error:
            log.warning("cannot tell whether a projection is behind", target=target, problem=str(error))
            return False

    def _freshen(self, targets: Sequence[Target]) -> None:
        try:
            self.project(wait_seconds=0, targets=targets)
        except StoreError as error:
            log.warning("the projections were not brought up", problem=str(error))

    def _each(
        self, targets: Sequence[Target], attempt: Callable[[Target], bool], wait_seconds: float
    ) -> Projected:
        """Attempt each target until it says that it is done, fails, or the time is over."""
        deadline = time.monotonic() + wait_seconds
        waiting, problems = list(targets), dict[Target, str]()
        while True:
            for target in tuple(waiting):
                try:
                    done = attempt(target)
                except StoreError as error:
                    done, problems[target] = True, str(error)
                    log.warning(
                        "a projection was not brought up; the records are kept, and it catches up later",
                        target=target,
                        problem=str(error),
                    )
                if done:
                    waiting.remove(target)
            if not waiting or time.monotonic() > deadline:
                return Projected(tuple(waiting), problems)
            time.sleep(0.2)

    def _with_lease(self, target: Target, work: Callable[[Target, Lease], None]) -> bool:
        """Whether the work was done: not when somebody else is at it, in this process or elsewhere."""
        if not self._busy[target].acquire(blocking=False):
            return False
        try:
            lease = self._acquire(target)
            if lease is None:
                return False
            try:
                work(target, lease)
            except LeaseLost:
                log.warning("another projector has taken over", target=target, holder=self._holder)
                return False
            finally:
                self._give_back(lease)
            return True
        finally:
            self._busy[target].release()

    def _acquire(self, target: Target) -> Lease | None:
        return self._store.acquire(lease_name(target, self._replicas[target]), self._holder, LEASE_SECONDS)

    def _give_back(self, lease: Lease) -> None:
        try:
            self._store.release(lease)
        except StoreError as error:
            log.warning("could not give a lease back; it will run out", problem=str(error))

    def _prolonged(self, target: Target, lease: Lease) -> Lease:
        """A lease that was another's in between is lost, though it is free again by now: what we
        have half done may have been begun anew."""
        again = self._acquire(target)
        if again is None or again.token != lease.token:
            if again is not None:
                self._give_back(again)
            raise LeaseLost("another projector has taken over; it goes on from the outbox")
        return again

    # --- the work ---

    def _drain(self, target: Target, lease: Lease) -> None:
        if self._reach(target) == 0:
            self._rebuild(target, lease)
        try:
            self._catch_up(target, lease)
        except (OutboxPruned, DamagedGeneration) as error:
            log.warning("a projection cannot be caught up with and is built anew", problem=str(error))
            self._rebuild(target, lease)
            self._catch_up(target, lease)
        self._note(target, lease)

    def _catch_up(self, target: Target, lease: Lease) -> None:
        for ids, through in self._backlog(target):
            self._apply(target, ids, through, lease)

    def _backlog(self, target: Target) -> Iterator[tuple[list[str], int]]:
        """Outbox ids behind what is applied, in portions, each with the entry it ends at."""
        after = self.applied(target)
        ids: dict[str, None] = {}
        through = after
        while entries := self._store.outbox(target, after=after, limit=200):
            for entry in entries:
                ids.update(dict.fromkeys(entry.ids))
                after = through = entry.id
                if len(ids) >= _at_once(target):
                    yield list(ids), through
                    ids = {}
        if through > self.applied(target):
            yield list(ids), through

    def _rebuild(self, target: Target, lease: Lease) -> None:
        """Fill a projection anew, also one that cannot be read; a damaged record store is no source for it.

        It is noted as empty where nothing was noted of it. So no entry behind ``through`` is pruned; those
        are drained afterwards.
        """
        self._refuse_damage()
        if self._store.generation(target, self._replicas[target]) is None:
            self._projection(target).clear(self._prolonged(target, lease))
            self._note(target, lease)
        through = self._store.outbox_end(target)

        def prolong() -> Lease:
            return self._prolonged(target, lease)

        if target == "graph":
            items = (list(self._shown(ids).values()) for ids in self._portions(target))
            self._graph.rebuild(items, through, prolong)
        elif target == "words" and self._words is not None:
            texts = (self._store.word_items(ids) for ids in self._portions(target))
            self._words.rebuild(texts, through, prolong)
        else:
            vectors = (self._vectors(target, ids) for ids in self._portions(target))
            self._indexes[target].rebuild(vectors, through, prolong)

    def _refuse_damage(self) -> None:
        """A store that was found whole a moment ago, for another target, is not read once more."""
        if time.monotonic() - self._whole_at < WHOLE_SECONDS:
            return
        damage = self._store.check_database().damage or self._store.check_rows().damage
        if damage:
            raise DamagedStore(
                f"the record store is damaged, and nothing is built from it: {'; '.join(damage)}. What was "
                "built before stays as it is; `midspan doctor` says what to do"
            )
        self._whole_at = time.monotonic()

    def _portions(self, target: Target) -> Iterator[list[str]]:
        """Every id that the projection should hold."""
        pending: list[str] = []
        for ids in self._store.all_ids(target):
            pending += ids
            if len(pending) >= _at_once(target):
                yield pending
                pending = []
        if pending:
            yield pending

    def _shown(self, ids: Sequence[str]) -> dict[str, GraphItem]:
        """What the graph shows of these ids now."""
        return {**self._store.facts(ids), **self._store.merges(ids)}

    def _vectors(
        self, target: Target, ids: Sequence[str]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(keys (n,), vectors (n, d)) that are there now among these."""
        return self._store.vectors(SPACE_OF[target], [int(key) for key in ids])

    def _apply(self, target: Target, ids: list[str], through: int, lease: Lease) -> None:
        """Set what is there now under these ids and take out what is gone."""
        lease = self._prolonged(target, lease)
        if target == "graph":
            found = self._shown(ids)
            gone = [item_id for item_id in ids if item_id not in found]
            self._graph.apply(list(found.values()), gone, through, lease)
            return
        if target == "words" and self._words is not None:
            self._words.apply(self._store.word_items(ids), ids, through, lease)
            return
        keys, vectors = self._vectors(target, ids)
        removed = np.setdiff1d(np.array([int(key) for key in ids], dtype=np.int64), keys)
        self._indexes[target].apply(keys, vectors, removed, through, lease)

    # --- upkeep, in a thread beside all this ---

    def _tend(self, targets: Sequence[Target]) -> None:
        """One thread at a time; what it leaves is found by the next."""
        with self._turn:
            if self._tending is None or not self._tending.is_alive():
                self._tending = threading.Thread(target=self._keep_up, args=(targets,), name="upkeep")
                self._tending.start()

    def _keep_up(self, targets: Sequence[Target]) -> None:
        for target in targets:
            try:
                while target in self._indexes and (install := self._indexes[target].upkeep()) is not None:
                    if not self._installed(target, install):
                        break
            except StoreError as error:
                log.warning("a vector index was not tended; it works on", target=target, problem=str(error))

    def _installed(self, target: Target, install: Callable[[Lease], None]) -> bool:
        """Whether the lease was to be had; who else has it applies something, which takes moments."""
        deadline = time.monotonic() + UPKEEP_SECONDS
        while time.monotonic() < deadline:
            if self._with_lease(target, lambda _, lease: install(lease)):
                return True
            time.sleep(0.1)
        return False

    # --- what the record store knows of us ---

    def _see(self) -> None:
        """Note that our replicas live, before anything is read that must not be pruned."""
        now = time.monotonic()
        if now - self._seen_at >= SEE_SECONDS:
            for replica, name in self._names.items():
                self._store.see(replica, name)
            self._seen_at = now

    def _try_see(self) -> None:
        try:
            self._see()
        except StoreError as error:
            log.warning("could not note that this replica lives", problem=str(error))

    def _is_shared(self, target: Target) -> bool:
        return self._replicas[target] in SERVERS

    def _is_noted(self, target: Target) -> bool:
        if not self._is_shared(target):
            return True
        noted = self._store.generation(target, self._replicas[target])
        return noted is not None and noted.applied == self.applied(target)

    def _note(self, target: Target, lease: Lease) -> None:
        """Write down what a server has applied: files have a row by being published, a server has none.

        Files that this machine had before of the same target are nobody's any more; no entry waits for them.
        """
        if not self._is_noted(target):
            noted = Generation(target, 1, "", "", self.applied(target), {}, replica=self._replicas[target])
            self._store.publish(noted, lease)
            self._store.forget(target, self._replica)


def _at_once(target: Target) -> int:
    return min(IDS_AT_ONCE, FACTS_AT_ONCE) if target == "graph" else IDS_AT_ONCE
