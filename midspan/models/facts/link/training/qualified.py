"""Places with what they lie in behind them: "London, Ontario" is not the London of England.

Sentences of our own, filled in from the graph's relations between places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.link.question import Mention, Question, in_text
from midspan.models.facts.link.training.falb import Case, share_of

TEMPLATES = (
    "She was born in {place}, {region}, and moved away as a child.",
    "He grew up in {place}, {region}.",
    "The company has its head office in {place}, {region}.",
    "A second plant was opened in {place}, {region}, two years later.",
    "They live in {place}, {region} with their two children.",
    "After school he worked for a printer in {place}, {region}.",
    "The family settled near {place}, {region}, where the father kept a shop.",
    "A branch in {place} ({region}) followed.",
    "Visitors come from as far as {place}, {region}.",
    "The festival is held every summer in {place}, {region}.",
    "{place}, {region}, has a college and a hospital.",
    "Our shop in {place} {region} is open from nine to five.",
)
TESTED = 3
"""Templates at the end that are for the test alone, as are ``TEST_PLACES`` of the places."""
TEST_PLACES = 0.25
LIES_IN = ("wd:P131", "wd:P17")
"""Located in, country."""
ELSEWHERE = 0.35
"""Share of the cases where the region is another one, so that the place is none of the graph's."""


def qualified(graph: KnowledgeGraph, split: Literal["train", "test"], count: int, seed: int) -> list[Case]:
    """At most so many cases of a split; places whose name others have as well are twice as frequent.

    A place is of one split by its name, so that all its namesakes are.
    """
    rng = np.random.default_rng([seed, 2])
    places = [
        one
        for one in graph
        if one.kind == "place"
        and one.description
        and (share_of("place", one.name) < TEST_PLACES) == (split == "test")
    ]
    places += [one for one in places if len(graph.named(one.name)) > 1]
    regions = [one for one in places if one.popularity > 20]
    templates = TEMPLATES[-TESTED:] if split == "test" else TEMPLATES[:-TESTED]
    cases: list[Case] = []
    for row in rng.permutation(len(places)):
        if len(cases) >= count:
            break
        cases.extend(_cases(graph, places[row], regions, templates, rng))
    return cases


def _cases(
    graph: KnowledgeGraph,
    place: Entity,
    regions: Sequence[Entity],
    templates: Sequence[str],
    rng: np.random.Generator,
) -> Iterator[Case]:
    around = graph.neighbours(place.uid, 50)
    near = [one.name for one in around if one.outgoing and one.predicate in LIES_IN]
    if not near:
        return
    region, gold = near[int(rng.integers(len(near)))], place.uid
    if rng.random() < ELSEWHERE:
        other = regions[int(rng.integers(len(regions)))]
        if other.uid in {one.uid for one in around} or other.name.split()[0] in place.description:
            return
        region, gold = other.name, ""
    template = templates[int(rng.integers(len(templates)))]
    text = template.format(place=place.name, region=region)
    start = text.index(place.name)
    mention = in_text(text, start, start + len(place.name), "place")
    yield Case(
        Question(Mention("", asked=False), template.split("{")[0][-30:], mention), None, gold, group=text
    )
