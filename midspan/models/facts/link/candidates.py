"""Which entities a mention may be: of this name, of a name like it, or near it in meaning."""

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


def candidates(graph: KnowledgeGraph, mention: Mention, near: Sequence[str]) -> list[Candidate]:
    """Each entity once: namesakes; where there are none what is written alike; ``near`` (uids found by
    vector). Of a common noun the namesakes only; nothing where the mention is not to be looked up."""
    found: dict[str, Candidate] = {}
    if not mention.asked:
        return []
    for place, form in enumerate((mention.name, *mention.forms)):
        for one in graph.named(form)[:NAMED]:
            found.setdefault(one.uid, Candidate(one, True, 1.0, place))
        if found:
            break
    if not mention.proper:
        return list(found.values())
    if not found:
        for one, likeness in graph.alike(mention.name, ALIKE):
            found.setdefault(one.uid, Candidate(one, False, likeness))
    for other in graph.entities([uid for uid in near if uid not in found]):
        if other is not None:
            found[other.uid] = Candidate(other, False, 0.0)
    return list(found.values())
