"""The ingest loop: items in, segments through the stages in batches across sources, commits out."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from midspan.db.record_store import READING, Commit, ItemLease, ItemResult, RecordStore
from midspan.errors import LeaseLost, StoreError
from midspan.pipelines import stopping
from midspan.pipelines.batch_run import Outcome, dependent_runs, needed_stages
from midspan.pipelines.confined.confined import Confined
from midspan.pipelines.crew.course import Course
from midspan.pipelines.crew.crew import Crew
from midspan.pipelines.failing import failure_of
from midspan.pipelines.gathered import Gathered
from midspan.pipelines.intake import plan
from midspan.pipelines.pieces import Piece, pieces_of_file, stored_pieces
from midspan.pipelines.processes import Processes, ThisProcess
from midspan.pipelines.readers.opening import Opened, read_file
from midspan.pipelines.segmenting import reading_run
from midspan.pipelines.stage import Stage, check_order
from midspan.pipelines.work import Work
from midspan.records import Failure, Product, Record, Source


@dataclass(frozen=True)
class Beat:
    """Sent after every commit."""

    path: str
    segments: int
    """Segments committed by this call so far."""


class Ingest:
    """Reads items and writes what the stages say about them.

    Memory is bounded by the batch, with a crew by a few of them: a source of any size is streamed. A commit
    holds whole batches, in the order in which they were read, so that what is in the store is always the work
    of complete transactions.
    """

    def __init__(
        self,
        store: RecordStore,
        stages: Sequence[Stage],
        *,
        batch_weight: int = 256,
        window_weight: int = 8,
        confined: Confined | None = None,
    ) -> None:
        """``batch_weight`` is the number of sentences in a batch; a video window counts for
        ``window_weight`` of them. Files are read in ``confined`` processes."""
        check_order(stages)
        self.store = store
        self.stages = tuple(stages)
        self.reading = reading_run()
        self.confined = confined or Confined()
        self.batch_weight = batch_weight
        self.window_weight = window_weight
        self.runs = [self.reading, *(stage.run for stage in stages if stage.run is not None)]
        self.run_ids = frozenset(run.id for run in self.runs)

    def __call__(
        self,
        items: Sequence[tuple[Path, ItemLease | None]],
        *,
        rehash: bool = False,
        beat: Callable[[Beat], None] = lambda beat: None,
        stop: Callable[[], bool] = stopping.never,
        crew: Crew | None = None,
    ) -> list[Failure]:
        """Ingest these items, the stages in this process or in those of a ``crew``; returns the failures.

        ``stop`` is asked often: every block of a file that is hashed, every piece that is read and while one
        is waited for, every few segments in a stage. When it says yes, what is committed stays, also of a
        source that was begun: its run is not complete, and ingesting it again writes the same ids. The batch
        at hand is dropped and the rest is left undone (its leases are the caller's to release). Raises
        ``StoreError`` and ``LeaseLost``, and ``ProcessLost`` when processes of the crew end again and again,
        after which nothing of the batches at hand is written; the same call again goes on.
        """
        current = _Pass(self, beat, stop, ThisProcess(stop) if crew is None else Course(crew, stop))
        try:
            with suppress(stopping.Stopped):
                works, failed = plan(
                    self.store, items, self.run_ids, self.reading.id, rehash=rehash, stop=stop
                )
                current.reject(failed)
                current.settle([work for work in works if not work.pending])
                current.process([work for work in works if work.pending])
        finally:
            current.forget()
        return current.failures


class _Pass:
    """One call of the loop. Its methods follow a sentence from its file to the commit."""

    def __init__(
        self,
        ingest: Ingest,
        beat: Callable[[Beat], None],
        stop: Callable[[], bool],
        processes: Processes,
    ) -> None:
        self._ingest = ingest
        self._store = ingest.store
        self._beat = beat
        self._stop = stop
        self._processes = processes
        self._gathered = Gathered(ingest.window_weight)
        self._leaders: dict[str, Work] = {}
        """By source id the work that reads it."""
        self._committed = 0
        self.failures: list[Failure] = []

    def forget(self) -> None:
        """End the memories of all sources that are not at their end, and what is under way."""
        self._processes.abandon()
        for work in self._leaders.values():
            work.memories.clear()

    def process(self, works: Sequence[Work]) -> None:
        """Read sources and take them through their stages; one with several paths is read once."""
        copies: list[Work] = []
        for work in works:
            if self._leaders.setdefault(work.source_id, work) is not work:
                copies.append(work)
        for work in self._leaders.values():
            stopping.check(self._stop)
            self._read(work)
        self._flush()
        self._commit_done(all_=True)
        self._settle_copies(copies)

    # --- from a file to a batch ---

    def _read(self, work: Work) -> None:
        """Stream one source into batches; a reader's error fails this source alone."""
        with closing(self._pieces(work)) as pieces:
            while True:
                stopping.check(self._stop)
                try:
                    piece = next(pieces, None)
                except (StoreError, LeaseLost, stopping.Stopped):
                    raise
                except Exception as error:
                    self._unreadable(work, error)
                    return
                if piece is None:
                    break
                self._gathered.add(work, piece)
                if self._gathered.weight >= self._ingest.batch_weight:
                    self._flush()
                self._commit_done()
        self._gathered.ended.append(work)

    def _pieces(self, work: Work) -> Generator[Piece, None, None]:
        """What is in a source; its stages' memories of it begin before the first piece."""
        known = self._store.source(work.source_id)
        if known is not None and known.kind == "document" and self._ingest.reading.id not in work.pending:
            self._open(work, known)
            yield from stored_pieces(self._store, known.id)
            return
        size = work.location.byte_count
        reading = self._ingest.confined.run(read_file, work.path, byte_count=size, stop=self._stop)
        with closing(reading) as items:
            opened: Opened = next(items)
            source = _source(work, opened)
            self._gathered.begin(work, source)
            self._open(work, source)
            yield from pieces_of_file(work, opened.kind, items, self._ingest.reading)

    def _open(self, work: Work, source: Source) -> None:
        """A stage that cannot begin a source is left out of it, and so are those that need it."""
        unit = "char" if source.kind == "document" else "s"
        stages = [stage for stage in self._ingest.stages if stage.unit == unit]
        runs = work.pending
        for stage in needed_stages(stages, work.pending):
            try:
                work.memories[stage] = stage.open(source)
            except Exception as error:
                without = dependent_runs(stage, stages)
                failure = failure_of(work.path, stage.name, error)
                self._fail(work, without, failure, self._gathered.commit)
                runs -= without
        work.stages = tuple(needed_stages(stages, runs))

    def _unreadable(self, work: Work, error: Exception) -> None:
        """Nothing half-written remains of a source that cannot be read to its end."""
        self._commit_done(all_=True)
        reading = self._ingest.reading.id
        work.memories.clear()
        self._gathered.drop(work)
        if reading in work.pending:
            self._store.discard(work.source_id, reading)
        work.unreadable = failure_of(work.path, READING, error)
        self.reject([(work.path, work.lease, work.unreadable)])

    # --- from a batch to the store ---

    def _flush(self) -> None:
        """Have what is gathered taken through the stages."""
        if not self._gathered.empty:
            self._processes.add(self._gathered)
            self._gathered = Gathered(self._ingest.window_weight)

    def _commit_done(self, *, all_: bool = False) -> None:
        for gathered, outcomes in self._processes.done(all_=all_):
            self._commit(gathered, outcomes)

    def _commit(self, gathered: Gathered, outcomes: Iterable[Outcome]) -> None:
        commit, works = gathered.commit, gathered.works
        for outcome in outcomes:
            self._keep(outcome.products, commit)
            for segment, run_ids, failure in outcome.failures:
                work = self._leaders[segment.source_id]
                self._fail(work, run_ids, replace(failure, path=str(work.path)), commit)
        for work in gathered.ended:
            self._end(work, commit)
        commit.runs = list(self._ingest.runs)
        commit.locations += [
            work.location for work in gathered.begun if not work.known and work not in gathered.ended
        ]
        commit.leases = [work.lease for work in works if work.lease is not None]
        self._store.commit(commit)
        self._committed += len(gathered.entries)
        self._beat(Beat(str(works[-1].path) if works else "", self._committed))

    def _end(self, work: Work, commit: Commit) -> None:
        """Hear what the stages say at a source's end; their memories end with it."""
        for stage in work.stages:
            runs = dependent_runs(stage, work.stages)
            if not runs.isdisjoint(work.broken):
                continue
            try:
                products = stage.finish(work.memories[stage])
            except Exception as error:
                self._fail(work, runs, failure_of(work.path, stage.name, error), commit)
            else:
                self._keep(products, commit)
        work.memories.clear()
        work.end(commit)

    def _keep(self, products: Iterable[Product], commit: Commit) -> None:
        for product in products:
            commit.products.append(product)
            if isinstance(product, Record) and product.counts:
                self._leaders[product.provenance.source_id].count(product.kind)

    def _fail(self, work: Work, run_ids: frozenset[str], failure: Failure, commit: Commit) -> None:
        """Note a failure, because of which these runs will not be complete."""
        self.failures.append(failure)
        work.failures[failure] = run_ids
        commit.failures.append(work.failed_by(failure))

    # --- items that go through no stage ---

    def reject(self, failed: Iterable[tuple[Path, ItemLease | None, Failure]]) -> None:
        """Note items that cannot be read at all."""
        commit = Commit()
        for _, lease, failure in failed:
            self.failures.append(failure)
            commit.failures.append((lease, None, None, failure))
            if lease is not None:
                commit.items.append(ItemResult(lease, "failed", "failed"))
        if commit.failures:
            self._store.commit(commit)

    def settle(self, works: Sequence[Work]) -> None:
        """Note where sources are that are in the store, and how their items ended."""
        if not works:
            return
        commit = Commit(failures=[work.failed_by(failure) for work in works for failure in work.failures])
        for work in works:
            work.end(commit)
        self._store.commit(commit)
        self._beat(Beat(str(works[-1].path), 0))

    def _settle_copies(self, copies: Sequence[Work]) -> None:
        """Further paths of sources that this call has just read: they end as the first path did."""
        for copy in copies:
            leader = self._leaders[copy.source_id]
            if leader.unreadable is not None:
                failure = replace(leader.unreadable, path=str(copy.path))
                self.reject([(copy.path, copy.lease, failure)])
                continue
            copy.pending = frozenset()
            copy.outcome = "unchanged" if copy.outcome == "new" else copy.outcome
            copy.failures = {
                replace(failure, path=str(copy.path)): runs for failure, runs in leader.failures.items()
            }
            self.failures += copy.failures
            self.settle([copy])


def _source(work: Work, opened: Opened) -> Source:
    name = work.path.name.encode(errors="replace").decode()
    return Source(
        work.source_id,
        opened.kind,
        opened.media_type,
        name,
        work.location.byte_count,
        time.time(),
    )
