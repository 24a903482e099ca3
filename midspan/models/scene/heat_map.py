"""Where else a thing might be: the picture of a scene under a heat map of probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.models.scene.render import HEIGHT, WIDTH, render
from midspan.records import SceneArrangement

FAINTEST = 0.02
"""Cells with less than this share of the strongest one are not drawn."""
STRONGEST = 0.75
COLOUR = "#be123c"


def heat_map(
    scene: SceneArrangement, thing: int, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]
) -> str:
    """SVG. ``x`` (columns,) and ``y`` (rows,) are the probabilities of the thing's centre, each summing to 1,
    in bins of the same size from the left and from the top; they are taken for independent."""
    joint = np.outer(y, x)
    share = joint / max(float(joint.max()), 1e-12)
    wide, high = WIDTH / len(x), HEIGHT / len(y)
    cells = "".join(
        f'<rect x="{column * wide:g}" y="{row * high:g}" width="{wide:g}" height="{high:g}" '
        f'fill-opacity="{STRONGEST * share[row, column]:.3f}"><title>{joint[row, column]:.2%}</title></rect>'
        for row, column in np.argwhere(share >= FAINTEST)
    )
    name = f'<g class="heat" fill="{COLOUR}" data-thing="{thing}">'
    return render(scene, f"{name}{cells}</g>")
