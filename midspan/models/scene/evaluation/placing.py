"""How well things are placed: a way of placing, by what it makes of the scenes of a view."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.kit.measuring import Figure, Figures, clustered
from midspan.models.scene.evaluation.scenes import TestScene
from midspan.models.scene.layout import Start, arrange
from midspan.models.scene.learned.measures import (
    Places,
    absolute,
    as_published,
    ordered,
    relative,
)
from midspan.models.scene.lexicon import NAMED
from midspan.models.scene.placed import Placed, holds

Place = Callable[[Sequence[TestScene]], list[Places]]
"""A way of placing: the truth of a scene is not to be looked at."""
GROUPS: dict[str, Callable[[TestScene], bool]] = {
    "explicit up to .5": lambda scene: scene.explicit <= 0.5,
    "explicit .5 to .75": lambda scene: 0.5 < scene.explicit <= 0.75,
    "explicit over .75": lambda scene: scene.explicit > 0.75,
    "2 to 4 things": lambda scene: len(scene.question.labels) <= 4,
    "5 to 7 things": lambda scene: 5 <= len(scene.question.labels) <= 7,
    "8 things or more": lambda scene: len(scene.question.labels) >= 8,
}


def figures_of(scenes: Sequence[TestScene], said: Sequence[Places], view: str) -> Figures:
    """Of the metrics of ``chapter``, each scene one draw."""
    pairs = [(scene.true, one) for scene, one in zip(scenes, said, strict=True)]
    published = np.array([as_published(one, true) for true, one in pairs])
    order = [ordered(one.points, true.points) for true, one in pairs]
    kept = [
        (number, holding)
        for number, (scene, one) in enumerate(zip(scenes, said, strict=True))
        for holding in _kept(scene, one)
    ]
    things = [number for number, (true, _) in enumerate(pairs) for _ in true.depths]
    found = {
        "absolute": _mean([absolute(one.points, true.points) for true, one in pairs]),
        "relative": _mean([relative(one.points, true.points) for true, one in pairs]),
        "facing": clustered(
            100.0 * np.concatenate([one.facings == true.facings for true, one in pairs]), things
        ),
        "depth": clustered(
            100.0 * np.concatenate([one.depths == true.depths for true, one in pairs]), things
        ),
        "order": clustered(
            [100.0 * one for some in order for one in some],
            [number for number, some in enumerate(order) for _ in some],
        ),
        "said_holds": clustered([100.0 * holding for _, holding in kept], [number for number, _ in kept]),
        "absolute_published": _mean(published[:, 0]),
        "relative_published": _mean(published[:, 1]),
        "facing_published": _mean(100.0 * published[:, 2]),
    }
    return {f"{name}_{view}": one for name, one in found.items() if not np.isnan(one.mean)}


def _mean(values: npt.ArrayLike) -> Figure:
    kept = [one for one in np.asarray(values, dtype=np.float64).tolist() if not np.isnan(one)]
    return clustered(kept, list(range(len(kept))))


def _kept(scene: TestScene, said: Places) -> list[bool]:
    """Which of the relations that the text says hold in a layout, things having their usual sizes."""
    things = [
        Placed(NAMED[category], float(x), float(y), int(depth), "left" if facing else "right")
        for category, (x, y), depth, facing in zip(
            scene.question.categories, said.points, said.depths, said.facings, strict=True
        )
    ]
    return [holds(things, constraint) for constraint in scene.constraints]


def projected(place: Place) -> Place:
    """What a way of placing says, moved until what the text says holds."""

    def moved(scenes: Sequence[TestScene]) -> list[Places]:
        return [_arranged(scene, said) for scene, said in zip(scenes, place(scenes), strict=True)]

    return moved


def _arranged(scene: TestScene, said: Places | None) -> Places:
    start = None
    if said is not None:
        start = [
            Start(float(x), float(y), int(depth), "left" if facing else "right")
            for (x, y), depth, facing in zip(said.points, said.depths, said.facings, strict=True)
        ]
    things = arrange([NAMED[name] for name in scene.question.categories], scene.constraints, start)
    return Places(
        np.array([(one.x, one.y) for one in things]),
        np.array([one.depth for one in things]),
        np.array([int(one.facing == "left") for one in things]),
    )


def by_rules(scenes: Sequence[TestScene]) -> list[Places]:
    """The usual places of their kinds, moved until what the text says holds."""
    return [_arranged(scene, None) for scene in scenes]
