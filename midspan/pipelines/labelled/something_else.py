"""Labels as Something-Else was published: ``[{id, template, label, placeholders}]``, a file a split, with
videos that are called by the ids, and boxes perhaps in a file of annotations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from midspan.models.action.boxes.reading import read_json
from midspan.pipelines.labelled.labels import Label, Labels, Refused, refuse, words
from midspan.pipelines.readers.detect import SUPPORTED_SUFFIXES

BOXES = ("annotations*.json", "detections*.json", "bounding_box*.json")


def read_splits(files: Mapping[str, Path]) -> Labels:
    """``files`` by split. Videos lie beside the files or in a folder there; the verb is the template, without
    its brackets. Raises ``WrongUse`` and ``CorruptSource``."""
    labels: list[Label] = []
    refused: list[Refused] = []
    folder = next(iter(files.values())).parent
    videos = _videos(folder)
    for split, path in files.items():
        rows = read_json(path)
        if not isinstance(rows, list):
            raise refuse(path, "a list of rows with id and template")
        for number, row in enumerate(rows, start=1):
            where = f"{path.name}, row {number}"
            try:
                labels.append(_label(row, videos, split, where))
            except ValueError as error:
                refused.append(Refused(where, str(error)))
    boxes = sorted(one for pattern in BOXES for one in folder.glob(pattern))
    return Labels(tuple(labels), tuple(refused), tuple(boxes))


def _videos(folder: Path) -> dict[str, Path]:
    """By name without ending, of the folder and those in it."""
    found = sorted((*folder.glob("*/*.*"), *folder.glob("*.*")))
    return {path.stem: path for path in found if path.is_file() and _is_video(path)}


def _is_video(path: Path) -> bool:
    return SUPPORTED_SUFFIXES.get(path.suffix.lower(), "").startswith("video/")


def _label(row: Any, videos: Mapping[str, Path], split: str, where: str) -> Label:
    """Raises ``ValueError`` that says what is wrong."""
    if not isinstance(row, dict):
        raise ValueError("is no row with id and template")
    name, verb = words(row.get("id")), words(row.get("template") or row.get("label"))
    verb = verb.replace("[", "").replace("]", "")
    if not name or not verb:
        raise ValueError("a row needs an id, and a template or a label")
    if name not in videos:
        raise ValueError(f"there is no video called {name}")
    placeholders = row.get("placeholders")
    noun = words(placeholders[0]) if isinstance(placeholders, list) and placeholders else ""
    return Label(where, videos[name], verb, noun, split=split)
