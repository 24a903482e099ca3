"""Does the score of a fact say how likely it is right? By KnowledgeNet, end to end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from midspan.models.facts.evaluation.knowledgenet import Annotation, Gold, means, said_by, says, sides
from midspan.models.facts.evaluation.sentences import Text
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.linking import LinkedTriple
from midspan.models.kit.calibration import expected_calibration_error, reliability
from midspan.models.kit.evaluation import Extra
from midspan.models.kit.measuring import Figure, Figures
from midspan.models.kit.results import Table

Read = tuple[Text, int, LinkedTriple]
"""A sentence, where it begins in its document, and a fact that is affirmed in it."""


@dataclass(frozen=True)
class Scored:
    score: float
    said: bool
    """The annotated property of the annotated mentions."""
    right: bool
    """And both are linked to what they mean."""


@dataclass(frozen=True)
class ScoreBin:
    """Facts whose score lies in (low, high]."""

    low: float
    high: float
    facts: int
    score: float
    """Mean."""
    said: float
    right: float
    """Shares."""


def scored(annotation: Annotation, read: Iterable[Read], graph: KnowledgeGraph) -> list[Scored]:
    """Of all facts whose property their document was read for."""
    gold: dict[tuple[Text, str], list[Gold]] = defaultdict(list)
    for fact in annotation.gold:
        gold[fact.sentence, fact.property].append(fact)
    uids = sorted({uid for fact in annotation.gold for uid in fact.uids if uid})
    known = {one.uid for one in graph.entities(uids) if one is not None}
    found = []
    for sentence, start, linked in read:
        one = said_by(sentence, start, linked)
        if one is None or (sentence[0], one.property) not in annotation.judged:
            continue
        hits = [fact for fact in gold[sentence, one.property] if says(one, fact)]
        right = any(means(one, sides(linked), fact, known) for fact in hits)
        found.append(Scored(linked.score, bool(hits), right))
    return found


def ece(found: Sequence[Scored], view: str) -> Figures:
    gap = expected_calibration_error(*_columns(found))
    return {f"fact_ece_{view}": Figure(gap, float("nan"))}


def bins(found: Sequence[Scored], view: str) -> Extra:
    said = np.array([one.said for one in found])
    scores, right = _columns(found)
    both = zip(reliability(scores, right), reliability(scores, said), strict=True)
    rows = [
        ScoreBin(one.low, one.high, one.count, one.confidence, other.accuracy, one.accuracy)
        for one, other in both
    ]
    cells = [
        (
            f"{one.low:.1f} to {one.high:.1f}",
            one.facts,
            *(f"{share:.3f}" for share in (one.score, one.said, one.right)),
        )
        for one in rows
    ]
    columns = ("score", "facts", "mean score", "said", "said and linked rightly")
    caption = f"Scores of facts against the share that is right (KnowledgeNet, {view})."
    return Extra(f"reliability_{view}", rows, Table(columns, cells, caption))


def _columns(found: Sequence[Scored]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([one.score for one in found]), np.array([one.right for one in found])
