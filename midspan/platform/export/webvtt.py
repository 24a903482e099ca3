"""WebVTT: the events of one video as cues, which a player shows as chapters or subtitles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from midspan.db.record_store import SourceName
from midspan.platform.export.texts import utf8
from midspan.records import ActionEvent

SHORTEST = 0.001
"""Seconds: a cue ends after it begins."""


def write(path: Path, events: Iterable[ActionEvent], names: Mapping[str, SourceName]) -> int:
    """Returns the number of cues."""
    written = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("WEBVTT\n")
        for one in events:
            written += 1
            start, end = one.provenance.start, one.provenance.end
            file.write(
                f"\n{written}\n{_clock(start)} --> {_clock(max(end, start + SHORTEST))}\n{_said(one)}\n"
            )
    return written


def _said(event: ActionEvent) -> str:
    """One line: an empty one would end the cue."""
    return escape(utf8(" ".join((event.text or event.verb).split())), quote=False)


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
