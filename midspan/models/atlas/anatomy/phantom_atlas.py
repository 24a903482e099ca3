"""The phantom as an :class:`Atlas`: voxelised on demand from its formulas, its landmarks read from a file."""

from __future__ import annotations

from functools import cache

import numpy as np

from midspan.models.atlas.anatomy import landmarks
from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.landmarks import PHANTOM_FILE, Landmarks
from midspan.models.atlas.anatomy.mesh import Surface
from midspan.models.atlas.anatomy.phantom import BODY, CITATION, LICENCE, PARTS, centre_mm, voxelise
from midspan.models.atlas.identity import ATLAS
from midspan.models.atlas.language.organs import PARTS as ALIASES_OF_PARTS

PITCH_MM = 2.0


@cache
def phantom_atlas() -> Atlas:
    """The adult stylised phantom; voxelising it takes about a tenth of a second."""
    return _atlas(landmarks.read(PHANTOM_FILE))


def measured_landmarks() -> Landmarks:
    """What stands in the file: the centres of the structures, and how far these and the points at which
    sentences are drawn lie from every organ."""
    atlas = _atlas(None)
    centres = {one.label: atlas.centre_of(one) for one in atlas.structures}
    drawn = [
        centre_mm(part.organ, side, name)
        for part in PARTS
        if part.organ
        for side in dict.fromkeys(("", part.side))
        for name in ("", part.name)
    ]
    points = list(dict.fromkeys([*centres.values(), *drawn]))
    rows = (tuple(round(float(number), 6) for number in row) for row in atlas.distances(points))
    return Landmarks(centres, dict(zip(points, rows, strict=True)))


def _atlas(known: Landmarks | None) -> Atlas:
    return Atlas(
        ATLAS,
        structures(),
        voxelise(PITCH_MM),
        licence=LICENCE,
        citation=CITATION,
        outline=_outline,
        landmarks=known,
    )


def structures() -> tuple[Structure, ...]:
    """What the labels of :func:`voxelise` mean."""
    named = [part for part in PARTS if part.organ]
    return tuple(
        Structure(
            label,
            part.name,
            part.organ,
            part.side,
            aliases=tuple(alias for alias, name in ALIASES_OF_PARTS.items() if name == part.name),
        )
        for label, part in enumerate(named, 1)
    )


def _outline() -> Surface:
    from midspan.models.atlas.anatomy.phantom import sample
    from midspan.models.atlas.anatomy.surface import enclosing  # loads scikit-image

    axes, filled = sample(BODY, (0.6, 0.6, 0.6))
    return enclosing("body", filled, np.array([axis[0] for axis in axes]) * 10, 6.0)
