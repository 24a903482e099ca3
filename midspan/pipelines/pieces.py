"""What reading a source gives, piece by piece: from its file, or from the store that has read it before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Union

from midspan.db.record_store import RecordStore, TextChunk
from midspan.errors import SourceVanished
from midspan.pipelines.readers.extract import VideoWindow
from midspan.pipelines.segmenting import segment_document, segment_video
from midspan.pipelines.work import Work
from midspan.records import Page, Run, Segment, SourceKind

Piece = Union[TextChunk, tuple[str, str, Page], Segment, tuple[Segment, VideoWindow]]
"""A piece of text, a page as (source id, run id, page), a sentence or fragment, or a window; in stream
order."""


def pieces_of_file(work: Work, kind: SourceKind, items: Iterator[Any], reading: Run) -> Iterator[Piece]:
    """From a document's ``Extract``s or a video's ``VideoWindow``s.

    Raises what reading them does, and ``SourceVanished`` when the file has changed meanwhile.
    """
    if kind == "document":
        yield from segment_document(work.source_id, reading, items)
    else:
        yield from segment_video(work.source_id, reading, items)
    _check_unchanged(work)


def stored_pieces(store: RecordStore, source_id: str) -> Iterator[Segment]:
    """The segments of a document that has been read before; its text and pages are there already."""
    after = -1
    while page := store.segments(source_id, after=after, limit=1000):
        yield from page
        after = page[-1].ordinal


def _check_unchanged(work: Work) -> None:
    """The text must be that of the bytes whose hash is the source's id."""
    stat = work.path.stat()
    if (stat.st_size, stat.st_mtime_ns) != (work.location.byte_count, work.location.modified_ns):
        raise SourceVanished("changed while it was read; ingest it again")
