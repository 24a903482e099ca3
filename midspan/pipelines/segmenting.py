"""From what readers yield to segments: sentences of documents, windows of videos."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Union

from midspan.db.record_store import TextChunk
from midspan.errors import EmptySource
from midspan.pipelines.readers.extract import WINDOW_SECONDS, Extract, VideoWindow
from midspan.pipelines.sentences import LONGEST_SENTENCE, LONGEST_STRETCH, Span, Splitter
from midspan.records import TEXT_NORMALISATION, Page, Run, Segment, record_id

CHUNK = 32_768
"""Code points of a stored piece of text."""

TextPart = Union[TextChunk, tuple[str, str, Page], Segment]
"""A piece of text, a page as (source id, run id, page), or a segment."""


def reading_run() -> Run:
    """Who reads: one run for all kinds of sources; the version is raised when any output changes."""
    return Run(
        stage="reading",
        stage_version=3,
        parameters={
            "normalisation": TEXT_NORMALISATION,
            "longest_sentence": LONGEST_SENTENCE,
            "longest_stretch": LONGEST_STRETCH,
            "window_seconds": WINDOW_SECONDS,
        },
    )


def segment_document(source_id: str, run: Run, extracts: Iterable[Extract]) -> Iterator[TextPart]:
    """Chunks, pages and segments in stream order: a chunk and a page come before the segments in them.

    Depends on the joined text and the pages only, not on where the extracts are cut. Raises
    ``EmptySource`` at the end when there was no letter or digit at all.
    """
    run_id = run.id
    splitter = Splitter()
    pages = _Pages(source_id, run_id)
    pending: list[str] = []
    length = chunked = ordinal = 0

    def segments(spans: Iterable[tuple[Span, str]]) -> Iterator[Segment]:
        nonlocal ordinal
        for span, text in spans:
            yield Segment(
                id=record_id("seg", source_id, run_id, span.start, span.end),
                source_id=source_id,
                ordinal=ordinal,
                kind=span.kind,
                unit="char",
                start=span.start,
                end=span.end,
                text=text,
                page=pages.number_at(span.start),
                run_id=run_id,
            )
            ordinal += 1

    for extract in extracts:
        if extract.page is not None:
            yield pages.add(extract, chunked + length)
        pending.append(extract.text)
        length += len(extract.text)
        if length < CHUNK:
            continue
        text = "".join(pending)
        whole = length - length % CHUNK
        for start in range(0, whole, CHUNK):
            piece = text[start : start + CHUNK]
            yield TextChunk(source_id, run_id, chunked + start, piece)
            yield from segments(splitter.feed(piece))
        pending, length, chunked = [text[whole:]], length - whole, chunked + whole
    if length:
        text = "".join(pending)
        yield TextChunk(source_id, run_id, chunked, text)
        yield from segments(splitter.feed(text))
    yield from segments(splitter.finish())
    if ordinal == 0:
        raise EmptySource("there is no letter or digit in it; nothing to read")


def segment_video(
    source_id: str, run: Run, windows: Iterable[VideoWindow]
) -> Iterator[tuple[Segment, VideoWindow]]:
    """Each window with its segment; ``start`` and ``end`` in seconds."""
    run_id = run.id
    for ordinal, window in enumerate(windows):
        segment = Segment(
            id=record_id("seg", source_id, run_id, window.start, window.end),
            source_id=source_id,
            ordinal=ordinal,
            kind="window",
            unit="s",
            start=window.start,
            end=window.end,
            run_id=run_id,
        )
        yield segment, window


class _Pages:
    """Which page a place lies on. Forgets pages once the segments are past them."""

    def __init__(self, source_id: str, run_id: str) -> None:
        self._source_id, self._run_id = source_id, run_id
        self._starts: list[int] = []
        self._numbers: list[int] = []

    def add(self, extract: Extract, start: int) -> tuple[str, str, Page]:
        layout = extract.page
        assert layout is not None
        self._starts.append(start)
        self._numbers.append(layout.number)
        page = Page(
            number=layout.number,
            start=start,
            end=start + len(extract.text),
            width=layout.width,
            height=layout.height,
            boxes=layout.boxes,
        )
        return self._source_id, self._run_id, page

    def number_at(self, place: int) -> int | None:
        index = bisect_right(self._starts, place) - 1
        if index < 0:
            return None
        del self._starts[:index], self._numbers[:index]
        return self._numbers[0]
