"""CaRB's score of open triples (Bhardwaj, Aggarwal and Mausam 2019), written from its published definition.

A triple and a gold tuple match by the words that they share part by part: their precision is the share of
the triple's words, their recall that of the gold tuple's; both are 0 where the relations share no word. Each
gold tuple counts with its best recall, so that one triple may answer several; triples are matched to gold
tuples one to one, the most precise first, and what is left over counts as 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.kit.measuring import Figure, Figures

Parts = tuple[str, str, str]
"""Subject, relation, and all other arguments, in words with spaces between."""

SAYING = ("said", "told", "added", "adds", "says")
"""With one of these in its relation a gold tuple may be answered the other way round."""
RESAMPLES = 1_000


@dataclass(frozen=True)
class Counts:
    """Of one sentence."""

    precision: float
    """Sum over its triples."""
    triples: int
    recall: float
    """Sum over its gold tuples."""
    tuples: int


def count(gold: Sequence[Parts], triples: Sequence[Parts]) -> Counts:
    table = [[_match(one, triple) for triple in triples] for one in gold]
    recall = sum(max((recall for _, recall in row), default=0.0) for row in table)
    cells = sorted(
        (-table[row][column][0], row, column) for row in range(len(gold)) for column in range(len(triples))
    )
    rows: set[int] = set()
    columns: set[int] = set()
    precision = 0.0
    for negative, row, column in cells:
        if row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            precision -= negative
    return Counts(precision, len(triples), recall, len(gold))


def figures(counts: Sequence[Counts], view: str, seed: int = 0) -> Figures:
    """Precision, recall and F1 in %; the errors by drawing sentences again, with each as one draw."""
    table = np.array([[one.precision, one.triples, one.recall, one.tuples] for one in counts])
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(table), size=(RESAMPLES, len(table)))
    spread = np.array([_scores(table[rows].sum(axis=0)) for rows in drawn]).std(axis=0)
    return {
        f"{name}_{view}": Figure(float(mean), float(se))
        for name, mean, se in zip(
            ("carb_precision", "carb_recall", "carb_f1"), _scores(table.sum(axis=0)), spread, strict=True
        )
    }


def _scores(sums: npt.NDArray[np.float64]) -> tuple[float, float, float]:
    precision = 100 * sums[0] / max(sums[1], 1.0)
    recall = 100 * sums[2] / max(sums[3], 1.0)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def _match(gold: Parts, triple: Parts) -> tuple[float, float]:
    straight = _overlap(gold, triple)
    if not any(word in gold[1] for word in SAYING):
        return straight
    return max(straight, _overlap(gold, (triple[2], triple[1], triple[0])))


def _overlap(gold: Parts, triple: Parts) -> tuple[float, float]:
    """Precision and recall of one triple against one gold tuple."""
    common = [_common(mine, theirs) for mine, theirs in zip(triple, gold, strict=True)]
    if not common[1]:
        return 0.0, 0.0
    return sum(common) / _length(triple), sum(common) / _length(gold)


def _common(one: str, other: str) -> int:
    return (Counter(one.split()) & Counter(other.split())).total()


def _length(parts: Parts) -> int:
    return sum(len(part.split()) for part in parts)


def read_gold(lines: Sequence[str]) -> Mapping[str, list[Parts]]:
    """A file as CaRB publishes it: sentence, relation, subject, further arguments, with tabs between."""
    gold: dict[str, list[Parts]] = {}
    for line in lines:
        sentence, relation, subject, *others = line.rstrip("\n").split("\t")
        gold.setdefault(sentence, []).append((subject, relation, " ".join(others)))
    return gold
