"""Events by what happens and where, on each engine: filters, counts, videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from midspan.db.record_store import Commit, EventFilter, EventTerm, RecordStore, RunResult, Video
from midspan.records import ActionEvent

ALL = EventFilter()


@dataclass(frozen=True)
class Seen:
    """What happens in a window of a video."""

    verb: str
    nouns: tuple[str, ...] = ()
    score: float = 0.5


def write(store: RecordStore, made: Any, name: str, seen: Sequence[Seen]) -> list[ActionEvent]:
    """A video with a window for each of these."""
    windows = made.windows(name, len(seen))
    events = [
        replace(made.event(window), verb=one.verb, nouns=one.nouns, score=one.score)
        for window, one in zip(windows, seen, strict=True)
    ]
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source(name, kind="video", media_type="video/mp4")],
            segments=windows,
            products=list(events),
            results=[RunResult(made.id(name), run.id, True) for run in (made.reading, made.stages)],
        )
    )
    return events


@pytest.fixture
def written(store: RecordStore, made: Any) -> list[ActionEvent]:
    first = [Seen("put", ("cup", "box")), Seen("take", ("cup",), 0.875), Seen("put", ("star",), 0.25)]
    second = [Seen("lift", ('a "round" table',)), Seen("put")]
    return [*write(store, made, "one.mp4", first), *write(store, made, "two.mp4", second)]


def test_they_come_video_by_video_in_time(store: RecordStore, written: list[ActionEvent]) -> None:
    in_time = sorted(written, key=lambda one: (one.provenance.source_id, one.provenance.start))
    assert store.find_events(ALL, 10) == in_time == list(store.all_events(ALL))
    assert store.find_events(ALL, 2, 1) == in_time[1:3]
    assert store.count_events(ALL) == 5


@pytest.mark.parametrize(
    ("where", "verbs"),
    [
        (EventFilter(verb="put"), ["put", "put", "put"]),
        (EventFilter(noun="cup"), ["put", "take"]),
        (EventFilter(noun="cu"), []),
        (EventFilter(noun="%"), []),
        (EventFilter(noun='a "round" table'), ["lift"]),
        (EventFilter(least_score=0.5, verb="put"), ["put", "put"]),
        (EventFilter(verb="put", noun="star"), ["put"]),
        (EventFilter(source_ids=frozenset()), []),
    ],
)
def test_filters(
    store: RecordStore, written: list[ActionEvent], where: EventFilter, verbs: list[str]
) -> None:
    assert sorted(one.verb for one in store.find_events(where, 10)) == verbs
    assert store.count_events(where) == len(verbs)


def test_those_of_one_video(store: RecordStore, made: Any, written: list[ActionEvent]) -> None:
    found = store.find_events(EventFilter(source_ids=frozenset({made.id("one.mp4")})), 10)
    assert found == written[:3]


def test_verbs_and_nouns_are_counted(store: RecordStore, written: list[ActionEvent]) -> None:
    assert store.event_verbs(ALL, 10) == [EventTerm("put", 3), EventTerm("lift", 1), EventTerm("take", 1)]
    assert store.event_verbs(EventFilter(noun="cup"), 1) == [EventTerm("put", 1)]
    assert store.event_nouns(ALL, 2) == [EventTerm("cup", 2), EventTerm('a "round" table', 1)]


def test_videos_have_a_length_a_picture_and_their_events(
    store: RecordStore, made: Any, written: list[ActionEvent]
) -> None:
    store.commit(made.document("text", "A sentence."))
    store.commit(Commit(sources=[made.source("unread.mp4", kind="video", media_type="video/mp4")]))
    first = [made.windows(name, 1)[0].id for name in ("one.mp4", "two.mp4")]
    expected = [
        Video(made.id("one.mp4"), "one.mp4", 6.0, first[0], 2),
        Video(made.id("two.mp4"), "two.mp4", 4.0, first[1], 1),
        Video(made.id("unread.mp4"), "unread.mp4", 0.0, None, 0),
    ]
    assert store.videos(EventFilter(verb="put"), 10) == expected
    assert store.videos(ALL, 1) == [replace(expected[0], events=3)]
    alone = EventFilter(source_ids=frozenset({made.id("two.mp4")}))
    assert [one.title for one in store.videos(alone, 10)] == ["two.mp4"]
    store.retire(made.id("one.mp4"), None)
    assert [one.title for one in store.videos(ALL, 10)] == ["two.mp4", "unread.mp4"]
