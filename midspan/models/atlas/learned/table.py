"""The table of chapter 4: ``atlas.small`` beside its baselines and variants, one method after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.embeddings import EMBEDDINGS
from midspan.models.atlas.learned.evaluation import TRUNK_MM, Benchmark, Collection, Said, View
from midspan.models.atlas.learned.point_training import PointPredictor
from midspan.models.atlas.learned.predictor import OrganPredictor
from midspan.models.encoder import TextEncoder
from midspan.models.kit.embedding_cache import EmbeddingCache
from midspan.models.kit.evaluation import Evaluation, Extra, reliability_extra
from midspan.models.kit.folder import load_model
from midspan.models.kit.losses import separate_cross_entropy, shared_cross_entropy
from midspan.models.kit.measuring import Figures, Row, measured
from midspan.models.kit.results import Table
from midspan.models.minilm.network import bundled_network

SHARP = (0.02, 0.05)
"""Temperatures of the points and of the organs under which the nearest counts nearly alone."""
NEIGHBOURS = (1, 15)


@dataclass(frozen=True)
class Method:
    name: str
    of: Callable[[Any], Callable[[View], Any]]
    """What it answers to a view in one run: :class:`Said`, or shares that ``decode`` makes one."""
    runs: Sequence[Any] = (None,)
    """Seeds or models."""
    decode: Callable[[Any], Said] = lambda said: said
    retrieval: bool = False

    def figures(self, benchmark: Benchmark) -> list[Figures]:
        return [benchmark.score(self._said(run), retrieval=self.retrieval) for run in self.runs]

    def _said(self, run: Any) -> Callable[[View], Said]:
        answer = self.of(run)
        return lambda view: self.decode(answer(view))


def evaluate(
    models: Sequence[Path],
    seeds: Sequence[int],
    work: Path,
    *,
    report: Callable[[Row], None],
    point: Sequence[Path] | None = None,
) -> Evaluation:
    """All methods, the regressions in the folders ``point`` among them, then how well the model knows what it
    does not know."""
    points = point_predictors(point or ())
    benchmark = Benchmark(phantom_atlas(), EmbeddingCache(work / EMBEDDINGS, TextEncoder).encode)
    predictors = [OrganPredictor.load(folder) for folder in models] or [OrganPredictor.load()]
    found = methods(benchmark, seeds, predictors, points)
    work_of = {method.name: partial(method.figures, benchmark) for method in found}
    for place, weighed in (("", False), (" in its document", True)):
        work_of[f"atlas.small{place}, abstention and calibration"] = partial(
            lambda weighed: [benchmark.calibration(one, weighed) for one in predictors], weighed
        )
    rows = []
    for name, work_on in work_of.items():
        rows.append(measured(name, work_on))
        report(rows[-1])
    collections = benchmark.collections(list(map(benchmark.model_shares, predictors)))
    return Evaluation(
        f"MedQuAD by document, test split capped at 150 an organ: {len(benchmark.anatomy)} sentences "
        f"with an organ, {len(benchmark.plain)} without; silver labels",
        rows,
        [reliability_extra(benchmark.reliability(predictors[0]), "masked"), collections_extra(collections)],
    )


def methods(
    b: Benchmark,
    seeds: Sequence[int],
    predictors: Sequence[OrganPredictor],
    points: Mapping[str, Sequence[PointPredictor]],
) -> list[Method]:
    """Baselines, heads on the frozen encoder, fine-tuned regressions by their name, then the model."""
    softmax = cache(partial(b.head_shares, shared_cross_entropy))
    binary = partial(b.head_shares, separate_cross_entropy)
    centre, distance = b.by_centre, b.by_distance
    return [
        Method("body point (0, 0, 450 mm)", b.constant, (TRUNK_MM,)),
        Method("most frequent organ", lambda _: b.most_frequent()),
        Method("random organ", b.random_organ, seeds),
        Method("string match (atlas.dictionary)", lambda _: b.dictionary),
        *(Method(f"{k}-NN, frozen encoder", b.neighbours, (k,)) for k in NEIGHBOURS),
        Method("BCE head, frozen encoder, centre", binary, seeds, centre),
        Method("softmax head, frozen encoder, centre", softmax, seeds, centre),
        Method("softmax head, frozen encoder, least expected distance", softmax, seeds, distance),
        Method("SOD head, frozen encoder, tau 1/1", partial(b.head_point, "sod"), seeds),
        Method("SOD head, frozen encoder, tau 0.02/0.05", partial(b.head_point, "sod", taus=SHARP), seeds),
        Method("distance to centres head, frozen encoder", partial(b.head_point, "minimum"), seeds),
        Method("MSE head, frozen encoder", partial(b.head_point, "mean"), seeds),
        *(Method(f"{name}, fine-tuned", b.placed, fitted, retrieval=True) for name, fitted in points.items()),
        Method("atlas.small, centre", b.model_shares, predictors, centre, retrieval=True),
        Method("atlas.small, least expected distance", b.model_shares, predictors, distance),
        Method("atlas.small in its document, centre", b.weighed, predictors, centre, retrieval=True),
        Method("atlas.small in its document, least expected distance", b.weighed, predictors, distance),
    ]


def collections_extra(collections: Sequence[Collection]) -> Extra:
    rows = [(one.name, one.count, *(f"{share:.1f}" for share in one.right_among)) for one in collections]
    columns = ("documents of", "sentences", "first", "first two", "first three")
    caption = "Where it errs (masked): % with a right organ among the most probable one, two and three."
    return Extra("collections", collections, Table(columns, rows, caption))


def point_predictors(folders: Sequence[Path]) -> dict[str, list[PointPredictor]]:
    """Regression models on the bundled encoder by name, one a folder."""
    found: dict[str, list[PointPredictor]] = {}
    for folder in folders:
        name = load_model(folder).card["name"]
        found.setdefault(name, []).append(PointPredictor.load(folder, *bundled_network()))
    return found
