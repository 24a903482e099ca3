"""Questions to lists of candidates with their features: what the ranker sees, in training as in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph, Predicate
from midspan.models.facts.link.candidates import Candidate, alike, named, with_near
from midspan.models.facts.link.features import FEATURES, Surroundings, matrix
from midspan.models.facts.link.keys import Keys
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.near import Near
from midspan.models.facts.link.question import SIDES, Question, Side, opposite
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.words import Bags

NEAR, NEAR_NAMED = 10, 3
"""Entities near in the space that are looked at; the latter where the name is some entity's."""


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
        found = {side: self._candidates(questions, side, queries[side]) for side in SIDES}
        return [
            {
                side: self._ranked(
                    *(question, side, {one: found[one][place] for one in SIDES}, predicate),
                    *(queries[side][place], fits[side][place]),
                )
                for side in SIDES
            }
            for place, (question, predicate) in enumerate(zip(questions, predicates, strict=True))
        ]

    def _candidates(
        self, questions: Sequence[Question], side: Side, queries: Floats
    ) -> list[list[Candidate]]:
        """Namesakes; of a name that nothing bears what is like it; what is near. Of a common noun what is
        called so alone."""
        mentions = [one.mention(side) for one in questions]
        found = [named(self._graph, one) for one in mentions]
        proper = [place for place, one in enumerate(mentions) if one.asked and one.proper]
        near = self._near(queries[proper], NEAR) if proper else []
        for place, nearest in zip(proper, near, strict=True):
            uids = [uid for uid, _ in nearest]
            if found[place]:
                found[place] = with_near(self._graph, found[place], uids[:NEAR_NAMED])
            else:
                found[place] = with_near(self._graph, alike(self._graph, mentions[place]), uids)
        return found

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
