"""Where things are while an event lasts, kept with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from midspan.db.record_store import Commit, RecordStore
from midspan.records import ActionEvent, EventTrack

TRACKS = (
    EventTrack("hand", "", 0.75, (0.0, 0.5), ((0.1, 0.2, 0.4, 0.6), (0.2, 0.2, 0.5, 0.6)), (True, False)),
    EventTrack("object", "striped star", 1.0, (0.25,), ((0.0, 0.0, 1.0, 1.0),), (True,)),
)


@pytest.mark.parametrize("tracks", [(), TRACKS])
def test_an_event_comes_back_with_its_tracks(
    store: RecordStore, made: Any, tracks: tuple[EventTrack, ...]
) -> None:
    (window,) = made.windows("v", 1)
    event: ActionEvent = replace(made.event(window), tracks=tracks)
    video = made.source("v", kind="video")
    store.commit(Commit(runs=made.runs, sources=[video], segments=[window], products=[event]))
    assert store.records_of([window.id]) == {window.id: [event]}
    assert store.check_rows().damage == ()  # type: ignore[attr-defined]
