"""What the next commit of the ingest loop will hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from midspan.db.record_store import Commit, TextChunk
from midspan.pipelines.pieces import Piece
from midspan.pipelines.readers.extract import VideoWindow
from midspan.pipelines.stage import Batch, Stage
from midspan.pipelines.work import Work
from midspan.records import Segment, Source, Thumbnail

PAGE_WEIGHT = 8
TEXT_A_WEIGHT = 4096
"""A page weighs as much as so many sentences, and so many code points of text as one."""

Entry = tuple[Work, Segment, VideoWindow | None]


@dataclass
class Gathered:
    """Pieces of any number of sources, and what the stages said about them."""

    window_weight: int
    """A video window weighs as much as so many sentences."""
    commit: Commit = field(default_factory=Commit)
    entries: list[Entry] = field(default_factory=list)
    begun: list[Work] = field(default_factory=list)
    """Sources that are read for the first time, since the last commit."""
    ended: list[Work] = field(default_factory=list)
    """Sources whose last piece is among these."""
    weight: int = 0
    """In sentences."""

    @property
    def empty(self) -> bool:
        return not (self.entries or self.ended or self.begun or self.commit.chunks)

    @property
    def works(self) -> list[Work]:
        """All that have a part in it, each once."""
        return list(dict.fromkeys([*(work for work, _, _ in self.entries), *self.ended, *self.begun]))

    def begin(self, work: Work, source: Source) -> None:
        self.commit.sources.append(source)
        self.begun.append(work)

    def add(self, work: Work, piece: Piece) -> None:
        if isinstance(piece, TextChunk):
            self.commit.chunks.append(piece)
            self.weight += len(piece.text) // TEXT_A_WEIGHT
        elif isinstance(piece, Segment):
            self._add_segment(work, piece)
        elif len(piece) == 3:
            self.commit.pages.append(piece)
            self.weight += PAGE_WEIGHT
        else:
            segment, window = piece
            self._add_segment(work, segment, window)
            self.commit.products.append(Thumbnail(segment.id, segment.source_id, window.jpeg))

    def _add_segment(self, work: Work, segment: Segment, window: VideoWindow | None = None) -> None:
        self.entries.append((work, segment, window))
        if segment.key is None:
            self.commit.segments.append(segment)
        work.segments += 1
        self.weight += 1 if window is None else self.window_weight

    def batches(self) -> Iterator[tuple[tuple[Stage, ...], list[Work], Batch]]:
        """The segments that go through the same stages, with these and with the sources they are of."""
        groups: dict[tuple[Stage, ...], list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault(entry[0].stages, []).append(entry)
        for stages, entries in groups.items():
            frames = {segment.id: window.frames for _, segment, window in entries if window is not None}
            works = list(dict.fromkeys(work for work, _, _ in entries))
            yield stages, works, Batch([segment for _, segment, _ in entries], frames)

    def drop(self, work: Work) -> None:
        """Forget everything of a source that turned out unreadable."""
        source_id, commit = work.source_id, self.commit
        self.entries = [entry for entry in self.entries if entry[0] is not work]
        commit.sources = [source for source in commit.sources if source.id != source_id]
        commit.chunks = [chunk for chunk in commit.chunks if chunk.source_id != source_id]
        commit.pages = [page for page in commit.pages if page[0] != source_id]
        commit.segments = [segment for segment in commit.segments if segment.source_id != source_id]
        commit.products = [
            product
            for product in commit.products
            if not (isinstance(product, Thumbnail) and product.source_id == source_id)
        ]
        self.begun = [other for other in self.begun if other is not work]
