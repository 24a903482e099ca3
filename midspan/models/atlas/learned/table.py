"""The rows of ``midspan evaluate atlas``, one method after the other."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from midspan.models.atlas.learned.evaluation import NEIGHBOURS, TAUS, Benchmark, Floats, Said, View
from midspan.models.atlas.learned.metrics import Figure
from midspan.models.atlas.learned.point_training import PointPredictor
from midspan.models.atlas.learned.predictor import OrganPredictor

Figures = dict[str, Figure]
TRUNK_MM = (0.0, 0.0, 450.0)


@dataclass(frozen=True)
class Row:
    model: str
    metrics: Figures
    seconds: float
    """Wall time of training (of what is trained here) and answering, over all seeds."""


def over_seeds(runs: Sequence[Figures]) -> Figures:
    """Means over runs; the error joins the test documents' and the seeds'."""
    joined = {}
    for name in runs[0]:
        means = [run[name].mean for run in runs]
        sampling = statistics.fmean(run[name].se ** 2 for run in runs)
        seeding = statistics.variance(means) / len(means) if len(means) > 1 else 0.0
        joined[name] = Figure(statistics.fmean(means), math.sqrt(sampling + seeding))
    return joined


def rows(
    benchmark: Benchmark,
    seeds: Sequence[int],
    predictors: Sequence[OrganPredictor],
    points: Mapping[str, Sequence[PointPredictor]],
) -> Iterator[Row]:
    """Baselines, heads on the frozen encoder at each seed, fine-tuned regressions by their name, then the
    model (one predictor a seed)."""
    b = benchmark
    yield _row("body point (0, 0, 450 mm)", lambda: [b.score(b.constant(TRUNK_MM))])
    yield _row("most frequent organ", lambda: [b.score(b.most_frequent())])
    yield _row("random organ", lambda: [b.score(b.random_organ(seed)) for seed in seeds])
    yield _row("string match (atlas.dictionary)", lambda: [b.score(b.dictionary)])
    for k in NEIGHBOURS:
        yield _row(f"{k}-NN, frozen encoder", lambda k=k: [b.score(b.neighbours(k))])  # type: ignore[misc]
    yield _row(
        "BCE head, frozen encoder, centre",
        lambda: [b.score(_centre(b, b.head_shares("binary", seed))) for seed in seeds],
    )
    softmax = [b.head_shares("softmax", seed) for seed in seeds]
    yield _row(
        "softmax head, frozen encoder, centre", lambda: [b.score(_centre(b, shares)) for shares in softmax]
    )
    yield _row(
        "softmax head, frozen encoder, least expected distance",
        lambda: [b.score(_distance(b, shares)) for shares in softmax],
    )
    for taus in TAUS:
        yield _row(
            f"SOD head, frozen encoder, tau {taus[0]:g}/{taus[1]:g}",
            lambda taus=taus: [b.score(b.head_point("sod", seed, taus)) for seed in seeds],  # type: ignore[misc]
        )
    yield _row(
        "distance to centres head, frozen encoder",
        lambda: [b.score(b.head_point("minimum", seed, TAUS[0])) for seed in seeds],
    )
    yield _row(
        "MSE head, frozen encoder",
        lambda: [b.score(b.head_point("mean", seed, TAUS[0])) for seed in seeds],
    )
    for name, fitted in points.items():
        yield _row(
            f"{name}, fine-tuned",
            lambda fitted=fitted: [  # type: ignore[misc]
                b.score(lambda view, one=one: Said(one.points_mm(view.texts)), retrieval=True)  # type: ignore[misc]
                for one in fitted
            ],
        )
    answers = [b.model_shares(predictor) for predictor in predictors]
    yield _row(
        "atlas.small, centre",
        lambda: [b.score(_centre(b, shares), retrieval=True) for shares in answers],
    )
    yield _row(
        "atlas.small, least expected distance", lambda: [b.score(_distance(b, shares)) for shares in answers]
    )
    weighed = [b.weighed(predictor) for predictor in predictors]
    yield _row(
        "atlas.small in its document, centre",
        lambda: [b.score(_centre(b, shares), retrieval=True) for shares in weighed],
    )
    yield _row(
        "atlas.small in its document, least expected distance",
        lambda: [b.score(_distance(b, shares)) for shares in weighed],
    )
    for name, context in (("atlas.small", False), ("atlas.small in its document", True)):
        yield _row(
            f"{name}, abstention and calibration",
            lambda context=context: [b.calibration(one, context)[0] for one in predictors],  # type: ignore[misc]
        )


def _centre(benchmark: Benchmark, shares: Callable[[View], Floats]) -> Callable[[View], Said]:
    return lambda view: benchmark.by_centre(shares(view))


def _distance(benchmark: Benchmark, shares: Callable[[View], Floats]) -> Callable[[View], Said]:
    return lambda view: benchmark.by_distance(shares(view))


def _row(model: str, work: Callable[[], list[Figures]]) -> Row:
    started = time.monotonic()
    figures = over_seeds(work())
    return Row(model, figures, round(time.monotonic() - started, 1))
