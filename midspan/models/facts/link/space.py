"""Where mentions meet entities: slot heads over word pieces, and a head that is not shown the name.

``query = norm(MLP([mention; other; predicate]) + W mention)`` and ``key = norm(K [label; description])``,
where each part is a weighted sum of the vectors of its word pieces: after the chapter's pre-ranker (section
2.1 of the specification: a head a slot, one space for all of them, a contrastive loss), with a residual path
by which an entity that was never trained on is met. ``fit`` compares what is said around a mention, the name
taken out, with what is said of an entity, its label left out: of namesakes the name tells nothing.

The vectors of the word pieces begin as the bundled encoder's. A sum costs microseconds, the encoder
milliseconds, and the heads that are trained on sums are the better ones (docs/facts.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from midspan.models.facts.knowledge_graph import Entity, KnowledgeGraph
from midspan.models.facts.link.layers import Floats, Head, norm
from midspan.models.facts.link.question import SIDES, Side
from midspan.models.facts.link.words import Bag

Role = Literal["name", "predicate", "label", "description", "context"]
ROLES: tuple[Role, ...] = get_args(Role)
AT_ONCE = 1024


@dataclass(frozen=True)
class Space:
    pieces: Floats
    """(vocabulary, dim)."""
    weights: Mapping[Role, Floats]
    """Of each piece in a sum, (vocabulary,)."""
    slots: Mapping[Side, Head]
    mention: Floats
    """(dim, dim)."""
    entity: Floats
    """(dim, 2 dim)."""
    around: Head
    context: Floats
    described: Floats

    @property
    def dim(self) -> int:
        return int(self.pieces.shape[1])

    def sums(self, bags: Sequence[Bag], role: Role) -> Floats:
        """(n, dim) unit rows."""
        weights = self.weights[role]
        rows = np.empty((len(bags), self.dim), dtype=np.float32)
        for place, bag in enumerate(bags):
            ids = np.fromiter(bag, dtype=np.intp, count=len(bag))
            rows[place] = weights[ids] @ self.pieces[ids]
        return norm(rows)

    def queries(
        self, side: Side, names: Sequence[Bag], others: Sequence[Bag], predicates: Sequence[Bag]
    ) -> Floats:
        """(n, dim) unit rows, to be compared with ``keys``."""
        own, other = self.sums(names, "name"), self.sums(others, "name")
        joined = np.concatenate([own, other, self.sums(predicates, "predicate")], axis=1)
        return norm(self.slots[side](joined) + own @ self.mention.T)

    def keys(self, labels: Sequence[Bag], descriptions: Sequence[Bag]) -> Floats:
        """(n, dim) unit rows."""
        joined = [self.sums(labels, "label"), self.sums(descriptions, "description")]
        return norm(np.concatenate(joined, axis=1) @ self.entity.T)

    def fit_queries(self, contexts: Sequence[Bag]) -> Floats:
        """(n, dim) unit rows, to be compared with ``fit_keys``."""
        sums = self.sums(contexts, "context")
        return norm(self.around(sums) + sums @ self.context.T)

    def fit_keys(self, descriptions: Sequence[Bag]) -> Floats:
        """(n, dim) unit rows."""
        return norm(self.sums(descriptions, "description") @ self.described.T)

    @classmethod
    def of(cls, tensors: Mapping[str, npt.NDArray[Any]]) -> Space:
        logs = tensors["logs"].astype(np.float32)
        return cls(
            pieces=np.ascontiguousarray(tensors["pieces.weight"], dtype=np.float32),
            weights={role: np.exp(logs[place]) for place, role in enumerate(ROLES)},
            slots={side: Head.of(tensors, side) for side in SIDES},
            mention=tensors["mention.weight"],
            entity=tensors["entity.weight"],
            around=Head.of(tensors, "around"),
            context=tensors["context.weight"],
            described=tensors["described.weight"],
        )


def said_of(graph: KnowledgeGraph, entity: Entity) -> str:
    """Its description and the labels of its types."""
    return " ".join((entity.description, *graph.type_names(entity))).strip()
