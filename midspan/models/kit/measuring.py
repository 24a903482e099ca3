"""Figures with a standard error that counts documents, not sentences, and their rows in a table of models."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Figure:
    mean: float
    se: float
    """Standard error, clustered by document; not a number for fewer than two documents."""


Figures = dict[str, Figure]
"""By the name of their metric."""


@dataclass(frozen=True)
class Row:
    model: str
    metrics: Figures
    seconds: float
    """Wall time of training (of what is trained here) and answering, over all seeds."""


def clustered(values: npt.ArrayLike, docs: Sequence[Hashable]) -> Figure:
    """Mean of the values (n,) and its standard error with each document as one draw."""
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        return Figure(float("nan"), float("nan"))
    mean = float(numbers.mean())
    _, place = np.unique(np.array([str(doc) for doc in docs]), return_inverse=True)
    sums = np.bincount(place, weights=numbers - mean)
    count = len(sums)
    if count < 2:
        return Figure(mean, float("nan"))
    return Figure(mean, float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(numbers)))


def share_of(
    values: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_], docs: Sequence[Hashable]
) -> Figure:
    """How many of the chosen (n,) have the value (n,), in %."""
    kept = [doc for doc, one in zip(docs, chosen, strict=True) if one]
    return clustered(100.0 * values[chosen], kept)


def over_seeds(runs: Sequence[Figures]) -> Figures:
    """Means over runs; the error joins the test documents' and the seeds'."""
    joined = {}
    for name in runs[0]:
        means = [run[name].mean for run in runs]
        sampling = statistics.fmean(run[name].se ** 2 for run in runs)
        seeding = statistics.variance(means) / len(means) if len(means) > 1 else 0.0
        joined[name] = Figure(statistics.fmean(means), math.sqrt(sampling + seeding))
    return joined


def measured(model: str, work: Callable[[], Sequence[Figures]]) -> Row:
    """The row of a model from the figures of its runs."""
    started = time.monotonic()
    figures = over_seeds(work())
    return Row(model, figures, round(time.monotonic() - started, 1))
