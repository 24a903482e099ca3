"""A label volume in a NIfTI file becomes an atlas, or is refused with what is wrong with it.

The file is read slice by slice and thinned on the way, so that memory is bounded by the grid that comes
out, not by the file. Each voxel that is kept stands at its exact place; on the grid it may be off by half
a voxel of either.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from scipy import ndimage

from midspan.errors import BadAtlas
from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.volume import Floats, Labels, LabelVolume, vector

FINEST_MM, COARSEST_MM = 2.0, 4.0
MOST_VOXELS = 64_000_000
"""Of the grid that comes out: 128 MB."""
MOST_READ = 2**32
"""Voxels of the file."""
MOST_IN_SLICE = 2**26
FEW_VOXELS = 10
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Imported:
    atlas: Atlas
    affine: Floats
    """(4, 4), the file's own: from its voxel index to LPS mm."""
    shape: tuple[int, int, int]
    """The file's own."""
    warnings: tuple[str, ...]


def read_atlas(
    path: Path, structures: Sequence[Structure], name: str, *, licence: str = "", citation: str = ""
) -> Imported:
    """The atlas in ``path``, with those of the structures that occur in it. Raises ``BadAtlas``."""
    image = _opened(path)
    affine = _affine(path, image)
    warnings = _orientation(image)
    thinned, thinned_affine, occurring = _read(path, image, affine)
    _known(path, occurring, structures)
    volume = _upright(path, thinned, thinned_affine)
    counts = volume.counts()
    kept = []
    for structure in structures:
        if structure.label not in occurring:
            continue
        count = counts.get(structure.label, 0)
        if count:
            kept.append(structure)
        if count < FEW_VOXELS:
            what = "is lost" if not count else f"has only {count} voxels"
            warnings.append(f"{structure.title} (label {structure.label}) {what} at {volume.pitch_mm:g} mm")
    if not kept:
        raise BadAtlas(f"{path}: no structure is large enough for a grid of {volume.pitch_mm:g} mm")
    atlas = Atlas(name, kept, volume, licence=licence, citation=citation)
    return Imported(atlas, affine, tuple(image.shape), tuple(warnings))


# --- the file ---


def _opened(path: Path) -> Any:
    """The image with its header; no voxel is read yet."""
    if not path.is_file():
        raise BadAtlas(f"{path} is not a file; expected a NIfTI label volume (.nii or .nii.gz)")
    image: Any
    try:
        if path.suffix.lower() == ".gz":
            _decompressed(path)
        image = nib.load(path, keep_file_open=True)
    except (ImageFileError, HeaderDataError, gzip.BadGzipFile, EOFError, zlib.error, OSError) as error:
        raise BadAtlas(f"{path} cannot be read as NIfTI, or is damaged or cut off: {error}") from error
    if not isinstance(image, (nib.Nifti1Image, nib.Nifti2Image)):
        raise BadAtlas(f"{path} is {type(image).__name__}; expected NIfTI (.nii or .nii.gz)")
    if len(image.shape) != 3:
        raise BadAtlas(f"{path} has {len(image.shape)} dimensions {image.shape}; a label volume has 3")
    if 0 in image.shape:
        raise BadAtlas(f"{path} has no voxels: its shape is {image.shape}")
    _holds_labels(path, image)
    if np.prod(image.shape, dtype=float) > MOST_READ or np.prod(image.shape[:2]) > MOST_IN_SLICE:
        raise BadAtlas(f"{path} has {image.shape} voxels, too many to read; resample it to 1 mm first")
    return image


def _decompressed(path: Path) -> None:
    """Read to the end, where gzip's checksum stands: reading the voxels alone stops before it."""
    with gzip.open(path) as stream:
        while stream.read(1 << 22):
            pass


def _holds_labels(path: Path, image: Any) -> None:
    scaled = (image.dataobj.slope, image.dataobj.inter) != (1.0, 0.0)
    if image.get_data_dtype().kind not in "iu" or scaled:
        kind = "scaled numbers" if scaled else str(image.get_data_dtype())
        raise BadAtlas(f"{path} holds {kind}; labels are whole numbers: store them as uint8 or uint16")


def _affine(path: Path, image: Any) -> Floats:
    """From voxel index to LPS mm."""
    affine = np.asarray(image.affine, dtype=np.float64)
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise BadAtlas(f"{path}: the affine cannot be inverted, so that its voxels have no place:\n{affine}")
    unit = image.header.get_xyzt_units()[0]
    if unit not in ("mm", "unknown"):
        raise BadAtlas(f"{path} says that its affine counts in {unit}; expected mm")
    return _RAS_TO_LPS @ affine


def _orientation(image: Any) -> list[str]:
    if int(image.header["sform_code"]) or int(image.header["qform_code"]):
        return []
    return ["the file does not say how it is oriented (no sform, no qform); its axes are taken as R, A, S"]


def _read(path: Path, image: Any, affine: Floats) -> tuple[Labels, Floats, set[int]]:
    """Every n-th voxel along each axis, so that two that are kept are at most the finest pitch apart; the
    affine of what is kept; and all labels of the file, also those of voxels that are not kept."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    every = np.maximum((FINEST_MM / spacing).astype(int), 1)
    shape = [-(-size // step) for size, step in zip(image.shape, every, strict=True)]
    _fits(path, np.prod(shape, dtype=float))
    kept = np.zeros(shape, dtype=np.uint16)
    occurring: set[int] = set()
    try:
        for k in range(image.shape[2]):
            piece = np.asarray(image.dataobj[:, :, k])
            labels = np.unique(piece)
            if labels[0] < 0 or labels[-1] > 65535:
                raise BadAtlas(
                    f"{path} has the label {labels[0 if labels[0] < 0 else -1]}; expected 0 to 65535"
                )
            occurring.update(int(label) for label in labels)
            if k % every[2] == 0:
                kept[:, :, k // every[2]] = piece[:: every[0], :: every[1]]
    except (gzip.BadGzipFile, EOFError, zlib.error, OSError, ValueError) as error:
        raise BadAtlas(f"{path} is damaged or cut off: {error}; copy it again") from error
    occurring.discard(0)
    if not occurring:
        raise BadAtlas(f"{path} is empty: every voxel is 0")
    return kept, affine @ np.diag([*every.astype(float), 1.0]), occurring


def _fits(path: Path, voxels: float) -> None:
    if voxels > MOST_VOXELS:
        raise BadAtlas(
            f"{path} would need {voxels:.2g} voxels, more than {MOST_VOXELS:.2g}; crop it to the body, and "
            "check that its affine counts in mm"
        )


def _known(path: Path, occurring: set[int], structures: Sequence[Structure]) -> None:
    unknown = sorted(occurring - {structure.label for structure in structures})
    if unknown:
        shown = ", ".join(map(str, unknown[:10])) + (" ..." if len(unknown) > 10 else "")
        raise BadAtlas(f"{path} has labels that its table does not name: {shown}; add them to the table")


# --- the grid ---


def _upright(path: Path, labels: Labels, affine: Floats) -> LabelVolume:
    """Nearest neighbours on an upright grid of cubes around what is labelled."""
    filled = ndimage.find_objects((labels > 0).astype(np.uint8))
    if not filled:
        raise BadAtlas(f"{path}: what is labelled is thinner than {FINEST_MM:g} mm; nothing would be left")
    first = np.array([side.start for side in filled[0]]) - 0.5
    last = np.array([side.stop for side in filled[0]]) - 0.5
    corners = np.array(np.meshgrid(*zip(first, last, strict=True), indexing="ij")).reshape(3, -1)
    placed = affine[:3, :3] @ corners + affine[:3, 3:]
    low, high = placed.min(axis=1), placed.max(axis=1)
    pitch = _pitch(path, affine, high - low)
    shape = np.maximum(np.ceil((high - low) / pitch - 1e-6), 1).astype(int)
    origin = (low + high) / 2 - (shape - 1) / 2 * pitch
    back = np.linalg.inv(affine)
    grid = ndimage.affine_transform(
        labels,
        back[:3, :3] * pitch,
        offset=back[:3, :3] @ origin + back[:3, 3],
        output_shape=tuple(shape),
        order=0,
        mode="grid-constant",
        cval=0,
    )
    return LabelVolume(grid, vector(origin), pitch)


def _pitch(path: Path, affine: Floats, extent: npt.NDArray[Any]) -> float:
    """The file's finest spacing within the bounds, coarser where the grid would not fit."""
    finest = float(np.linalg.norm(affine[:3, :3], axis=0).min())
    pitch = round(min(max(finest, FINEST_MM), COARSEST_MM), 3)
    while np.prod(np.ceil(extent / pitch)) > MOST_VOXELS and pitch < COARSEST_MM:
        pitch = min(pitch + 0.5, COARSEST_MM)
    _fits(path, float(np.prod(np.ceil(extent / pitch))))
    return pitch
