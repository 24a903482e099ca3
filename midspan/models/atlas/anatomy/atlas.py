"""An anatomical atlas: named structures, where they lie, and what is where.

The phantom that ships and a label volume that somebody imports are both an :class:`Atlas`. It knows
nothing of texts beyond the names of its structures, and nothing of stores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from midspan.errors import UnknownName
from midspan.models.atlas.anatomy.landmarks import Landmarks
from midspan.models.atlas.anatomy.mesh import Surface
from midspan.models.atlas.anatomy.volume import Floats, LabelVolume, Vector, as_points, surface_cells, vector

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Side = Literal["left", "right", ""]
POINTS = 4000
"""Points that stand for an organ where all its voxels are too many."""


@dataclass(frozen=True)
class Structure:
    """What one label of the volume means. Structures of one organ (both kidneys, the lobes of the lung,
    the parts of the colon) share its name; ``name`` and ``side`` together are unique in an atlas."""

    label: int
    """From 1 on."""
    name: str
    """Without the side, as ``kidney`` or ``upper lobe of lung``."""
    organ: str
    """The group it belongs to; its own name where it stands alone."""
    side: Side = ""
    aliases: tuple[str, ...] = ()
    """Other words for this very structure; words for the whole organ lie with the organ's vocabulary."""
    snomed: str = ""
    uberon: str = ""

    @property
    def title(self) -> str:
        """``left kidney``."""
        return f"{self.side} {self.name}".strip()


class Box(NamedTuple):
    """Corners, LPS mm; a voxel counts with its whole cube."""

    low: Vector
    high: Vector


class Atlas:
    """Structures and their voxels. All points are LPS, millimetres; all distances millimetres.

    Verbs that take an ``organ`` mean all its structures, or those of one ``side`` where it has sides (an
    organ in the middle has no side: the side is then left out of account). They raise ``UnknownName`` for
    an organ that this atlas does not have. What is asked again is kept, so one object serves many calls;
    it may be shared between threads.
    """

    def __init__(
        self,
        name: str,
        structures: Sequence[Structure],
        volume: LabelVolume,
        *,
        licence: str = "",
        citation: str = "",
        outline: Callable[[], Surface] | None = None,
        landmarks: Landmarks | None = None,
    ) -> None:
        """``outline`` makes the skin as a surface called ``body``, where the atlas knows it. ``landmarks``
        spare what they hold from being computed.

        Raises ``ValueError`` when a structure has no voxel or a voxel's label no structure.
        """
        counts = volume.counts()
        if set(counts) != {structure.label for structure in structures}:
            raise ValueError("the labels of the volume and of the table are not the same")
        self.name = name
        self.structures = tuple(structures)
        self.volume = volume
        self.licence = licence
        self.citation = citation
        self.organs: tuple[str, ...] = tuple(dict.fromkeys(structure.organ for structure in structures))
        """Names of the organs, in the order of the table; indices below count in it."""
        self.paired = _paired(structures)
        """Organs that have a left and a right side."""
        self._counts = counts
        self._outline = outline
        self._of_label = np.full(max(counts) + 1, -1, dtype=np.int64)
        for structure in structures:
            self._of_label[structure.label] = self.organs.index(structure.organ)
        known = landmarks or Landmarks({}, {})
        self._known_distances = known.distances_mm
        self._centres = {(label,): centre for label, centre in known.centres_mm.items()}
        self._trees: dict[tuple[int, ...], cKDTree] = {}
        self._cells: dict[tuple[int, ...], Floats] = {}

    # --- names ---

    def structures_of(self, organ: str, side: Side = "") -> tuple[Structure, ...]:
        """The structures of an organ, or of one side of it."""
        whole = tuple(one for one in self.structures if one.organ == organ)
        if not whole:
            raise UnknownName("organ", organ, list(self.organs))
        sided = tuple(one for one in whole if one.side == side)
        return sided if side and sided else whole

    # --- what is at a point ---

    def organ_index_at(self, points: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """Index into ``organs`` for each of the points (n, 3): (n,), -1 outside every organ."""
        return np.asarray(self._of_label[self.volume.at(points)])

    def organ_at(self, points: npt.ArrayLike) -> list[str | None]:
        """Names instead of indices; None outside every organ."""
        return [self.organs[index] if index >= 0 else None for index in self.organ_index_at(points)]

    def structure_at(self, points: npt.ArrayLike) -> list[Structure | None]:
        by_label = {structure.label: structure for structure in self.structures}
        return [by_label.get(int(label)) for label in self.volume.at(points)]

    # --- how far is it ---

    def distance(self, points: npt.ArrayLike, organ: str, side: Side = "") -> Floats:
        """From each of the points (n, 3) to the nearest voxel centre of the organ: (n,), 0 in the organ."""
        asked = as_points(points)
        structures = self.structures_of(organ, side)
        if not side and (known := self._known(asked)) is not None:
            return known[:, self.organs.index(organ)]
        return self.distance_to(asked, structures)

    def distance_to(self, points: npt.ArrayLike, structures: Iterable[Structure]) -> Floats:
        """The same to the nearest of some structures: (n,), 0 in one of them."""
        labels = tuple(sorted(structure.label for structure in structures))
        if labels not in self._trees:
            from scipy.spatial import cKDTree  # takes half a second

            corner, filled = self.volume.window(labels)
            self._trees[labels] = cKDTree(self.volume.positions(corner + surface_cells(filled)))
        asked = as_points(points)
        apart, _ = self._trees[labels].query(asked)
        return np.where(np.isin(self.volume.at(asked), labels), 0.0, apart)

    def distances(self, points: npt.ArrayLike) -> Floats:
        """To every organ: (n, len(organs))."""
        asked = as_points(points)
        return np.column_stack([self.distance(asked, organ) for organ in self.organs])

    # --- where an organ is ---

    def centre(self, organ: str, side: Side = "") -> Vector:
        """The deepest point in the largest structure of the organ (or of its side).

        It lies inside, also where the centre of mass does not (colon, pelvis, ribs).
        """
        return self.centre_of(max(self.structures_of(organ, side), key=lambda one: self._counts[one.label]))

    def centre_of(self, structure: Structure) -> Vector:
        """The deepest point in one structure."""
        labels = (structure.label,)
        if labels not in self._centres:
            self._centres[labels] = self.volume.deepest(labels)
        return self._centres[labels]

    def sample(self, organ: str, n: int, rng: np.random.Generator, side: Side = "") -> Floats:
        """(n, 3) points drawn with equal chance from everywhere in the organ."""
        centres = self._voxels(organ, side)
        shift = rng.uniform(-0.5, 0.5, (n, 3)) * (self.volume.pitch_mm * (1 - 1e-9))
        return np.asarray(centres[rng.integers(0, len(centres), n)] + shift)

    def points(self, organ: str, side: Side = "", limit: int = POINTS) -> Floats:
        """(m, 3) voxel centres that stand for the organ, m <= ``limit``: the same on each call."""
        centres = self._voxels(organ, side)
        return centres[np.linspace(0, len(centres) - 1, min(limit, len(centres))).astype(np.int64)]

    def sample_body(self, n: int, rng: np.random.Generator) -> Floats:
        """(n, 3) points drawn with equal chance from the convex hull of all organs."""
        low, high = (np.array(corner) for corner in self.box(self.organs))
        found = np.zeros((0, 3))
        while len(found) < n:
            drawn = rng.uniform(low, high, (n, 3))
            inside = np.all(drawn @ self._hull[:, :3].T + self._hull[:, 3] <= 0, axis=1)
            found = np.concatenate([found, drawn[inside]])
        return found[:n]

    def box(self, organs: Iterable[str]) -> Box:
        """The smallest box around some organs."""
        labels = [one.label for organ in organs for one in self.structures_of(organ)]
        return self._box(labels)

    def box_of(self, structure: Structure) -> Box:
        return self._box([structure.label])

    def volume_mm3(self, structure: Structure) -> float:
        return self._counts[structure.label] * self.volume.pitch_mm**3

    def n_voxels(self, structure: Structure) -> int:
        return self._counts[structure.label]

    # --- how it looks ---

    @cached_property
    def meshes(self) -> tuple[Surface, ...]:
        """The body's outline first, called ``body``, where the atlas knows it; then every organ."""
        from midspan.models.atlas.anatomy.surface import surface  # loads scikit-image

        organs = [surface(self.volume, organ, [one.label for one in self.structures_of(organ)])
                  for organ in self.organs]  # fmt: skip
        return (*([self._outline()] if self._outline else []), *organs)

    # --- kept between calls ---

    def _known(self, points: Floats) -> Floats | None:
        """To every organ (n, len(organs)), where all of the points are landmarks."""
        rows = []
        for point in points.tolist():
            row = self._known_distances.get(tuple(point))
            if row is None:
                return None
            rows.append(row)
        return np.array(rows).reshape(len(rows), len(self.organs))

    def _voxels(self, organ: str, side: Side) -> Floats:
        labels = tuple(one.label for one in self.structures_of(organ, side))
        if labels not in self._cells:
            corner, filled = self.volume.window(labels)
            self._cells[labels] = self.volume.positions(corner + np.argwhere(filled))
        return self._cells[labels]

    def _box(self, labels: list[int]) -> Box:
        corner, filled = self.volume.window(labels)
        half = self.volume.pitch_mm / 2
        return Box(
            vector(self.volume.positions(corner + 1) - half),
            vector(self.volume.positions(corner + np.array(filled.shape) - 2) + half),
        )

    @cached_property
    def _hull(self) -> Floats:
        """(k, 4) planes; a point p is inside where all of a.p + b <= 0."""
        from scipy.spatial import ConvexHull  # takes half a second

        corner, filled = self.volume.window(self._counts)
        return np.asarray(ConvexHull(self.volume.positions(corner + surface_cells(filled))).equations)


def _paired(structures: Iterable[Structure]) -> frozenset[str]:
    sides: dict[str, set[str]] = {}
    for structure in structures:
        sides.setdefault(structure.organ, set()).add(structure.side)
    return frozenset(organ for organ, found in sides.items() if {"left", "right"} <= found)
