"""The phantom as an :class:`Atlas`: voxelised on demand from its formulas, and kept in a file."""

from __future__ import annotations

from functools import cache

import numpy as np

from midspan.models.atlas.anatomy.atlas import Atlas, Structure
from midspan.models.atlas.anatomy.mesh import Surface
from midspan.models.atlas.anatomy.phantom import BODY, CITATION, LICENCE, PARTS, voxelise
from midspan.models.atlas.identity import ATLAS
from midspan.models.atlas.language.organs import PARTS as ALIASES_OF_PARTS

PITCH_MM = 2.0


@cache
def phantom_atlas() -> Atlas:
    """The adult stylised phantom; voxelising it takes about a second."""
    return Atlas(
        ATLAS, structures(), voxelise(PITCH_MM), licence=LICENCE, citation=CITATION, outline=_outline
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
