"""A small network on frozen embeddings: trained in seconds, since the encoder is asked but once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from midspan.models.kit.descent import descend, exhaust

Embeddings = npt.NDArray[np.float32]
WIDTH, DROPOUT, RATE, DECAY, EPOCHS, BATCH = 256, 0.2, 1e-3, 0.01, 25, 128
SCALE = 8.0
"""Unit vectors are too small for a network's initial weights."""


def train_head(
    loss: Callable[[Tensor, Tensor], Tensor],
    views: Sequence[Embeddings],
    outputs: int,
    *,
    seed: int,
    epochs: int = EPOCHS,
) -> nn.Sequential:
    """views: embeddings (n, d) of the same rows shown in different ways, of which each step takes one a row.

    ``loss`` is given what the head says (batch, outputs) and which rows (batch,) it is of.
    """
    torch.manual_seed(seed)
    vectors = torch.tensor(np.stack(views)) * SCALE
    layers = nn.Linear(vectors.shape[2], WIDTH), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(WIDTH, outputs)
    head = nn.Sequential(*layers).train()

    def batches() -> Iterator[Tensor]:
        for _ in range(epochs):
            yield from torch.split(torch.randperm(vectors.shape[1]), BATCH)

    def of_rows(rows: Tensor) -> Tensor:
        return loss(head(vectors[torch.randint(0, len(views), (len(rows),)), rows]), rows)

    optimiser = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    exhaust(descend(of_rows, batches(), optimiser))
    return head.eval()


def head_output(head: nn.Module, embeddings: Embeddings) -> Tensor:
    """What a head says of embeddings (n, d): (n, outputs)."""
    with torch.inference_mode():
        said: Tensor = head(torch.tensor(embeddings) * SCALE)
    return said
