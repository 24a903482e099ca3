"""Ground truth and detections of the benchmark in the formats that Something-Else was published in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from midspan.models.action.data.arrays import HAND
from midspan.models.action.data.clip import Clip
from midspan.models.action.data.detector_noise import Detections
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.tracks import TrueTrack
from midspan.models.action.data.verbs import VERBS, label
from midspan.models.kit.files import whole

Size = tuple[int, int]
"""Width and height in pixels."""


def labels() -> dict[str, str]:
    """The index of each sentence, as text."""
    return {verb.sentence: str(index) for index, verb in enumerate(VERBS)}


def split_row(name: str, clip: Clip) -> dict[str, Any]:
    """A row of a split file."""
    nouns = placeholders(clip)
    return {
        "id": name,
        "label": label(clip.verb, nouns),
        "template": VERBS[clip.verb].template,
        "placeholders": list(nouns),
    }


def placeholders(clip: Clip) -> tuple[str, ...]:
    """The nouns that the clip's template names."""
    return tuple(NOUNS[noun] for noun in (clip.noun, clip.other)[: VERBS[clip.verb].nouns])


def annotation(name: str, clip: Clip, tracks: list[TrueTrack], size: Size) -> list[dict[str, Any]]:
    """The frames of a video: hands, and the things that its template names, with boxes in pixels."""
    nouns = placeholders(clip)
    things = [thing for thing in clip.scene.things if thing.main]
    named = {
        f"thing-{clip.scene.things.index(thing)}": f"{nouns.index(NOUNS[thing.noun]):04}"
        for thing in things
        if NOUNS[thing.noun] in nouns
    }
    frames = []
    for frame in range(len(tracks[0].boxes)):
        boxes = [
            {
                "box2d": _box(track.boxes[frame], size),
                "category": track.noun,
                "standard_category": named.get(track.id, "hand"),
                "gt_annotation": f"object {int(named[track.id])}" if track.id in named else "hand",
            }
            for track in tracks
            if (track.id in named or track.category == "hand") and not np.isnan(track.boxes[frame]).any()
        ]
        frames.append(
            {
                "name": f"{name}/{frame + 1:04}.jpg",
                "gt_placeholders": list(nouns),
                "nr_instances": len(boxes),
                "labels": boxes,
            }
        )
    return frames


def detected(name: str, clip: Clip, detections: Detections, size: Size) -> dict[str, Any]:
    """A row of the prepared data set of the layout networks: what a detector saw, with its scores."""
    frames = []
    for frame in range(detections.boxes.shape[1]):
        seen = [
            {
                "category": "hand" if category == HAND else "object",
                **_box(detections.boxes[row, frame], size),
                "score": round(float(detections.scores[row, frame]), 4),
            }
            for row, category in enumerate(detections.categories)
            if not np.isnan(detections.boxes[row, frame]).any()
        ]
        frames.append({"frame_objects": seen})
    return {"id": name, "template": VERBS[clip.verb].template, "frames": frames}


def write_object(items: Iterable[tuple[str, Any]], path: Path) -> None:
    """A JSON object, one member a line, without holding it in memory."""
    _write(path, "{}", (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in items))


def write_list(items: Iterable[Any], path: Path) -> None:
    """A JSON list, one item a line, without holding it in memory."""
    _write(path, "[]", map(json.dumps, items))


def _write(path: Path, brackets: str, lines: Iterator[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as half, half.open("w", encoding="utf-8") as file:
        file.write(brackets[0])
        for number, line in enumerate(lines):
            file.write(("," if number else "") + "\n" + line)
        file.write("\n" + brackets[1] + "\n")


def _box(box: Any, size: Size) -> dict[str, float]:
    pixels = box * np.array([*size, *size])
    return {
        side: round(float(value), 2) for side, value in zip(("x1", "y1", "x2", "y2"), pixels, strict=True)
    }
