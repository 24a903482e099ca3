"""ActivityNet's format for detections: ``{"version", "results": {video: [{label, score, segment}]},
"external_data"}``, which its evaluation code and others' read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from midspan.db.record_store import SourceName
from midspan.platform.export.texts import all_utf8
from midspan.records import ActionEvent

VERSION = "VERSION 1.3"
SHOWN = 12
"""Digits of a source's id behind a title that several have."""


def write(path: Path, events: Iterable[ActionEvent], names: Mapping[str, SourceName]) -> int:
    """Returns the number of detections; ``events`` come source by source.

    A video is called by its file's name without the ending, as such files do it; by its id as well where
    several have one name. ``nouns`` and ``record`` are beside what the format asks for.
    """
    called = _called(names)
    written = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"version": {json.dumps(VERSION)}, "results": {{')
        for number, (source_id, some) in enumerate(groupby(events, lambda one: one.provenance.source_id)):
            rows = [_row(one) for one in some]
            written += len(rows)
            file.write(f"{',' if number else ''}\n{json.dumps(called[source_id])}: {json.dumps(rows)}")
        sources = {called[one]: {"source": one, "path": name.path} for one, name in names.items()}
        file.write(f'}},\n"external_data": {json.dumps({"sources": all_utf8(sources)})}}}\n')
    return written


def _called(names: Mapping[str, SourceName]) -> dict[str, str]:
    stems = {one: all_utf8(Path(name.title).stem or name.title) for one, name in names.items()}
    often = Counter(stems.values())
    return {one: stem if often[stem] == 1 else f"{stem}#{one[:SHOWN]}" for one, stem in stems.items()}


def _row(event: ActionEvent) -> dict[str, Any]:
    return {
        "label": all_utf8(event.verb),
        "score": event.score,
        "segment": [event.provenance.start, event.provenance.end],
        "nouns": all_utf8(list(event.nouns)),
        "record": event.id,
    }
