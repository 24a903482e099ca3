"""Imported atlases, and what stands where in an atlas."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from midspan.records import AtlasGrounding, StoredAtlas

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


class AtlasStore(ABC):
    """Atlases with their voxels, and the sentences placed in them by where they stand."""

    @abstractmethod
    def add_atlas(self, atlas: StoredAtlas, labels: npt.NDArray[np.uint16]) -> None:
        """Keep an atlas with its voxels (``atlas.shape``); the same again changes nothing. Raises
        ``WrongUse`` when another one has this name: groundings lead to it."""

    @abstractmethod
    def remove_atlas(self, name: str) -> int:
        """Take an imported atlas out with everything that was placed in it; returns how many sentences were.
        Raises ``NotFound``."""

    @abstractmethod
    def atlases(self) -> list[StoredAtlas]:
        """By name."""

    @abstractmethod
    def atlas_labels(self, name: str) -> npt.NDArray[np.uint16]:
        """The voxels of an atlas. Raises ``NotFound``."""

    @abstractmethod
    def near_points(
        self,
        atlas: str,
        point_mm: tuple[float, float, float],
        limit: int,
        radius_mm: float | None = None,
    ) -> list[tuple[AtlasGrounding, float]]:
        """The groundings of an atlas that lie nearest to a point of its frame, with their distance in mm:
        the nearest first, at the same distance by id; with a radius only those at most so far away.
        Exact. Raises ``WrongUse`` for a point that is not finite and for a negative radius."""

    @abstractmethod
    def points_in_box(
        self,
        atlas: str,
        low_mm: tuple[float, float, float],
        high_mm: tuple[float, float, float],
        limit: int,
        offset: int = 0,
    ) -> list[AtlasGrounding]:
        """The groundings of an atlas with ``low_mm <= point <= high_mm`` on every axis, by id. Exact.
        Raises ``WrongUse`` where a corner is not finite or ``low_mm`` is above ``high_mm``."""

    @abstractmethod
    def organ_counts(self, atlas: str | None = None) -> dict[str, int]:
        """Grounded sentences by organ, of one atlas or of all."""
