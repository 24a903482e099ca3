"""The networks of ``facts.paper``: a pre-ranker that searches, and a re-ranker that reads whole facts.

As published, with one correction: a slot's vector is normalised over its own numbers, so that scores are
cosines (there it was over the three slots, which leaks one slot into another). Slots and items go through the
same encoder and the same linear layer, which is the path by which an entity is met that no training fact is
about.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from midspan.models.bert import BertEncoder
from midspan.models.facts.paper.config import PaperConfig

FIRST_SCALE, GREATEST_SCALE = 1 / 0.07, 100.0


class PreRanker(nn.Module):
    """A bi-encoder."""

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        self.bert = BertEncoder(config.bert)
        self.project = nn.Linear(config.bert.hidden_size, config.dim)
        self.log_scale = nn.Parameter(torch.tensor(math.log(FIRST_SCALE)))

    @property
    def scale(self) -> Tensor:
        """``exp(tau)``, by which cosines become logits."""
        return self.log_scale.exp().clamp(max=GREATEST_SCALE)

    def slots(self, tokens: Tensor, mask: Tensor, places: Tensor) -> Tensor:
        """(n, length), (n, length) and the markers' places (n, 3) to unit vectors (n, 3, dim)."""
        hidden = self.bert(tokens, mask)
        rows = torch.arange(len(tokens), device=tokens.device)[:, None]
        return normalize(self.project(hidden[rows, places]), dim=-1)

    def items(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(n, length) each to unit vectors (n, dim), by the first token."""
        return normalize(self.project(self.bert(tokens, mask)[:, 0]), dim=-1)


class ReRanker(nn.Module):
    """A cross-encoder."""

    def __init__(self, config: PaperConfig) -> None:
        super().__init__()
        self.bert = BertEncoder(config.bert)
        self.head = nn.Linear(config.bert.hidden_size, 1)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(n, length) each to the logits (n,) that a triple says a fact."""
        logits: Tensor = self.head(self.bert(tokens, mask)[:, 0])
        return logits[:, 0]


def start(network: PreRanker | ReRanker, encoder: BertEncoder) -> None:
    """Put an encoder's parameters in; what its vocabulary lacks, the markers, keeps its first values."""
    own = network.bert.state_dict()
    given = encoder.state_dict()
    words = "embeddings.word_embeddings.weight"
    given[words] = torch.cat([given[words], own[words][len(given[words]) :]])
    network.bert.load_state_dict(given)
