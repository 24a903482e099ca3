"""How probable each place is for one thing of a scene, given where the others stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from midspan.models.scene.learned.grid import MASKED, bins_of
from midspan.models.scene.learned.placer import Placer
from midspan.models.scene.learned.rows import Question
from midspan.records import SceneArrangement


@dataclass(frozen=True)
class HeatMap:
    """Each sums to 1: bins of 1/25 of the width from the left, of 1/20 of the height from the top."""

    x: npt.NDArray[np.float32]
    """(25,)."""
    y: npt.NDArray[np.float32]
    """(20,)."""


def heat(scene: SceneArrangement, thing: int) -> HeatMap:
    """By the shipped model. Raises ``ModelFilesMissing``, and ``IndexError`` where there is no such thing."""
    if not 0 <= thing < len(scene.objects):
        raise IndexError(f"the scene has {len(scene.objects)} things, no thing {thing}")
    points = [(one.x, one.y) for one in scene.objects]
    more = [(one.depth, int(one.facing == "left")) for one in scene.objects]
    placed = np.concatenate([bins_of(points), np.array(more, dtype=np.int64)], axis=1)
    placed[thing] = MASKED
    said = _placer().say(_question(scene), placed)
    return HeatMap(said.x[thing], said.y[thing])


def _question(scene: SceneArrangement) -> Question:
    start = int(scene.provenance.start)
    labels = tuple(one.surface.lower() for one in scene.objects)
    categories = tuple(one.category for one in scene.objects)
    found = Question.of(scene.text, labels, categories)
    mentions = tuple(
        ((one.start - start, one.end - start), *named) if one.start >= start else named
        for one, named in zip(scene.objects, found.mentions, strict=True)
    )
    return Question(scene.text, labels, categories, mentions)


@cache
def _placer() -> Placer:
    return Placer.load()
