"""What the ranker is trained and measured on: lists of candidates in worlds where it is known who is
there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph, Relation, normalise
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.lists import Lister
from midspan.models.facts.link.near import Near
from midspan.models.facts.link.question import SIDES, Question, Side
from midspan.models.facts.link.space import Space
from midspan.models.facts.link.training.falb import Case, is_inductive, share_of
from midspan.models.facts.link.words import Bags

AT_ONCE = 256
KINDS = ("person", "place", "organisation", "work")
"""Of which there are namesakes."""


@dataclass(frozen=True)
class Example:
    """A mention's candidates, and which of them is meant."""

    features: Floats
    uids: tuple[str, ...]
    gold: str
    """Its uid; empty where it is not in the world."""
    namesake: bool
    """The world has an entity of this name that is not meant."""
    listed: bool
    """The world has the gold under this name."""
    inductive: bool
    """No fact in training is about the gold."""
    described: bool
    """The world says more of the gold than its name."""
    name: str
    group: str
    question: Question
    side: Side

    @property
    def place(self) -> int:
        """Of the gold among the candidates; their number where it is none of them."""
        return self.uids.index(self.gold) if self.gold in self.uids else len(self.uids)


class Examples:
    """Over one graph and space."""

    def __init__(self, graph: KnowledgeGraph, space: Space, bags: Bags, near: Near) -> None:
        self._graph, self._space, self._bags, self._near = graph, space, bags, near

    def of(
        self, cases: Sequence[Case], world: KnowledgeGraph, told: Callable[[Case], bool] = lambda _: True
    ) -> list[Example]:
        """Of both sides of each case; ``told``: whether its predicate is known."""
        lister = Lister(world, self._space, self._bags, self._near)
        found = []
        for start in range(0, len(cases), AT_ONCE):
            some = cases[start : start + AT_ONCE]
            predicates = [world.predicate(case.predicate) if told(case) else None for case in some]
            lists = lister.lists([case.question for case in some], predicates)
            for case, ranked in zip(some, lists, strict=True):
                for side in SIDES:
                    gold = case.gold(side)
                    if gold is None:
                        continue
                    uids = tuple(one.entity.uid for one in ranked[side].found)
                    name = case.question.mention(side).name
                    entity = world.entity(gold) if gold else None
                    named = {one.uid for one in world.named(name)}
                    found.append(
                        Example(
                            features=ranked[side].features,
                            uids=uids,
                            gold="" if entity is None else gold,
                            namesake=bool(named - {gold}),
                            listed=gold in named,
                            inductive=is_inductive(gold),
                            described=entity is not None and bool(entity.description),
                            name=name,
                            group=case.group,
                            question=case.question,
                            side=side,
                        )
                    )
        return found


def gone(cases: Iterable[Case], share: float, seed: int) -> set[str]:
    """So large a share of all that the cases are about, drawn by hash."""
    uids = {uid for case in cases for uid in (case.subject, case.object)}
    return {uid for uid in uids if uid and share_of("gone", str(seed), uid) < share}


def own_facts(cases: Iterable[Case], facts: Collection[Relation], share: float, seed: int) -> set[Relation]:
    """The graph's facts that cases say, for so large a share of the cases: a text says new things and known
    ones."""
    known = {(one.subject, one.object): one for one in facts}
    return {
        known[pair]
        for case in cases
        if share_of("said", str(seed), case.group) < share
        for pair in ((case.subject, case.object), (case.object, case.subject))
        if pair in known
    }


def namesakes(graph: KnowledgeGraph, cases: Iterable[Case], share: float, seed: int) -> dict[str, str]:
    """For so large a share of the names an entity of the same kind that is to bear it too, the popular ones
    more often."""
    rng = np.random.default_rng([seed, 1])
    members = _by_kind(graph)
    found: dict[str, str] = {}
    done: set[str] = set()
    for case in cases:
        for side in SIDES:
            mention, gold = case.question.mention(side), graph.entity(case.gold(side) or "")
            kind = gold.kind if gold is not None else mention.kind
            key = normalise(mention.name)
            if key in done or kind not in KINDS or share_of("namesake", str(seed), key) >= share:
                continue
            done.add(key)
            uids, weights = members[kind]
            drawn = str(uids[int(rng.choice(len(uids), p=weights))])
            if drawn != case.gold(side):
                found[mention.name] = drawn
    return found


def _by_kind(graph: KnowledgeGraph) -> Mapping[str, tuple[list[str], Floats]]:
    members: dict[str, list[Entity]] = {kind: [] for kind in KINDS}
    for one in graph:
        if one.kind in members and one.description:
            members[one.kind].append(one)
    found = {}
    for kind, entities in members.items():
        weights = np.sqrt([one.popularity + 1.0 for one in entities])
        found[kind] = [one.uid for one in entities], weights / weights.sum()
    return found
