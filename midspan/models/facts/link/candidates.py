"""Which entities a mention may be: those of this name, of a name like it, and near it in meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.link.question import Mention

ALIKE = 6
NAMED = 24
"""Namesakes that are looked at, the most popular first."""


@dataclass(frozen=True)
class Candidate:
    entity: Entity
    named: bool
    """The mention is exactly one of its names."""
    likeness: float
    """Of the mention to the name that is most like it, 0 to 1; 0 for one that was found by meaning alone."""
    form: int = 0
    """Which form of the mention is its name; 0 is the whole of it."""


def named(graph: KnowledgeGraph, mention: Mention) -> list[Candidate]:
    """Its namesakes, by the most complete of its forms that has any; none where it is not to be looked up."""
    if not mention.asked:
        return []
    for place, form in enumerate((mention.name, *mention.forms)):
        if found := graph.named(form)[:NAMED]:
            return [Candidate(one, True, 1.0, place) for one in found]
    return []


def alike(graph: KnowledgeGraph, mention: Mention) -> list[Candidate]:
    """Those of a name that is written like it."""
    return [Candidate(one, False, likeness) for one, likeness in graph.alike(mention.name, ALIKE)]


def with_near(graph: KnowledgeGraph, found: Sequence[Candidate], near: Sequence[str]) -> list[Candidate]:
    """And ``near``, uids found by vector; each entity once."""
    known = {one.entity.uid for one in found}
    others = graph.entities([uid for uid in near if uid not in known])
    return [*found, *(Candidate(one, False, 0.0) for one in others if one is not None)]
