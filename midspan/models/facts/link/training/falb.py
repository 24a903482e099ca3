"""FaLB-mini: facts of the knowledge graph in other words, after section 3 of the chapter's benchmark.

The words of a fact are names of its entities (the label four times of ten, else any of label, aliases and the
label up to its first comma or bracket) and the label of its predicate.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph, Relation, normalise
from midspan.models.facts.link.question import Mention, Question, Side, stand_in
from midspan.models.kit.splitting import Split

SPLITS: tuple[tuple[Split, float], ...] = (("test", 0.08), ("validation", 0.2), ("train", 1.0))
"""Upper ends, as shares of the facts."""
INDUCTIVE = 0.1
"""Share of the entities that no fact in training is about."""
LABEL = 0.4
LONGEST = 60


@dataclass(frozen=True)
class Case:
    """A question to which the answer is known."""

    question: Question
    subject: str | None
    """What it is about, as a uid; a graph need not have it. Empty: nothing that any graph has. None:
    unknown."""
    object: str | None
    predicate: str = ""
    """Its uid, empty where that is not known."""
    group: str = ""
    """What it was drawn with, as a document: cases of a group are no independent draws."""

    def gold(self, side: Side) -> str | None:
        return self.subject if side == "subject" else self.object


def share_of(*words: str) -> float:
    """From 0 to 1, evenly, by the words alone."""
    return int.from_bytes(hashlib.sha256("\t".join(words).encode()).digest()[:6], "big") / 2**48


def split_of(fact: Relation) -> Split:
    share = share_of("fact", fact.subject, fact.predicate, fact.object)
    return next(name for name, end in SPLITS if share < end)


def is_inductive(uid: str) -> bool:
    return share_of("entity", uid) < INDUCTIVE


def facts(graph: KnowledgeGraph) -> list[Relation]:
    """All facts of the graph about two things, in one order."""
    found = {
        relation
        for entity in graph
        for relation in graph.relations(entity.uid, 1 << 20)
        if relation.subject == entity.uid != relation.object
    }
    return sorted(found, key=lambda one: (one.subject, one.predicate, one.object))


def cases(
    graph: KnowledgeGraph, all_facts: Iterable[Relation], split: Split, count: int, seed: int
) -> list[Case]:
    """At most so many facts of a split, drawn without replacement, in words."""
    rng = np.random.default_rng([seed, len(split)])
    chosen = [
        one
        for one in all_facts
        if split_of(one) == split
        and (split != "train" or not (is_inductive(one.subject) or is_inductive(one.object)))
    ]
    order = rng.permutation(len(chosen))[:count]
    return list(_worded(graph, [chosen[place] for place in order], rng))


def hidden_aliases(graph: KnowledgeGraph, share: float, seed: int) -> set[tuple[str, str]]:
    """Pairs of uid and normalised alias: so large a share of all aliases that are no label."""
    return {
        (entity.uid, key)
        for entity in graph
        for alias in entity.aliases
        if (key := normalise(alias)) != normalise(entity.name)
        and share_of("alias", str(seed), entity.uid, key) < share
    }


def names(entity: Entity) -> list[str]:
    short = re.split(r",| \(", entity.name)[0].strip()
    found = [name for name in dict.fromkeys((entity.name, *entity.aliases, short)) if 0 < len(name) < LONGEST]
    return found or [entity.name]


def _worded(graph: KnowledgeGraph, chosen: list[Relation], rng: np.random.Generator) -> Iterator[Case]:
    for fact in chosen:
        subject, object_ = graph.entities([fact.subject, fact.object])
        predicate = graph.predicate(fact.predicate)
        if subject is None or object_ is None or predicate is None:
            continue
        words = [_surface(one, rng) for one in (subject, object_)]
        yield Case(
            asked(words[0], predicate.name, words[1], (subject.kind, object_.kind)),
            *(fact.subject, fact.object, fact.predicate),
            group=f"{fact.subject} {fact.object}",
        )


def asked(subject: str, predicate: str, object_: str, kinds: tuple[str, str]) -> Question:
    """Its contexts are its own words. The kinds are told by the stand-ins alone, as a sentence tells them."""
    unnamed = [stand_in(kind) for kind in kinds]
    return Question(
        Mention(subject, context=f"{unnamed[0]} {predicate} {object_}"),
        predicate,
        Mention(object_, context=f"{subject} {predicate} {unnamed[1]}"),
    )


def _surface(entity: Entity, rng: np.random.Generator) -> str:
    known = names(entity)
    return known[0] if rng.random() < LABEL else known[int(rng.integers(len(known)))]
