"""Files with the boxes of many videos, parted into one a video, so that each is read once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from midspan.models.action.boxes.reading import of, read_json
from midspan.models.action.boxes.sidecar import ENDING
from midspan.models.kit.files import whole


def parted(files: Sequence[Path], videos: Collection[str], work: Path) -> dict[str, Path]:
    """A file of boxes for each of the videos that has some; where several files have, the first holds.

    Raises ``CorruptSource``, ``OSError``.
    """
    found: dict[str, Path] = {}
    for file in files:
        for video, boxes in _members(file):
            if video in videos and video not in found:
                found[video] = _kept(video, json.dumps(boxes), work)
    return found


def _kept(video: str, text: str, work: Path) -> Path:
    path = work / f"{hashlib.sha256((video + text).encode()).hexdigest()[:16]}{ENDING}"
    if not path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        with whole(path) as half:
            half.write_text(text, "utf-8")
    return path


def _members(file: Path) -> Iterator[tuple[str, Any]]:
    """Of annotations by video, or of a list of rows with ids."""
    told = read_json(file)
    members: list[tuple[str, Any]]
    with of(file, "the boxes of videos"):
        if isinstance(told, list):
            members = [(str(row["id"]), [row]) for row in told]
        else:
            members = [(str(video), {video: frames}) for video, frames in told.items()]
    yield from members
