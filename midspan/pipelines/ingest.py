"""The ingest loop: items in, segments through the stages in batches across sources, commits out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from midspan.db.record_store import (
    Commit,
    ItemLease,
    ItemResult,
    RecordStore,
    RunResult,
    TextChunk,
)
from midspan.errors import LeaseLost, SourceVanished, StoreError
from midspan.pipelines import stopping
from midspan.pipelines.batch_run import needed_stages, run_batch
from midspan.pipelines.intake import Work, failure_of, plan
from midspan.pipelines.readers.detect import MediaType, detect
from midspan.pipelines.readers.extract import Extract, VideoWindow
from midspan.pipelines.segmenting import reading_run, segment_document, segment_video
from midspan.pipelines.stage import Batch, Stage, check_order
from midspan.records import (
    Failure,
    Page,
    Product,
    Record,
    Segment,
    Source,
    Thumbnail,
)

Piece = TextChunk | tuple[str, str, Page] | Segment | tuple[Segment, VideoWindow]
"""What reading a source gives, in stream order."""


@dataclass(frozen=True)
class Beat:
    """Sent after every commit."""

    path: str
    segments: int
    """Segments committed by this call so far."""


@dataclass
class _Gathered:
    """What the next commit will hold."""

    commit: Commit = field(default_factory=Commit)
    segments: list[tuple[Work, Segment, VideoWindow | None]] = field(default_factory=list)
    ended: list[Work] = field(default_factory=list)
    begun: list[Work] = field(default_factory=list)
    weight: int = 0

    def drop(self, work: Work) -> None:
        """Forget everything of a source that turned out unreadable."""
        source_id, commit = work.source_id, self.commit
        self.segments = [entry for entry in self.segments if entry[0] is not work]
        commit.sources = [source for source in commit.sources if source.id != source_id]
        commit.chunks = [chunk for chunk in commit.chunks if chunk.source_id != source_id]
        commit.pages = [page for page in commit.pages if page[0] != source_id]
        commit.segments = [segment for segment in commit.segments if segment.source_id != source_id]
        commit.products = [
            product
            for product in commit.products
            if not (isinstance(product, Thumbnail) and product.source_id == source_id)
        ]
        commit.locations = [place for place in commit.locations if place.source_id != source_id]
        self.begun = [other for other in self.begun if other is not work]


class Ingest:
    """Reads items and writes what the stages say about them.

    Memory is bounded by the batch: a source of any size is streamed. A commit holds whole batches, so
    that what is in the store is always the work of complete transactions.
    """

    def __init__(
        self,
        store: RecordStore,
        stages: Sequence[Stage],
        *,
        batch_weight: int = 256,
        window_weight: int = 8,
    ) -> None:
        """``batch_weight`` is the number of sentences in a batch; a video window counts for
        ``window_weight`` of them."""
        check_order(stages)
        self._store = store
        self._stages = list(stages)
        self._reading = reading_run()
        self._batch_weight = batch_weight
        self._window_weight = window_weight
        self._runs = [self._reading, *(stage.run for stage in stages if stage.run is not None)]
        self.run_ids = frozenset(run.id for run in self._runs)

    def __call__(
        self,
        items: Sequence[tuple[Path, ItemLease | None]],
        *,
        rehash: bool = False,
        beat: Callable[[Beat], None] = lambda beat: None,
        stop: Callable[[], bool] = stopping.never,
    ) -> list[Failure]:
        """Ingest these items; returns the failures.

        ``stop`` is asked often: every block of a file that is hashed, every piece that is read, every few
        segments in a stage. When it says yes, what is committed stays, also of a source that was begun: its
        run is not complete, and ingesting it again writes the same ids. The batch at hand is dropped and
        the rest is left undone (its leases are the caller's to release). Raises ``StoreError`` and
        ``LeaseLost``, after which nothing of the batch at hand is written; the same call again goes on.
        """
        current = _Pass(self, beat, stop)
        with suppress(stopping.Stopped):
            works, failed = plan(self._store, items, self.run_ids, rehash=rehash, stop=stop)
            current.reject(failed)
            current.settle_unchanged([work for work in works if not work.pending])
            current.process([work for work in works if work.pending])
        return current.failures


class _Pass:
    """One call of the loop: its gathered batch, its failures and its callbacks."""

    def __init__(self, ingest: Ingest, beat: Callable[[Beat], None], stop: Callable[[], bool]) -> None:
        self._ingest = ingest
        self._store = ingest._store
        self._beat = beat
        self._stop = stop
        self._gathered = _Gathered()
        self._by_source: dict[str, Work] = {}
        self._committed = 0
        self.failures: list[Failure] = []

    # --- items without pipeline work ---

    def reject(self, failed: Iterable[tuple[Path, ItemLease | None, Failure]]) -> None:
        commit = Commit()
        for _, lease, failure in failed:
            self.failures.append(failure)
            commit.failures.append((lease, None, None, failure))
            if lease is not None:
                commit.items.append(ItemResult(lease, "failed", "failed"))
        if commit.failures:
            self._store.commit(commit)

    def settle_unchanged(self, works: Sequence[Work]) -> None:
        """Note where known sources are now, and that their items are done."""
        if not works:
            return
        commit = Commit(locations=[work.location for work in works])
        for work in works:
            if work.lease is not None:
                commit.items.append(ItemResult(work.lease, "done", work.outcome, work.source_id))
        self._store.commit(commit)
        self._beat(Beat(str(works[-1].path), 0))

    # --- items with pipeline work ---

    def process(self, works: Sequence[Work]) -> None:
        followers: dict[str, list[Work]] = {}
        for work in works:
            leader = self._by_source.get(work.source_id)
            if leader is not None:
                followers.setdefault(work.source_id, []).append(work)
                continue
            self._by_source[work.source_id] = work
        for work in list(self._by_source.values()):
            stopping.check(self._stop)
            self._read(work)
        self._flush()
        for source_id, copies in followers.items():
            self._settle_copies(self._by_source[source_id], copies)

    def _settle_copies(self, leader: Work, copies: Sequence[Work]) -> None:
        """Further paths of a source that this call has just read: located, not read again."""
        done = self._store.complete_runs([leader.source_id]).get(leader.source_id, frozenset())
        if leader.pending <= done:
            for copy in copies:
                copy.outcome = "unchanged" if copy.outcome == "new" else copy.outcome
            self.settle_unchanged(copies)
        elif leader.failures:
            self.reject(
                (copy.path, copy.lease, replace(failure, path=str(copy.path)))
                for copy in copies
                for _, failure in leader.failures[:1]
            )

    def _read(self, work: Work) -> None:
        """Stream one source into batches; a reader's error fails this source alone."""
        pieces = self._pieces(work)
        while True:
            stopping.check(self._stop)
            try:
                piece = next(pieces, None)
            except (StoreError, LeaseLost):
                raise
            except Exception as error:
                self._unreadable(work, error)
                return
            if piece is None:
                break
            self._gather(work, piece)
            if self._gathered.weight >= self._ingest._batch_weight:
                self._flush()
        self._gathered.ended.append(work)

    def _pieces(self, work: Work) -> Iterator[Piece]:
        reading = self._ingest._reading
        known = self._store.source(work.source_id)
        if known is not None and known.kind == "document" and reading.id not in work.pending:
            yield from self._stored_segments(work.source_id)
            return
        media = detect(work.path)
        self._gathered.commit.sources.append(_source(work, media))
        self._gathered.begun.append(work)
        if media.kind == "document":
            extracts = cast("Iterator[Extract]", media.reader(work.path))
            yield from segment_document(work.source_id, reading, extracts)
        else:
            windows = cast("Iterator[VideoWindow]", media.reader(work.path))
            yield from segment_video(work.source_id, reading, windows)
        _check_unchanged(work)

    def _stored_segments(self, source_id: str) -> Iterator[Segment]:
        after = -1
        while page := self._store.segments(source_id, after=after, limit=1000):
            yield from page
            after = page[-1].ordinal

    def _gather(self, work: Work, piece: Piece) -> None:
        gathered, commit = self._gathered, self._gathered.commit
        if isinstance(piece, TextChunk):
            commit.chunks.append(piece)
            gathered.weight += len(piece.text) // 4096
            return
        if isinstance(piece, tuple) and len(piece) == 3:
            commit.pages.append(piece)
            gathered.weight += 8
            return
        segment, window = piece if isinstance(piece, tuple) else (piece, None)
        gathered.segments.append((work, segment, window))
        if segment.key is None:
            commit.segments.append(segment)
        if window is not None:
            commit.products.append(Thumbnail(segment.id, segment.source_id, window.jpeg))
        gathered.weight += 1 if window is None else self._ingest._window_weight

    def _unreadable(self, work: Work, error: Exception) -> None:
        """Nothing half-written remains of a source that cannot be read to its end."""
        reading = self._ingest._reading.id
        self._gathered.drop(work)
        if reading in work.pending:
            self._store.discard(work.source_id, reading)
        failure = failure_of(work.path, "reading", error)
        work.failures.append((reading, failure))
        self.reject([(work.path, work.lease, failure)])

    # --- commits ---

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, _Gathered()
        if not (gathered.segments or gathered.ended or gathered.commit.chunks or gathered.begun):
            return
        commit = gathered.commit
        commit.runs = list(self._ingest._runs)
        self._run_stages(gathered)
        self._finish_ended(gathered)
        for work in gathered.begun:
            if not work.known and work not in gathered.ended:
                commit.locations.append(work.location)
        works = {id(work): work for work, _, _ in gathered.segments}
        works.update({id(work): work for work in (*gathered.ended, *gathered.begun)})
        commit.leases = [work.lease for work in works.values() if work.lease is not None]
        self._store.commit(commit)
        self._committed += len(gathered.segments)
        last = next(reversed(works.values()), None)
        self._beat(Beat(str(last.path) if last else "", self._committed))

    def _run_stages(self, gathered: _Gathered) -> None:
        groups: dict[tuple[frozenset[str], str], list[tuple[Work, Segment, VideoWindow | None]]] = {}
        for entry in gathered.segments:
            groups.setdefault((entry[0].pending, entry[1].unit), []).append(entry)
            entry[0].segments += 1
        for (pending, unit), entries in groups.items():
            stages = [stage for stage in self._ingest._stages if stage.unit == unit]
            batch = Batch(
                [segment for _, segment, _ in entries],
                {segment.id: window.frames for _, segment, window in entries if window is not None},
            )
            outcome = run_batch(needed_stages(stages, pending), batch, self._stop)
            self._keep(gathered.commit, outcome.products)
            for segment, run_ids, failure in outcome.failures:
                work = self._by_source[segment.source_id]
                located = replace(failure, path=str(work.path))
                self.failures.append(located)
                for run_id in sorted(run_ids):
                    work.failures.append((run_id, located))
                first_run = min(run_ids, default=None)
                gathered.commit.failures.append((work.lease, segment.source_id, first_run, located))

    def _keep(self, commit: Commit, products: Iterable[Product]) -> None:
        for product in products:
            commit.products.append(product)
            if isinstance(product, Record) and product.counts:
                work = self._by_source[product.provenance.source_id]
                work.records[product.kind] = work.records.get(product.kind, 0) + 1

    def _finish_ended(self, gathered: _Gathered) -> None:
        commit = gathered.commit
        for work in gathered.ended:
            for stage in self._ingest._stages:
                if stage.run is not None and stage.run.id in work.pending:
                    self._keep(commit, stage.finish(work.source_id))
            broken = {run_id for run_id, _ in work.failures}
            commit.results += [
                RunResult(work.source_id, run_id, run_id not in broken) for run_id in sorted(work.pending)
            ]
            commit.locations.append(work.location)
            if work.lease is not None:
                commit.items.append(
                    ItemResult(
                        work.lease,
                        "failed" if work.failures else "done",
                        "failed" if work.failures else work.outcome,
                        work.source_id,
                        segments=work.segments,
                        records=work.counted(),
                    )
                )


def _source(work: Work, media: MediaType) -> Source:
    name = work.path.name.encode(errors="replace").decode()
    return Source(
        work.source_id,
        media.kind,
        media.media_type,
        name,
        work.location.byte_count,
        time.time(),
    )


def _check_unchanged(work: Work) -> None:
    """The text must be that of the bytes whose hash is the source's id."""
    stat = work.path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (work.location.byte_count, work.location.modified_ns):
        raise SourceVanished("changed while it was read; ingest it again")
