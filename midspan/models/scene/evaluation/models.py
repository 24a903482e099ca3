"""Rows of the table for what places things: models by their strategies, beside what a model must beat."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from midspan.models.kit.evaluation import Extra
from midspan.models.kit.folder import load_model
from midspan.models.kit.measuring import Figures, Row, clustered, over_seeds
from midspan.models.kit.results import Table
from midspan.models.scene.data.examples import Example
from midspan.models.scene.evaluation.naive import (
    centre,
    linear_window,
    nearest_scene,
    random_places,
    usual_places,
)
from midspan.models.scene.evaluation.placing import GROUPS, Place, by_rules, figures_of, projected
from midspan.models.scene.evaluation.scenes import (
    MADE_VIEWS,
    TestScene,
    made_scenes,
    test_scenes,
    train_examples,
)
from midspan.models.scene.learned.decoding import STRATEGIES, WITHOUT_PROBABILITIES, Strategy
from midspan.models.scene.learned.measures import Places, similarity
from midspan.models.scene.learned.placer import DEFAULT, Placer
from midspan.models.scene.learned.rows import Question, Rows
from midspan.models.scene.shipped import PLACER

MADE_FOR_BASELINES = 5000
REAL = "codraw"
"""How the names of models end that were trained on real scenes."""
Report = Callable[[Row], None]


@dataclass(frozen=True)
class Share:
    """Absolute similarity of some of a view's scenes, or of some of their things."""

    view: str
    model: str
    group: str
    count: int
    absolute: float
    se: float


Found = tuple[dict[str, Figures], dict[str, float], list[Share]]
"""By the name of a way of placing its figures and its seconds; and the shares."""


def placing_rows(
    models: Sequence[Path], seeds: Sequence[int], codraw: Path | None, report: Report
) -> tuple[list[Row], list[Extra]]:
    """The shipped model and ``models`` on scenes of each of the seeds; models of real scenes on those alone,
    which have no seed."""
    placers = named_placers(models)
    parts = [on_made_scenes(placers, seeds)]
    if codraw is not None:
        parts.append(on_real_scenes(placers, codraw))
    return joined(parts, report)


def named_placers(models: Sequence[Path]) -> list[tuple[str, Placer]]:
    return [(load_model(folder).card["name"], Placer.load(folder)) for folder in (PLACER, *models)]


def on_made_scenes(placers: Sequence[tuple[str, Placer]], seeds: Sequence[int]) -> Found:
    sets = {view: [made_scenes(view, seed) for seed in seeds] for view in MADE_VIEWS}
    of_made = [one for one in placers if not one[0].endswith(REAL)]
    return _found(dict(_ways(of_made, train_examples(None, MADE_FOR_BASELINES))), sets)


def on_real_scenes(placers: Sequence[tuple[str, Placer]], codraw: Path) -> Found:
    ways = dict(_ways(placers, train_examples(codraw, 0), real=True))
    return _found(ways, {"codraw": [test_scenes(codraw)]})


def joined(parts: Sequence[Found], report: Report) -> tuple[list[Row], list[Extra]]:
    names = dict.fromkeys(name for figures, _, _ in parts for name in figures)
    rows = [
        Row(
            name,
            {key: one for figures, _, _ in parts for key, one in figures.get(name, {}).items()},
            round(sum(seconds.get(name, 0.0) for _, seconds, _ in parts), 1),
        )
        for name in names
    ]
    for row in rows:
        report(row)
    return rows, [_extra([share for _, _, shares in parts for share in shares])]


def _found(ways: dict[str, Place], sets: dict[str, list[list[TestScene]]]) -> Found:
    measured = {name: _measured(way, sets) for name, way in ways.items()}
    return (
        {name: figures for name, (figures, _) in measured.items()},
        {name: seconds for name, (_, seconds) in measured.items()},
        [one for name, way in ways.items() if _is_main(name) for one in _shares(name, way, sets)],
    )


def _ways(
    placers: Sequence[tuple[str, Placer]], examples: Sequence[Example], real: bool = False
) -> Iterator[tuple[str, Place]]:
    yield "random places", random_places(0)
    yield "all in the centre", centre
    yield "mean of the category", usual_places(examples)
    yield (
        "median of the category",
        usual_places(examples, lambda rows: np.median(rows, axis=0)),
    )
    yield "nearest scene", nearest_scene(examples)
    yield "linear, 7 words around", linear_window(examples, Rows(256))
    if not real:
        yield "usual places, then the relations", by_rules
    for name, placer in placers:
        able = STRATEGIES if placer.config.heads == "discrete" else WITHOUT_PROBABILITIES
        best: Strategy = DEFAULT if DEFAULT in able else "human_order"
        chosen: tuple[Strategy, ...] = able if real == name.endswith(REAL) else (best,)
        for strategy in chosen:
            yield f"{name}, {strategy}", _by(placer, strategy)
        yield f"{name}, without the text", _by(placer, best, read=False)
        if not real:
            yield f"{name}, then the relations", projected(_by(placer, best))


def _is_main(name: str) -> bool:
    return name in ("mean of the category", "linear, 7 words around") or name.endswith(DEFAULT)


def _by(placer: Placer, strategy: Strategy, read: bool = True) -> Place:
    def place(scenes: Sequence[TestScene]) -> list[Places]:
        questions = [one.question if read else _unread(one.question) for one in scenes]
        first = [layouts[0] for layouts in placer.place(questions, strategy)]
        return [Places(one.points, one.bins[:, 2], one.bins[:, 3]) for one in first]

    return place


def _unread(question: Question) -> Question:
    return replace(question, text="", mentions=tuple(() for _ in question.labels))


def _measured(way: Place, sets: dict[str, list[list[TestScene]]]) -> tuple[Figures, float]:
    """Over the draws of each view."""
    started = time.monotonic()
    figures: Figures = {}
    for view, draws in sets.items():
        figures |= over_seeds([figures_of(scenes, way(scenes), view) for scenes in draws])
    return figures, time.monotonic() - started


def _shares(name: str, way: Place, sets: dict[str, list[list[TestScene]]]) -> Iterator[Share]:
    for view, draws in sets.items():
        scenes = [scene for draw in draws for scene in draw]
        alike = [
            similarity(np.linalg.norm(said.points - scene.true.points, axis=1))
            for scene, said in zip(scenes, way(scenes), strict=True)
        ]
        groups = {
            group: [values.mean() for scene, values in zip(scenes, alike, strict=True) if belongs(scene)]
            for group, belongs in GROUPS.items()
        }
        if view == "categories":
            groups["the thing never seen"] = [values[0] for values in alike]
            groups["the others"] = [value for values in alike for value in values[1:]]
        for group, values in groups.items():
            if len(values) > 1:
                figure = clustered(values, list(range(len(values))))
                yield Share(view, name, group, len(values), figure.mean, figure.se)


def _extra(shares: Sequence[Share]) -> Extra:
    rows = [
        (one.view, one.group, one.model, one.count, f"{one.absolute:.3f} ± {one.se:.3f}") for one in shares
    ]
    columns = ("scenes", "of which", "model", "number", "absolute similarity")
    return Extra("shares", shares, Table(columns, sorted(rows), "Absolute similarity by kind of scene."))
