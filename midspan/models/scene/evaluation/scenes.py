"""Scenes to place things in: made ones whose templates, pairs or categories were held out, and real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from midspan.models.scene.data.examples import Example
from midspan.models.scene.data.generator import generate
from midspan.models.scene.data.real import real_scenes
from midspan.models.scene.learned.measures import Places
from midspan.models.scene.learned.rows import Question
from midspan.models.scene.placed import Constraint
from midspan.models.scene.words import words

MADE_VIEWS = ("templates", "pairs", "categories", "implied")
"""Made scenes: of the first three each has something that no training scene has; in the last one something
is implied and nothing is stated."""
EACH = 100
"""Made scenes of a view and a seed."""
OFFSET = 77_000
"""From the seeds of training."""


@dataclass(frozen=True)
class TestScene:
    question: Question
    true: Places
    constraints: tuple[Constraint, ...]
    """What its text says; empty of real scenes, whose texts are not labelled."""
    explicit: float
    """Share of what it says that is stated in so many words."""
    held_out: bool = False
    """Whether its first thing alone is measured."""


def scene_of(example: Example) -> TestScene:
    labels = [one.label for one in example.things]
    categories = [one.category for one in example.things]
    said = [one.explicit for one in example.relations]
    constraints = tuple(
        Constraint(one.subject, one.predicate, one.object, one.other) for one in example.relations
    )
    return TestScene(
        Question.of(example.text, labels, categories),
        places_of(example),
        constraints,
        sum(said) / len(said) if said else explicit_share(example.text),
    )


def places_of(example: Example) -> Places:
    points = np.array([one.box[:2] for one in example.things], dtype=np.float64)
    return Places(
        np.clip(points, 0, 1),
        np.array([one.depth for one in example.things]),
        np.array([int(one.facing == "left") for one in example.things]),
    )


def made_scenes(view: str, seed: int, count: int = EACH) -> list[TestScene]:
    if view != "implied":
        return [scene_of(one) for one in generate(count, OFFSET + seed, view)]
    found: list[TestScene] = []
    for one in generate(100 * count, OFFSET + seed, "pairs"):
        if not any(relation.explicit for relation in one.relations):
            found.append(scene_of(one))
            if len(found) == count:
                break
    return found


def test_scenes(folder: Path) -> list[TestScene]:
    return [scene_of(one) for one in real_scenes(folder, "test")]


def train_examples(folder: Path | None, count: int) -> Sequence[Example]:
    """What the baselines learn from: the training part of real scenes, or as many made ones."""
    return list(generate(count, 0)) if folder is None else list(real_scenes(folder, "train"))


_SPATIAL = words(
    "on next above over below behind along through in front near beyond by inside top down beneath left right"
    " under across underneath atop beside around outside against between aside adjacent corner middle center"
)


def explicit_share(text: str) -> float:
    """Share of the sentences that have a word for a place."""
    sentences = [one for one in text.lower().replace(" . ", ". ").split(". ") if one.strip(" .")]
    if not sentences:
        return 0.0
    return sum(not _SPATIAL.isdisjoint(one.split()) for one in sentences) / len(sentences)
