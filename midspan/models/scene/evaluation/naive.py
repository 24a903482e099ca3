"""What places things without reading, or with a glance at the words around them: what a model must beat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.scene.data.examples import Example
from midspan.models.scene.evaluation.placing import Place
from midspan.models.scene.evaluation.scenes import TestScene, places_of
from midspan.models.scene.learned.measures import Places
from midspan.models.scene.learned.rows import NEAR, UNNAMED, Question, Row, Rows

Doubles = npt.NDArray[np.float64]

WINDOW = 7
"""Pieces to either side of where a thing is named."""
RIDGE = 30.0
"""Penalty of the linear model; of 10, 30 and 100 the best on CoDraw's validation part."""
FEWEST, MOST = 20, 3000
"""Examples of a category: one with fewer is placed as all things are, and more are not looked at."""


def random_places(seed: int) -> Place:
    def place(scenes: Sequence[TestScene]) -> list[Places]:
        rng = np.random.default_rng(seed)
        found = []
        for scene in scenes:
            count = len(scene.question.labels)
            points, depths = rng.random((count, 2)), rng.integers(0, 3, count)
            found.append(Places(points, depths, rng.integers(0, 2, count)))
        return found

    return place


def centre(scenes: Sequence[TestScene]) -> list[Places]:
    """Everything in the middle, near, turned to the right."""
    return [
        Places(np.full((len(one.question.labels), 2), 0.5), *(np.zeros(len(one.question.labels), int),) * 2)
        for one in scenes
    ]


def usual_places(
    examples: Sequence[Example], middle: Callable[[Doubles], Doubles] = lambda rows: np.mean(rows, axis=0)
) -> Place:
    """Each thing where its category is on average; what was never seen, where all things are."""
    rows: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for example in examples:
        true = places_of(example)
        for thing, point, depth, facing in zip(
            example.things, true.points, true.depths, true.facings, strict=True
        ):
            for name in (thing.category, ""):
                rows[name].append((*point, depth, facing))
    known = {
        name: (middle(np.array(some)[:, :2]), *(_most(np.array(some)[:, k]) for k in (2, 3)))
        for name, some in rows.items()
    }

    def place(scenes: Sequence[TestScene]) -> list[Places]:
        found = []
        for scene in scenes:
            each = [known.get(name, known[""]) for name in scene.question.categories]
            points, depths, facings = zip(*each, strict=True)
            found.append(Places(np.array(points), np.array(depths), np.array(facings)))
        return found

    return place


def _most(values: Doubles) -> int:
    return int(np.bincount(values.astype(int)).argmax())


def nearest_scene(examples: Sequence[Example]) -> Place:
    """The places of the training scene that shares most things; what it lacks, at its usual place."""
    usual = usual_places(examples)
    names = sorted({thing.category for example in examples for thing in example.things})
    columns = {name: column for column, name in enumerate(names)}
    has = np.zeros((len(examples), len(names)), dtype=np.float32)
    for row, example in enumerate(examples):
        has[row, [columns[thing.category] for thing in example.things]] = 1
    sizes = has.sum(axis=1)

    def place(scenes: Sequence[TestScene]) -> list[Places]:
        return [_from(scene, said) for scene, said in zip(scenes, usual(scenes), strict=True)]

    def _from(scene: TestScene, said: Places) -> Places:
        wanted = {columns[name] for name in scene.question.categories if name in columns}
        shared = has[:, sorted(wanted)].sum(axis=1)
        overlap = shared / (sizes + len(wanted) - shared)  # Jaccard
        example = examples[int(overlap.argmax())]
        theirs, at = places_of(example), {one.category: k for k, one in enumerate(example.things)}
        points, depths, facings = said.points.copy(), said.depths.copy(), said.facings.copy()
        for k, name in enumerate(scene.question.categories):
            if name in at:
                points[k] = theirs.points[at[name]]
                depths[k], facings[k] = theirs.depths[at[name]], theirs.facings[at[name]]
        return Places(points, depths, facings)

    return place


# --- linear in the words near to where a thing is named ---


def linear_window(examples: Sequence[Example], rows: Rows) -> Place:
    """For each category a ridge regression of x, y, depth and facing on the pieces within ``WINDOW``."""
    inputs: dict[str, list[npt.NDArray[np.int64]]] = defaultdict(list)
    outputs: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    for example in examples:
        question = Question.of(
            example.text, [one.label for one in example.things], [one.category for one in example.things]
        )
        true = places_of(example)
        for k, words in enumerate(_windows(rows(question))):
            depth = [float(true.depths[k] == level) for level in range(3)]
            answer = (*true.points[k], *depth, float(true.facings[k]))
            for name in (question.categories[k], ""):
                if len(inputs[name]) < MOST:
                    inputs[name].append(words)
                    outputs[name].append(answer)
    models = {
        name: _Ridge.fitted(inputs[name], np.array(outputs[name]))
        for name in inputs
        if len(inputs[name]) >= FEWEST
    }

    def place(scenes: Sequence[TestScene]) -> list[Places]:
        found = []
        for scene in scenes:
            said = np.array(
                [
                    models.get(name, models[""])(words)
                    for name, words in zip(
                        scene.question.categories, _windows(rows(scene.question)), strict=True
                    )
                ]
            )
            facings = (said[:, 5] > 0.5).astype(int)
            found.append(Places(np.clip(said[:, :2], 0, 1), said[:, 2:5].argmax(axis=1), facings))
        return found

    return place


def _windows(row: Row) -> list[npt.NDArray[np.int64]]:
    """The pieces near to where each thing is named, each once."""
    near = row.near.astype(int)
    return [np.unique(row.tokens[(steps != UNNAMED) & (np.abs(steps - NEAR) <= WINDOW)]) for steps in near]


class _Ridge:
    """By its dual: there are fewer examples than pieces."""

    def __init__(self, places: dict[int, int], weights: Doubles, mean: Doubles) -> None:
        self._places, self._weights, self._mean = places, weights, mean

    @classmethod
    def fitted(cls, inputs: Sequence[npt.NDArray[np.int64]], outputs: Doubles) -> _Ridge:
        places = {piece: k for k, piece in enumerate(np.unique(np.concatenate(inputs)).tolist())}
        has = np.zeros((len(inputs), len(places)))
        for row, words in enumerate(inputs):
            has[row, [places[piece] for piece in words.tolist()]] = 1
        mean = outputs.mean(axis=0)
        dual = np.linalg.solve(has @ has.T + RIDGE * np.eye(len(has)), outputs - mean)
        return cls(places, has.T @ dual, mean)

    def __call__(self, words: npt.NDArray[np.int64]) -> Doubles:
        known = [self._places[piece] for piece in words.tolist() if piece in self._places]
        return np.asarray(self._mean + self._weights[known].sum(axis=0))
