"""Sentences near a point, near an organ, or in one: the database finds what may be, the atlas judges."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from midspan.db.record_store import RecordStore
from midspan.errors import WrongUse
from midspan.platform.answers import NearPlace
from midspan.platform.places import with_sources
from midspan.records import AtlasGrounding

if TYPE_CHECKING:
    from midspan.models.atlas.anatomy.atlas import Atlas

Side = Literal["left", "right", ""]
Found = list[tuple[AtlasGrounding, float]]
PAGE = 10_000
"""Groundings that are judged at a time."""
RADIUS_MM = 30.0
"""Around an organ, where none is asked for."""


def near_point(
    store: RecordStore, atlas: str, point: Sequence[float], radius_mm: float | None, limit: int
) -> list[NearPlace]:
    """The nearest first. Raises ``WrongUse`` for what is no point or radius."""
    if len(point) != 3:
        raise WrongUse(f"a point has three numbers (x, y, z in mm), not {len(point)}")
    x, y, z = (float(number) for number in point)
    return _named(store, store.near_points(atlas, (x, y, z), limit, radius_mm))


def near_organ(
    store: RecordStore, atlas: Atlas, organ: str, side: Side, radius_mm: float | None, limit: int
) -> list[NearPlace]:
    """Within a distance of the organ's surface or in the organ; the nearest first, at the same distance
    by id. Raises ``UnknownName``, ``WrongUse``."""
    radius = RADIUS_MM if radius_mm is None else radius_mm
    if not 0 <= radius < float("inf"):
        raise WrongUse(f"a radius is 0 mm or more, not {radius}")

    def judged(page: list[AtlasGrounding]) -> Iterator[tuple[AtlasGrounding, float]]:
        apart = atlas.distance(_points(page), organ, side)
        return ((one, float(mm)) for one, mm in zip(page, apart, strict=True) if mm <= radius)

    candidates = (found for page in _pages(store, atlas, organ, side, radius) for found in judged(page))
    best = heapq.nsmallest(limit, candidates, key=lambda found: (found[1], found[0].id))
    return _named(store, best)


def inside_organ(store: RecordStore, atlas: Atlas, organ: str, side: Side, limit: int) -> list[NearPlace]:
    """Those whose point lies in the organ, by id. Raises ``UnknownName``."""
    labels = [structure.label for structure in atlas.structures_of(organ, side)]
    found: Found = []
    for page in _pages(store, atlas, organ, side, 0.0):
        within = np.isin(atlas.volume.at(_points(page)), labels)
        found += [(one, 0.0) for one, inside in zip(page, within, strict=True) if inside]
        if len(found) >= limit:
            break
    return _named(store, found[:limit])


def _pages(
    store: RecordStore, atlas: Atlas, organ: str, side: Side, margin: float
) -> Iterator[list[AtlasGrounding]]:
    """All groundings in the organ's box and a margin around it."""
    boxes = [atlas.box_of(structure) for structure in atlas.structures_of(organ, side)]
    low = np.min([box.low for box in boxes], axis=0) - margin
    high = np.max([box.high for box in boxes], axis=0) + margin
    offset = 0
    while page := store.points_in_box(atlas.name, _triple(low), _triple(high), PAGE, offset):
        yield page
        offset += len(page)


def _points(page: Sequence[AtlasGrounding]) -> npt.NDArray[np.float64]:
    """(n, 3) in mm; every grounding that lies in a box has a point."""
    return np.array([(one.x_mm, one.y_mm, one.z_mm) for one in page], dtype=np.float64)


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    return (float(values[0]), float(values[1]), float(values[2]))


def _named(store: RecordStore, found: Found) -> list[NearPlace]:
    """With titles and paths; what was removed meanwhile is left out."""
    distances = {one.id: distance for one, distance in found}
    places = with_sources(store, [one for one, _ in found])
    return [NearPlace(place, distances[place.grounding.id]) for place in places]
