"""Imported atlases, as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class AtlasOrgan:
    """A structure of a stored atlas: what one label of its volume means, and where it lies (LPS, mm)."""

    label: int
    name: str
    organ: str
    """The group it belongs to, which places name."""
    laterality: Literal["left", "right", ""]
    aliases: tuple[str, ...]
    snomed: str
    uberon: str
    centre_mm: tuple[float, float, float]
    low_mm: tuple[float, float, float]
    high_mm: tuple[float, float, float]
    volume_mm3: float
    n_voxels: int


@dataclass(frozen=True)
class StoredAtlas:
    """An imported atlas without its voxels. Frame: DICOM LPS, millimetres."""

    name: str
    """What places call it."""
    kind: Literal["labels"]
    licence: str
    citation: str
    file_affine: tuple[float, ...]
    """(16,) rows of the imported file's 4x4 affine, from its voxel index to LPS mm."""
    file_shape: tuple[int, int, int]
    origin_mm: tuple[float, float, float]
    """Centre of voxel (0, 0, 0) of the stored grid, which stands upright."""
    pitch_mm: float
    shape: tuple[int, int, int]
    sha256: str
    """Of the stored voxels, the table, licence and citation: the same import again has the same."""
    organs: tuple[AtlasOrgan, ...]
    added_at: float
    """Unix seconds."""
