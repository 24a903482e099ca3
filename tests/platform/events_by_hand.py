"""Events written into a real workspace, as the stages would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from midspan import Workspace
from midspan.db.record_store import READING, Commit, RunResult
from midspan.records import (
    ActionEvent,
    EventTrack,
    Location,
    Provenance,
    Run,
    Segment,
    Source,
    digest,
    record_id,
)

READ, SEEN = Run(READING, 1), Run("action", 1, "by hand")


@dataclass(frozen=True)
class Seen:
    start: float
    end: float
    verb: str
    nouns: tuple[str, ...] = ()
    score: float = 0.75
    tracks: tuple[EventTrack, ...] = ()


def write(workspace: Workspace, path: str, seen: Sequence[Seen]) -> list[ActionEvent]:
    """A video of windows of two seconds, as long as the last event."""
    source_id = digest(ascii(path))
    windows = [
        Segment(
            id=record_id("seg", source_id, READ.id, ordinal),
            source_id=source_id,
            ordinal=ordinal,
            kind="window",
            unit="s",
            start=2.0 * ordinal,
            end=2.0 * ordinal + 2.0,
            run_id=READ.id,
        )
        for ordinal in range(int(max(one.end for one in seen) + 1.99) // 2)
    ]
    events = [
        ActionEvent(
            id=record_id("event", source_id, SEEN.id, one.start, one.end),
            provenance=Provenance(
                source_id, SEEN.id, windows[int(one.start) // 2].id, "s", one.start, one.end
            ),
            text=" ".join((one.verb, *one.nouns)),
            verb=one.verb,
            nouns=one.nouns,
            score=one.score,
            tracks=one.tracks,
        )
        for one in seen
    ]
    workspace.parts.store.commit(
        Commit(
            runs=[READ, SEEN],
            sources=[Source(source_id, "video", "video/mp4", Path(path).name, 7, 1000.0)],
            segments=windows,
            products=list(events),
            results=[RunResult(source_id, run.id, True) for run in (READ, SEEN)],
            locations=[Location(path, source_id, 7, 1, 1.0)],
        )
    )
    return events
