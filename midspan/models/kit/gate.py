"""A cheap look at the shared sentence embedding: may this sentence speak of anatomy at all?

Only sentences that pass pay for the second encoder. A logistic regression; its threshold is set so that it
lets nearly every anatomical sentence through.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
STEPS, RATE, DECAY = 400, 0.05, 1e-4
RECALL = 0.98
"""Share of the anatomical sentences of the validation split that pass."""


@dataclass(frozen=True)
class Gate:
    weight: Floats
    """(d,)."""
    bias: float
    threshold: float

    def probability(self, embeddings: Floats) -> npt.NDArray[np.float64]:
        """Of anatomy, for unit vectors (n, d): (n,)."""
        return np.asarray(1 / (1 + np.exp(-(embeddings.astype(np.float64) @ self.weight + self.bias))))

    def passes(self, embeddings: Floats) -> Bools:
        return np.asarray(self.probability(embeddings) >= self.threshold)


def train_gate(embeddings: Floats, anatomy: Bools, held_out: Floats, held_out_anatomy: Bools) -> Gate:
    """Embeddings (n, d) with what is true of them (n,); the held-out ones set the threshold.

    Both kinds weigh the same, however many there are. Deterministic.
    """
    vectors, truth = torch.tensor(embeddings), torch.tensor(anatomy, dtype=torch.float32)
    weight = torch.zeros(vectors.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    share = truth.mean()
    balance = torch.where(truth > 0, 0.5 / share, 0.5 / (1 - share))
    optimiser = torch.optim.AdamW([weight, bias], lr=RATE, weight_decay=DECAY)
    for _ in range(STEPS):
        loss = functional.binary_cross_entropy_with_logits(vectors @ weight + bias, truth, balance)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    open_gate = Gate(weight.detach().numpy(), float(bias.detach()), 0.0)
    known = open_gate.probability(held_out)[held_out_anatomy]
    return Gate(open_gate.weight, open_gate.bias, float(np.quantile(known, 1 - RECALL)))
