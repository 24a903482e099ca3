"""A surface for drawing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Surface(NamedTuple):
    """A closed surface. Frame: LPS, millimetres."""

    organ: str
    vertices: npt.NDArray[np.float32]
    """(n, 3)."""
    triangles: npt.NDArray[np.int32]
    """(m, 3) rows of ``vertices``, counter-clockwise seen from outside."""
