"""A cheap look at the shared sentence embedding: may this sentence be one for a chapter at all?

Only sentences that pass pay for the chapter's own network. A logistic regression; its threshold is set so
that it lets nearly every wanted sentence through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from midspan.models.kit.descent import descend, exhaust

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
STEPS, RATE, DECAY = 400, 0.05, 1e-4
RECALL = 0.98
"""Share of the wanted sentences of the validation split that pass."""


@dataclass(frozen=True)
class Gate:
    weight: Floats
    """(d,)."""
    bias: float
    threshold: float

    def probability(self, embeddings: Floats) -> npt.NDArray[np.float64]:
        """Of being wanted, for unit vectors (n, d): (n,)."""
        return np.asarray(1 / (1 + np.exp(-(embeddings.astype(np.float64) @ self.weight + self.bias))))

    def passes(self, embeddings: Floats) -> Bools:
        return np.asarray(self.probability(embeddings) >= self.threshold)

    @property
    def tensors(self) -> dict[str, Tensor]:
        """For a model folder; the threshold goes into its config."""
        return {"gate.weight": torch.tensor(self.weight), "gate.bias": torch.tensor(self.bias)}

    @classmethod
    def of(cls, tensors: Mapping[str, Tensor], threshold: float) -> Gate:
        return cls(tensors["gate.weight"].numpy(), float(tensors["gate.bias"]), threshold)


def train_gate(embeddings: Floats, wanted: Bools, held_out: Floats, held_out_wanted: Bools) -> Gate:
    """Embeddings (n, d) with what is true of them (n,); the held-out ones set the threshold.

    Both kinds weigh the same, however many there are. Deterministic.
    """
    vectors, truth = torch.tensor(embeddings), torch.tensor(wanted, dtype=torch.float32)
    weight = torch.zeros(vectors.shape[1], requires_grad=True)
    bias = torch.zeros((), requires_grad=True)
    share = truth.mean()
    balance = torch.where(truth > 0, 0.5 / share, 0.5 / (1 - share))

    def loss(_: None) -> Tensor:
        return functional.binary_cross_entropy_with_logits(vectors @ weight + bias, truth, balance)

    optimiser = torch.optim.AdamW([weight, bias], lr=RATE, weight_decay=DECAY)
    exhaust(descend(loss, repeat(None, STEPS), optimiser))
    open_gate = Gate(weight.detach().numpy(), float(bias.detach()), 0.0)
    known = open_gate.probability(held_out)[held_out_wanted]
    return Gate(open_gate.weight, open_gate.bias, float(np.quantile(known, 1 - RECALL)))
