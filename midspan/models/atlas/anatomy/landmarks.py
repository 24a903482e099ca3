"""Points of an atlas that are asked for again and again, with what its voxels say of them.

A sentence that names an organ stands at one of a few dozen points. The phantom's lie in a file beside this
one, made by ``python -m benchmarks.build_phantom``, so that placing needs neither its voxels nor SciPy.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PHANTOM_FILE = Path(__file__).parent / "phantom_landmarks.json"
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Landmarks:
    """Frame: LPS, millimetres."""

    centres_mm: Mapping[int, Point]
    """The deepest point of a structure, by its label."""
    distances_mm: Mapping[Point, tuple[float, ...]]
    """From a point to each organ of the atlas, in its order; 0 within it."""


def read(file: Path) -> Landmarks:
    """What :func:`write` wrote. Raises ``OSError``."""
    data = json.loads(file.read_text("utf-8"))
    centres = {int(label): _point(centre) for label, centre in data["centres_mm"].items()}
    return Landmarks(centres, {_point(point): tuple(row) for point, row in data["distances_mm"]})


def write(landmarks: Landmarks, file: Path) -> None:
    """One line a point."""
    centres = ",\n".join(
        f'  "{label}": {json.dumps(centre)}' for label, centre in landmarks.centres_mm.items()
    )
    rows = ",\n".join(f"  {json.dumps(entry)}" for entry in landmarks.distances_mm.items())
    file.write_text(f'{{\n"centres_mm": {{\n{centres}\n}},\n"distances_mm": [\n{rows}\n]\n}}\n', "utf-8")


def _point(values: list[float]) -> Point:
    x, y, z = values
    return x, y, z
