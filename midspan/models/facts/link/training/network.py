"""The networks of the linker, as torch trains them (``space`` and ``ranker`` say what they answer)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.question import SIDES, Side
from midspan.models.facts.link.space import ROLES, Role
from midspan.models.facts.link.words import Bag

DIM, HIDDEN = 128, 384
FIRST_SCALE, GREATEST_SCALE = 14.0, 100.0
DESCRIPTION_SHARE = 0.3
"""Of a description beside its label in a key, before anything is trained."""


class SpaceNetwork(nn.Module):
    """Begins as sums of the vectors that it is given, each piece with its weight."""

    def __init__(self, pieces: Floats, rareness: Floats, hidden: int = HIDDEN) -> None:
        """``pieces`` (vocabulary, dim); ``rareness`` (vocabulary,), the first weights in descriptions and
        contexts."""
        super().__init__()
        vocabulary, dim = pieces.shape
        self.pieces = nn.EmbeddingBag.from_pretrained(torch.from_numpy(pieces), freeze=False, mode="sum")
        self.logs = nn.Parameter(torch.zeros(len(ROLES), vocabulary))
        with torch.no_grad():
            for role in ("description", "context"):
                self.logs[ROLES.index(role)] = torch.from_numpy(np.log(rareness + 1e-3))
        self.subject, self.object = (_head(3 * dim, hidden, dim) for _ in SIDES)
        self.mention = _identity(dim)
        self.entity = nn.Linear(2 * dim, dim, bias=False)
        with torch.no_grad():
            eye = torch.eye(dim)
            self.entity.weight.copy_(torch.cat([eye, DESCRIPTION_SHARE * eye], 1))
        self.around = _head(dim, 2 * dim, dim)
        self.context, self.described = _identity(dim), _identity(dim)
        self.scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))
        self.fit_scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))

    def sums(self, bags: Sequence[Bag], role: Role) -> Tensor:
        ids = torch.tensor([piece for bag in bags for piece in bag], dtype=torch.long)
        ends = np.cumsum([0, *(len(bag) for bag in bags)])[:-1]
        weights = self.logs[ROLES.index(role)][ids].exp()
        return normalize(self.pieces(ids, torch.from_numpy(ends), per_sample_weights=weights), dim=1)

    def queries(self, side: Side, own: Tensor, other: Tensor, predicate: Tensor) -> Tensor:
        """Of ``sums``, (n, dim) each."""
        head = self.subject if side == "subject" else self.object
        return normalize(head(torch.cat([own, other, predicate], 1)) + self.mention(own), dim=1)

    def keys(self, labels: Sequence[Bag], descriptions: Sequence[Bag]) -> Tensor:
        joined = [self.sums(labels, "label"), self.sums(descriptions, "description")]
        return normalize(self.entity(torch.cat(joined, 1)), dim=1)

    def fit_queries(self, contexts: Sequence[Bag]) -> Tensor:
        sums = self.sums(contexts, "context")
        return normalize(self.around(sums) + self.context(sums), dim=1)

    def fit_keys(self, descriptions: Sequence[Bag]) -> Tensor:
        return normalize(self.described(self.sums(descriptions, "description")), dim=1)


class RankerNetwork(nn.Module):
    def __init__(self, features: int, hidden: int = 64) -> None:
        super().__init__()
        self.network = _head(features, hidden, 1)

    def forward(self, rows: Tensor) -> Tensor:
        """Scores (...,) of standardised features (..., features)."""
        return self.network(rows)[..., 0]  # type: ignore[no-any-return]


def _head(width: int, hidden: int, out: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, out))


def _identity(dim: int) -> nn.Linear:
    layer = nn.Linear(dim, dim, bias=False)
    nn.init.eye_(layer.weight)
    return layer
