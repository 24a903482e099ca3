"""An atlas's surfaces, kept in a file: making them takes seconds, reading them a fraction of one.

The file is named after all that it depends on, so it is never stale, and is written beside and moved into
place, so it is never half there. One that cannot be read is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.anatomy.mesh import Surface

VERSION = 1
"""Raised when the surfaces of the same voxels look different."""


def surfaces_of(atlas: Atlas, folder: Path | None) -> tuple[Surface, ...]:
    """As ``atlas.meshes``, from ``folder`` where they lie there; without one nothing is kept."""
    if folder is None:
        return atlas.meshes
    file = folder / f"surfaces-{_key(atlas)[:32]}.npz"
    kept = _read(file)
    if kept is None:
        kept = atlas.meshes
        with contextlib.suppress(OSError):  # no space, or no leave to write: they are made anew next time
            _write(file, kept)
    return kept


def _key(atlas: Atlas) -> str:
    volume = atlas.volume
    table = [(one.label, one.organ) for one in atlas.structures]
    place = (atlas.name, volume.labels.shape, volume.origin_mm, volume.pitch_mm)
    sha = hashlib.sha256(json.dumps([VERSION, place, table]).encode())
    sha.update(volume.labels.tobytes())
    return sha.hexdigest()


def _read(file: Path) -> tuple[Surface, ...] | None:
    try:
        # opened here, as numpy leaves a file open that it cannot read
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as data:
            names = [str(name) for name in data["names"]]
            return tuple(
                Surface(name, data[f"vertices-{index}"], data[f"triangles-{index}"])
                for index, name in enumerate(names)
            )
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def _write(file: Path, surfaces: tuple[Surface, ...]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    arrays: dict[str, Any] = {f"vertices-{index}": one.vertices for index, one in enumerate(surfaces)}
    arrays |= {f"triangles-{index}": one.triangles for index, one in enumerate(surfaces)}
    try:
        with beside.open("wb") as stream:
            np.savez_compressed(stream, names=np.array([one.organ for one in surfaces]), **arrays)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
