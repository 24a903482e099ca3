"""From a distribution over organs to a point: the one with the least expected distance.

``argmin over points c of sum over organs o of P(o) * distance(c, o)``, over points in every organ and in
between. Knows no network: another atlas only needs another table.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.identity import ATLAS

Floats = npt.NDArray[np.float64]
POINTS_PER_ORGAN = 300
BODY_POINTS = 6000
CHUNK = 256
PHANTOM_FILE = Path(__file__).parent / "phantom_distances.npz"
"""The phantom's table, made by ``python -m benchmarks.build_phantom``."""

_tables: weakref.WeakKeyDictionary[Atlas, DistanceTable] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class DistanceTable:
    organs: tuple[str, ...]
    points_mm: Floats
    """(m, 3), LPS."""
    distances_mm: Floats
    """(m, organs): from each point to the nearest of the organ; 0 within it."""

    def least_expected(self, shares: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Points (n, 3) and the expected distance at each (n,), in mm, for shares (n, organs).

        The shares of a row count as they stand; a row that sums to 1 gives the expectation.
        """
        rows = np.asarray(shares, dtype=np.float64)
        chosen = np.zeros(len(rows), dtype=np.int64)
        spread = np.zeros(len(rows))
        for start in range(0, len(rows), CHUNK):
            expected = rows[start : start + CHUNK] @ self.distances_mm.T
            chosen[start : start + CHUNK] = expected.argmin(axis=1)
            spread[start : start + CHUNK] = expected.min(axis=1)
        return self.points_mm[chosen], spread


def expected_distance(atlas: Atlas, points_mm: npt.ArrayLike, shares: npt.ArrayLike) -> Floats:
    """The expected distance (n,), in mm, at given points (n, 3) for shares (n, organs): their spread."""
    return np.asarray((atlas.distances(points_mm) * np.asarray(shares)).sum(axis=1))


def distance_table(atlas: Atlas) -> DistanceTable:
    """The atlas's table, kept as long as the atlas: the phantom's is read, any other's made on first use
    (about a second)."""
    if atlas not in _tables:
        _tables[atlas] = read_table(PHANTOM_FILE) if atlas.name == ATLAS else measured_table(atlas)
    return _tables[atlas]


def measured_table(atlas: Atlas) -> DistanceTable:
    rng = np.random.default_rng(0)
    clouds = [atlas.sample(organ, POINTS_PER_ORGAN, rng) for organ in atlas.organs]
    points = np.concatenate([*clouds, atlas.sample_body(BODY_POINTS, rng)])
    return DistanceTable(atlas.organs, points, atlas.distances(points))


def read_table(file: Path) -> DistanceTable:
    """What :func:`write_table` wrote. Raises ``OSError``."""
    with np.load(file, allow_pickle=False) as data:
        organs = tuple(str(organ) for organ in data["organs"])
        return DistanceTable(organs, data["points_mm"], data["distances_mm"].astype(np.float64))


def write_table(table: DistanceTable, file: Path) -> None:
    """Distances to the tenth of a micrometre, in half the space."""
    np.savez_compressed(
        file,
        organs=np.array(table.organs),
        points_mm=table.points_mm,
        distances_mm=table.distances_mm.astype(np.float32),
    )


def onto(organs: Sequence[str], shares: Floats, atlas: Atlas) -> Floats:
    """Shares (n, len(organs)) of a model's organs as shares (n, len(atlas.organs)) that sum to 1.

    Organs that the atlas does not have are left out and the rest raised in proportion; a row of which
    nothing is left is all zero.
    """
    moved = np.zeros((len(shares), len(atlas.organs)))
    for index, organ in enumerate(organs):
        if organ in atlas.organs:
            moved[:, atlas.organs.index(organ)] = shares[:, index]
    total = moved.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(moved, total, out=np.zeros_like(moved), where=total > 0))
