"""``midspan export events``: what happens in videos as a file that players and benchmarks read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from midspan.db.record_store import EventFilter, RecordStore, SourceName
from midspan.errors import UnknownName, WrongUse
from midspan.platform.export import activitynet, webvtt
from midspan.platform.export.whole_file import whole_file
from midspan.records import ActionEvent

Write = Callable[[Path, Iterable[ActionEvent], Mapping[str, SourceName]], int]
"""Writes a file of events, given the names of their sources; returns how many it holds."""

FORMATS: Mapping[str, Write] = {"webvtt": webvtt.write, "activitynet": activitynet.write}
OF_ONE_VIDEO = frozenset({"webvtt"})
VIDEOS = 100_000
"""The most that one file names."""


@dataclass(frozen=True)
class ExportedEvents:
    path: Path
    format: str
    written: int
    bytes: int


def export_events(store: RecordStore, to: Path, format: str, where: EventFilter) -> ExportedEvents:
    """Write the events of a filter into a file, in the place of one that is there.

    Raises ``UnknownName``, ``StoreUnavailable`` where it cannot be written, and ``WrongUse``, also for a
    format of one video where several have such events.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, list(FORMATS))
    videos = [video for video in store.videos(where, limit=VIDEOS) if video.events]
    if format in OF_ONE_VIDEO and len(videos) > 1:
        titles = ", ".join(video.title for video in videos[:3])
        raise WrongUse(
            f"a {format} file belongs to one video, and {len(videos)} have such events ({titles}, ...): name "
            "one with --source"
        )
    names = store.names([video.source_id for video in videos])
    with whole_file(to) as partial:
        written = FORMATS[format](partial, store.all_events(where), names)
        size = partial.stat().st_size
    return ExportedEvents(to, format, written, size)
