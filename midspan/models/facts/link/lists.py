"""Questions to lists of candidates with their features: what the ranker sees, in training as in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph, Predicate
from midspan.models.facts.link.candidates import Candidate, candidates
from midspan.models.facts.link.features import FEATURES, Surroundings, matrix
from midspan.models.facts.link.keys import Keys
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.near import Near
from midspan.models.facts.link.question import SIDES, Question, Side, opposite
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.words import Bags

NEAR = 10


@dataclass(frozen=True)
class Ranked:
    """A mention's candidates and what speaks for each."""

    found: Sequence[Candidate]
    features: Floats
    """(n, features)."""


class Lister:
    """Lists over one graph."""

    def __init__(self, graph: KnowledgeGraph, space: Space, bags: Bags, near: Near) -> None:
        """``near`` finds entities of the graph by what ``space`` asks for."""
        self._graph, self._space, self._bags, self._near = graph, space, bags, near
        self._keys = Keys(graph, space, bags)
        self._surroundings = Surroundings(graph)

    def lists(
        self, questions: Sequence[Question], predicates: Sequence[Predicate | None]
    ) -> list[dict[Side, Ranked]]:
        """One for each side of each question; ``predicates`` are what its words are taken for, if
        anything."""
        if not questions:
            return []
        names = {side: self._bags([one.mention(side).name for one in questions]) for side in SIDES}
        words = self._bags([one.predicate for one in questions])
        queries = {
            side: self._space.queries(side, names[side], names[opposite(side)], words) for side in SIDES
        }
        fits = {
            side: self._space.fit_queries(self._bags([one.mention(side).context for one in questions]))
            for side in SIDES
        }
        near = {side: self._nearest(questions, side, queries[side]) for side in SIDES}
        found = [
            {side: candidates(self._graph, one.mention(side), near[side][place]) for side in SIDES}
            for place, one in enumerate(questions)
        ]
        return [
            {
                side: self._ranked(
                    question, side, found[place], predicate, queries[side][place], fits[side][place]
                )
                for side in SIDES
            }
            for place, (question, predicate) in enumerate(zip(questions, predicates, strict=True))
        ]

    def _nearest(self, questions: Sequence[Question], side: Side, queries: Floats) -> list[list[str]]:
        """Nothing is asked for a common noun, and for what is not to be looked up."""
        mentions = [one.mention(side) for one in questions]
        proper = [place for place, one in enumerate(mentions) if one.proper and one.asked]
        answers = dict(zip(proper, self._near(queries[proper], NEAR), strict=True)) if proper else {}
        return [[uid for uid, _ in answers.get(place, [])] for place in range(len(questions))]

    def _ranked(
        self,
        question: Question,
        side: Side,
        found: dict[Side, list[Candidate]],
        predicate: Predicate | None,
        query: Floats,
        fit: Floats,
    ) -> Ranked:
        own = found[side]
        if not own:
            return Ranked([], np.zeros((0, len(FEATURES)), dtype=np.float32))
        entities: list[Entity] = [one.entity for one in own]
        keys, fit_keys = self._keys.of(entities)
        others = [one.entity.uid for one in found[opposite(side)] if one.named]
        features = matrix(
            own,
            question.mention(side),
            side,
            predicate,
            others,
            self._surroundings,
            keys @ query,
            fit_keys @ fit,
        )
        return Ranked(own, features)
