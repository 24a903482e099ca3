"""Precision, recall and F1 of facts, with errors by drawing documents anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.kit.measuring import Figure, Figures

RESAMPLES = 1000


@dataclass
class Count:
    right: int = 0
    said: int = 0
    found: int = 0
    gold: int = 0


def figures(counts: Iterable[tuple[str, Count]], view: str, seed: int = 0) -> Figures:
    """Precision ``right / said``, recall ``found / gold`` and their harmonic mean in %, of counts beside the
    documents that they were made in."""
    documents: dict[str, npt.NDArray[np.int64]] = defaultdict(lambda: np.zeros(4, np.int64))
    for document, count in counts:
        documents[document] += (count.right, count.said, count.found, count.gold)
    table = np.stack(list(documents.values()))
    drawn = np.random.default_rng(seed).integers(len(table), size=(RESAMPLES, len(table)))
    spread = np.array([scores(table[rows].sum(axis=0)) for rows in drawn]).std(axis=0)
    names = ("fact_precision", "fact_recall", "fact_f1")
    return {
        f"{name}_{view}": Figure(float(mean), float(se))
        for name, mean, se in zip(names, scores(table.sum(axis=0)), spread, strict=True)
    }


def scores(sums: npt.NDArray[np.int64]) -> tuple[float, float, float]:
    right, said, found, gold = sums
    precision, recall = 100 * right / max(said, 1), 100 * found / max(gold, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)
