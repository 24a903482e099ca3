"""The chapter's detector by attention: does anything of the graph answer to a mention?

``q = W_q e``, ``K = W_k E``, ``V = W_v E`` with the mention ``e`` and the entities ``E`` nearest to it;
``h = softmax(scale q K') V + e``, and the graph has it where ``slope max_j <h, E_j> + offset > 0``. As
published the last is a mean over all entities of the graph, which is their centroid, and can hardly say that
one of them is close; so it is the greatest here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from midspan.models.facts.evaluation.nearest import Found
from midspan.models.facts.link.layers import Floats
from midspan.models.kit.descent import descend, exhaust

EPOCHS, BATCH, RATE = 3, 128, 3e-4
"""By the facts that thresholds are set on: more training only fits those that it is shown."""
FIRST_SCALE = 14.0


class Attention(nn.Module):
    """Its matrices begin as the identity."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(dim, dim, bias=False) for _ in range(3))
        for layer in (self.query, self.key, self.value):
            nn.init.eye_(layer.weight)
        self.scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))
        self.slope, self.offset = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(0.0))

    def forward(self, queries: Tensor, keys: Tensor) -> Tensor:
        """Logits (n,) of mentions (n, dim) and what is near to each (n, k, dim)."""
        fits = torch.einsum("nd,nkd->nk", self.query(queries), self.key(keys))
        weights = (self.scale.exp() * fits).softmax(dim=1)
        mixed = torch.einsum("nk,nkd->nd", weights, self.value(keys)) + queries
        return self.slope * torch.einsum("nd,nkd->nk", mixed, keys).amax(dim=1) + self.offset


def train_attention(found: Found, there: npt.NDArray[np.bool_], seed: int) -> Callable[[Found], Floats]:
    """Its logits as a function; the vectors stay as they are. Deterministic."""
    torch.manual_seed(seed)
    network = Attention(found.queries.shape[1])
    truth = torch.from_numpy(there.astype(np.float32))

    def loss(chosen: npt.NDArray[np.intp]) -> Tensor:
        return binary_cross_entropy_with_logits(network(*_tensors(found[chosen])), truth[chosen])

    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE)
    exhaust(descend(loss, _batches(len(there), seed), optimiser))

    def logits(some: Found) -> Floats:
        with torch.no_grad():
            return np.asarray(network(*_tensors(some)).numpy())

    return logits


def _tensors(found: Found) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(found.queries), torch.from_numpy(found.keys)


def _batches(count: int, seed: int) -> Iterator[npt.NDArray[np.intp]]:
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(count)
        yield from (order[start : start + BATCH] for start in range(0, count, BATCH))
