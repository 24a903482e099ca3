"""Real scenes in a folder of somebody's own: Abstract Scenes 1.1, or CoDraw in any of its forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from midspan.errors import WrongUse
from midspan.models.scene.data.abstract_scenes import abstract_scenes, codraw
from midspan.models.scene.data.examples import Example

PACKED = (".jsonl", ".jsonl.gz")


def real_scenes(folder: Path, split: str) -> Iterator[Example]:
    """Those of ``train``, ``val`` or ``test``. Raises ``WrongUse`` where there are none."""
    found = False
    for example in _all(folder):
        if example.split == split:
            found = True
            yield example
    if not found:
        raise WrongUse(
            f"{folder}: expected Scenes_10020.txt of Abstract Scenes, or CoDraw_1_0.json, one JSON file a "
            f"dialog or JSON lines of CoDraw with scenes of its part {split!r}; found none"
        )


def _all(folder: Path) -> Iterator[Example]:
    if (folder / "Scenes_10020.txt").is_file():
        yield from abstract_scenes(folder)
        return
    whole = folder / "CoDraw_1_0.json"
    lines = sorted(file for file in folder.glob("*.jsonl*") if file.name.endswith(PACKED))
    for path in [whole] if whole.is_file() else lines or [folder]:
        yield from codraw(path)
