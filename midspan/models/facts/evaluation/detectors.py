"""The chapter's ways to tell that what a mention means is not in the graph, from what lies nearest to it
(section 2.3 of its specification).

*Confidence* is the greatest, *entropy* the entropy of ``softmax(scale * s)`` over the five greatest
similarities ``s``; *attention* is a small network (``attention``). As published their thresholds are those of
another space, so that scale and threshold are set here on facts that no test asks for, with half of their
entities taken out of the graph; a logistic function of the figure is the probability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.facts.evaluation.attention import train_attention
from midspan.models.facts.evaluation.linking import GONE, Answer, View
from midspan.models.facts.evaluation.nearest import Found, Nearest
from midspan.models.facts.knowledge_graph import KnowledgeGraph, Relation
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.question import SIDES
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import gone
from midspan.models.facts.link.training.world import World
from midspan.models.kit.calibration import balanced_accuracy, softmax, threshold_of_balanced_accuracy
from midspan.models.kit.logistic import Logistic, fit_logistic

Bools = npt.NDArray[np.bool_]
Figure = Callable[[Found], Floats]
"""(n,), the greater the likelier the graph has what is meant."""

FIRST = 5
SCALES = (1.0, 3.0, 10.0, 30.0, 100.0)
TRAIN, SELECT = 2000, 1000
"""Facts."""
SELECTION = 2000
"""Added to a seed, for other worlds than those of training and test."""


@dataclass(frozen=True)
class Known:
    """Mentions of which it is known whether the graph has what they mean."""

    found: Found
    there: Bools


@dataclass(frozen=True)
class Selection:
    train: Known
    select: Known

    @classmethod
    def of(cls, graph: KnowledgeGraph, facts: Sequence[Relation], nearest: Nearest, seed: int) -> Selection:
        """Facts of the validation split."""
        cases = falb.cases(graph, facts, "validation", TRAIN + SELECT, seed)
        away = gone(cases, GONE, SELECTION + seed)
        asked = [(case.question, side) for case in cases for side in SIDES]
        there = np.array([case.gold(side) not in away for case in cases for side in SIDES])
        found = nearest.of(World(graph, entities=away), asked)
        parts = np.split(np.arange(len(asked)), [2 * TRAIN])
        return cls(*(Known(found[part], there[part]) for part in parts))


@dataclass(frozen=True)
class Detector:
    figure: Figure
    threshold: float
    presence: Logistic

    def answer(self, nearest: Nearest) -> Answer:
        """The nearest, or nobody where the figure is too small."""

        def answers(view: View) -> list[tuple[str, float]]:
            found = nearest.in_view(view)
            figures = self.figure(found)
            rows = zip(found.uids[:, 0], figures, self.presence(figures), strict=True)
            return [
                (str(uid), float(sure)) if figure >= self.threshold else ("", float(1 - sure))
                for uid, figure, sure in rows
            ]

        return answers


def detectors(selection: Selection, seed: int) -> dict[str, Detector]:
    select = selection.select
    return {
        "confidence": _set([_confidence(scale) for scale in SCALES], select),
        "entropy": _set([_order(scale) for scale in SCALES], select),
        "attention": _set([train_attention(selection.train.found, selection.train.there, seed)], select),
    }


def _set(figures: Sequence[Figure], known: Known) -> Detector:
    """The best of them with its threshold."""

    def macro(figure: Figure) -> float:
        values = figure(known.found)
        return balanced_accuracy(values >= threshold_of_balanced_accuracy(values, known.there), known.there)

    best = max(figures, key=macro)
    values = best(known.found)
    return Detector(
        best, threshold_of_balanced_accuracy(values, known.there), fit_logistic(values, known.there)
    )


def _confidence(scale: float) -> Figure:
    return lambda found: softmax(scale * found.similarities[:, :FIRST]).max(axis=1)


def _order(scale: float) -> Figure:
    """Less the entropy, in nats."""

    def figure(found: Found) -> Floats:
        shares = softmax(scale * found.similarities[:, :FIRST])
        return np.asarray((shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1))

    return figure
