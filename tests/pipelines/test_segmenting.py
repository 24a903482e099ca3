from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midspan.db.record_store import TextChunk
from midspan.errors import EmptySource
from midspan.pipelines.readers.extract import Extract, PageLayout, VideoWindow
from midspan.pipelines.segmenting import (
    CHUNK,
    TextPart,
    reading_run,
    segment_document,
    segment_video,
)
from midspan.pipelines.stage import Frames
from midspan.records import Page, Segment, record_id

SOURCE = "src"
TEXTS = st.lists(
    st.sampled_from(["The kidney. ", "Dr. Lee left! ", "word ", "\n\n", "é. ", "x" * 1500, "long " * 9_000]),
    min_size=1,
    max_size=20,
).map(lambda parts: "".join(["First. ", *parts]))


def parts_of(text: str, *borders: int) -> list[TextPart]:
    pieces = (text[a:b] for a, b in zip([0, *borders], [*borders, len(text)], strict=True))
    return list(segment_document(SOURCE, reading_run(), (Extract(piece) for piece in pieces)))


def page(number: int, text: str) -> Extract:
    return Extract(text, PageLayout(number, 595, 842, np.zeros((len(text), 4), np.float32)))


@given(text=TEXTS, data=st.data())
def test_parts_depend_on_the_text_and_not_on_the_extracts(text: str, data: st.DataObject) -> None:
    borders = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))

    assert parts_of(text, *borders) == parts_of(text)


@given(TEXTS)
def test_chunks_join_to_the_text_and_segments_lie_in_it(text: str) -> None:
    parts = parts_of(text)
    chunks = [part for part in parts if isinstance(part, TextChunk)]
    segments = [part for part in parts if isinstance(part, Segment)]

    assert "".join(chunk.text for chunk in chunks) == text
    assert [chunk.start for chunk in chunks] == list(range(0, len(text), CHUNK))
    assert all(segment.text == text[int(segment.start) : int(segment.end)] for segment in segments)
    assert all(one.end <= two.start for one, two in pairwise(segments))
    assert [segment.ordinal for segment in segments] == list(range(len(segments)))


@given(TEXTS)
def test_a_chunk_comes_before_the_segments_in_it(text: str) -> None:
    there = 0
    for part in parts_of(text):
        if isinstance(part, TextChunk):
            there += len(part.text)
        elif isinstance(part, Segment):
            assert part.end <= there


def test_ids_come_from_source_run_and_place() -> None:
    run = reading_run()

    (segment,) = [part for part in parts_of("  One sentence. ") if isinstance(part, Segment)]

    assert segment == Segment(
        id=record_id("seg", SOURCE, run.id, 2, 15),
        source_id=SOURCE,
        ordinal=0,
        kind="sentence",
        unit="char",
        start=2,
        end=15,
        text="One sentence.",
        run_id=run.id,
    )


def test_the_run_is_the_same_for_every_kind_of_source() -> None:
    run = reading_run()

    assert (run.stage, run.model, run.id) == ("reading", "", reading_run().id)


def test_a_segment_lies_on_the_page_where_it_starts() -> None:
    extracts = [page(1, "One. Two goes\n"), page(2, "on here. Three.\n\n"), page(3, ""), page(4, "Four.")]

    parts = list(segment_document(SOURCE, reading_run(), extracts))

    segments = [part for part in parts if isinstance(part, Segment)]
    assert [(segment.text, segment.page) for segment in segments] == [
        ("One.", 1),
        ("Two goes\non here.", 1),
        ("Three.", 2),
        ("Four.", 4),
    ]
    pages = [part[2] for part in parts if isinstance(part, tuple)]
    assert [(one.number, one.start, one.end) for one in pages] == [
        (1, 0, 14),
        (2, 14, 31),
        (3, 31, 31),
        (4, 31, 36),
    ]
    assert isinstance(pages[0], Page)


def test_many_pages_keep_their_numbers() -> None:
    extracts = [page(number, f"Page {number} says. " * 200) for number in range(1, 60)]

    for part in segment_document(SOURCE, reading_run(), extracts):
        if isinstance(part, Segment):
            assert part.text == f"Page {part.page} says."


@pytest.mark.parametrize("extracts", [[], [Extract("")], [Extract(" \n*** ... "), Extract("---")]])
def test_nothing_to_say_is_empty(extracts: list[Extract]) -> None:
    with pytest.raises(EmptySource):
        list(segment_document(SOURCE, reading_run(), extracts))


def test_each_window_is_a_segment() -> None:
    frames = Frames(np.zeros((1, 2, 2, 3), np.uint8), np.zeros(1))
    windows = [VideoWindow(0.0, 2.0, frames, b""), VideoWindow(2.0, 3.5, frames, b"")]
    run = reading_run()

    pairs = list(segment_video(SOURCE, run, windows))

    assert [window for _, window in pairs] == windows
    assert [(s.ordinal, s.kind, s.unit, s.start, s.end, s.run_id) for s, _ in pairs] == [
        (0, "window", "s", 0.0, 2.0, run.id),
        (1, "window", "s", 2.0, 3.5, run.id),
    ]
    assert pairs[1][0].id == record_id("seg", SOURCE, run.id, 2.0, 3.5)
