"""What speaks for a candidate: a row of figures, of which the ranker makes a score."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from midspan.models.facts.knowledge_graph import KINDS, Entity, KnowledgeGraph, Neighbour, Predicate
from midspan.models.facts.link.candidates import Candidate
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.question import Mention, Side

FEATURES = (
    "head",  # cosine of the slot's query and the entity
    "head_behind",  # how far behind the best candidate
    "fit",  # cosine of what is said around the mention and what is said of the entity
    "fit_behind",
    "named",
    "label",  # the mention is its label, not an alias
    "as_written",  # one of its names is written so, capitals and all but the first
    "common",  # the label is written small, as no name is, and the mention is not
    "short",  # the mention has at most three letters
    "shorter",  # named, but only a part of the mention
    "likeness",
    "popularity",  # log(1 + n)
    "share",  # of the popularity of all that the name may be
    "namesakes",  # log(1 + n), of those that it may be
    "none_named",
    "named_head",
    "named_fit",
    "kind",  # 1 as the parser says, -1 another, 0 unknown
    "expected",  # share of such kinds on this side of the predicate's relations
    "has_predicate",  # log(1 + n) of its own relations with the predicate on this side
    "adjacent",  # to a namesake of the other argument
    "common_neighbours",  # log(1 + n) with them
    "neighbours_named",  # log(1 + n) of its neighbours that the context names
    "neighbours_named_behind",
    "connected",  # log(1 + n)
    "after",  # "London, Ontario": 1 if it has to do with what follows, -1 if not, 0 if no name does
    "before",  # the same of what precedes
    "described",
    *KINDS,  # the candidate is of this kind
    "words",  # of the mention, at most 4
    "proper",
    "said",  # log(1 + words of the context)
)
NEIGHBOURS = 200
"""Relations of one entity that are looked at."""
OTHERS = 4
"""Namesakes of the other argument that are looked at."""
REMEMBERED = 20_000
SHORT = 3
_WORD = re.compile(r"\w{2,}")
_NAME = r"(?:[^\W\d_a-z][\w.'’-]*)(?: [^\W\d_a-z][\w.'’-]*)*"
_AFTER = re.compile(rf"\s*[,(]?\s*({_NAME})")
_BEFORE = re.compile(rf"({_NAME})\s*,\s*$")


@dataclass(frozen=True)
class Around:
    """An entity's neighbours."""

    neighbours: Sequence[Neighbour]

    @cached_property
    def uids(self) -> frozenset[str]:
        return frozenset(one.uid for one in self.neighbours)

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """The words of each one's label, by uid."""
        return {one.uid: words_of(one.name) for one in self.neighbours}

    def named_in(self, words: frozenset[str]) -> int:
        return sum(bool(name) and name <= words for name in self.names.values())

    def with_predicate(self, predicate: Predicate, side: Side) -> int:
        outgoing = side == "subject"
        return sum(
            1 for one in self.neighbours if one.predicate == predicate.uid and one.outgoing == outgoing
        )


class Surroundings:
    """Neighbours of entities in the graph, read once each."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._known: dict[str, Around] = {}

    def of(self, uid: str) -> Around:
        if uid not in self._known:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known[uid] = Around(self._graph.neighbours(uid, NEIGHBOURS))
        return self._known[uid]


def names_of(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases)


def words_of(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


def beside_names(before: str, after: str) -> tuple[str, str]:
    """The names that a mention is joined to by a comma, or by nothing behind it: "Canton Georgia"."""
    left, right = _BEFORE.search(before), _AFTER.match(after)
    return left[1] if left else "", right[1] if right else ""


def matrix(
    found: Sequence[Candidate],
    mention: Mention,
    side: Side,
    predicate: Predicate | None,
    others: Sequence[str],
    surroundings: Surroundings,
    heads: Floats,
    fits: Floats,
) -> Floats:
    """(n, ``len(FEATURES)``) for n > 0 candidates.

    ``others`` are uids of namesakes of the other argument; ``heads`` and ``fits`` are cosines, (n,) each.
    """
    rivals = _rivals(found, mention)
    popular = sum(one.entity.popularity + 1 for one in rivals)
    namesakes = len(rivals)
    expected = _shares(predicate, side)
    words = words_of(mention.context)
    before, after = (words_of(name) for name in beside_names(mention.before, mention.after))
    kin = [surroundings.of(uid).uids for uid in others[:OTHERS]]
    around = [surroundings.of(one.entity.uid) for one in found]
    said = [one.named_in(words) for one in around]
    most_said, best_head, best_fit = max(said), float(heads.max()), float(fits.max())
    rows = []
    for place, one in enumerate(found):
        entity, near = one.entity, around[place]
        rows.append(
            (
                heads[place],
                heads[place] - best_head,
                fits[place],
                fits[place] - best_fit,
                one.named,
                one.named and entity.name.casefold() == mention.name.casefold(),
                any(mention.name in (name, name[:1].upper() + name[1:]) for name in names_of(entity)),
                _is_common(entity, mention),
                len(mention.name) <= SHORT,
                one.named and one.form > 0,
                one.likeness,
                math.log1p(entity.popularity),
                min((entity.popularity + 1) / popular, 1.0) if one.named else 0.0,
                math.log1p(namesakes),
                not namesakes,
                one.named * heads[place],
                one.named * fits[place],
                _agrees(mention.kind, entity.kind),
                expected.get(entity.kind, 0.0) if expected else 0.5,
                math.log1p(near.with_predicate(predicate, side)) if predicate else 0.0,
                any(uid in near.uids for uid in others[:OTHERS]),
                math.log1p(max((len(uids & near.uids) for uids in kin), default=0)),
                math.log1p(said[place]),
                math.log1p(said[place]) - math.log1p(most_said),
                math.log1p(len(near.neighbours)),
                _goes_with(entity, near, after),
                _goes_with(entity, near, before),
                bool(entity.description),
                *(entity.kind == kind for kind in KINDS),
                min(len(mention.name.split()), 4),
                mention.proper,
                math.log1p(len(words)),
            )
        )
    return np.array(rows, dtype=np.float32)


def _rivals(found: Sequence[Candidate], mention: Mention) -> list[Candidate]:
    """What has the name and is not of another kind; all that has it where nothing is left."""
    named = [one for one in found if one.named]
    fitting = [
        one
        for one in named
        if not _is_common(one.entity, mention) and _agrees(mention.kind, one.entity.kind) >= 0
    ]
    return fitting or named


def _is_common(entity: Entity, mention: Mention) -> bool:
    return entity.name.islower() and not mention.name.islower()


def _goes_with(entity: Entity, around: Around, name: frozenset[str]) -> int:
    if not name:
        return 0
    known = name <= words_of(entity.description) or any(
        bool(other) and (other <= name or name <= other) for other in around.names.values()
    )
    return 1 if known else -1


def _shares(predicate: Predicate | None, side: Side) -> dict[str, float]:
    if predicate is None:
        return {}
    counts = predicate.subject_kinds if side == "subject" else predicate.object_kinds
    total = sum(counts.values())
    return {kind: count / total for kind, count in counts.items()} if total else {}


def _agrees(mentioned: str, kind: str) -> int:
    if not mentioned or "other" in (mentioned, kind):
        return 0
    return 1 if mentioned == kind else -1
