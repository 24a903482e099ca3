"""What is chosen of a list, and what is said of those that lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from midspan.models.facts.knowledge_graph import Entity
from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.lists import Ranked
from midspan.models.facts.link.ranker import Ranker
from midspan.records import Candidate

SHOWN = 3
LEAST = 0.005
"""Probability below which a candidate is not worth showing, unless it bears the name."""
_PLACE = {name: place for place, name in enumerate(FEATURES)}
_REASONS = (
    ("named", "the text's name is none of its names"),
    ("kind", "another kind of thing than the text's"),
    ("fit", "less like what the text says of it"),
    ("neighbours_named", "the text names fewer of its neighbours"),
    ("popularity", "less well known"),
)


@dataclass(frozen=True)
class Decision:
    entity: Entity | None
    """None: not in the graph."""
    probability: float
    lost: tuple[Candidate, ...]


def decide(ranked: Ranked, ranker: Ranker) -> Decision:
    """The most probable of the candidates and of *not in the graph*."""
    probabilities = ranker.probabilities(ranked.features)
    order = [int(place) for place in np.argsort(-probabilities, kind="stable")]
    best, nobody = order[0], len(ranked.found)
    chosen = None if best == nobody else ranked.features[best]
    lost = [
        Candidate(
            ranked.found[place].entity.uid,
            ranked.found[place].entity.name,
            round(float(probabilities[place]), 4),
            _why(ranked.features[place], chosen),
        )
        for place in order
        if place not in (best, nobody) and (probabilities[place] >= LEAST or ranked.found[place].named)
    ]
    entity = None if chosen is None else ranked.found[best].entity
    return Decision(entity, round(float(probabilities[best]), 4), tuple(lost[:SHOWN]))


def _why(lost: Floats, chosen: Floats | None) -> str:
    """In what it is behind what was chosen, or why nobody of the graph seems meant."""
    if chosen is None:
        if not lost[_PLACE["named"]]:
            return _REASONS[0][1]
        if lost[_PLACE["kind"]] < 0:
            return _REASONS[1][1]
        return "bears the name, but what the text says of it fits another"
    for name, reason in _REASONS:
        if lost[_PLACE[name]] < chosen[_PLACE[name]]:
            return reason
    return "less probable, all things together"
