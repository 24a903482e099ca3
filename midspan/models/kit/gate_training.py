"""The gate's logistic regression and its threshold, from sentences of which it is known what they are."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from midspan.models.kit.descent import descend, exhaust
from midspan.models.kit.gate import Bools, Floats, Gate

STEPS, RATE, DECAY = 400, 0.05, 1e-4
RECALL = 0.98
"""Share of the wanted sentences of the validation split that pass."""


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
