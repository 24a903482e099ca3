"""A BERT encoder, some of its lower layers frozen, with a head on the whole text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import tokenizers
import torch
from torch import Tensor, nn

from midspan.models.bert import BertEncoder, mean_pool
from midspan.models.bert_config import BertConfig
from midspan.models.kit.engine import Floats
from midspan.models.kit.frozen import PartlyFrozen, start_from
from midspan.models.kit.token_batches import answered, pad, tokens_of
from midspan.models.kit.torch_engine import TorchEngine

Pool = Literal["mean", "cls"]
Tokenizer = tokenizers.Tokenizer


class TextNetwork(PartlyFrozen):
    """Its parameters are those of ``bert`` and of ``head``."""

    def __init__(
        self,
        bert: BertConfig,
        outputs: int,
        *,
        frozen_layers: int = -1,
        pool: Pool = "mean",
        head_width: int = 0,
        head_dropout: float = 0.0,
        encoder: BertEncoder | None = None,
    ) -> None:
        """Starts from the parameters of ``encoder``, or at random.

        ``frozen_layers`` lower layers stay as they are, and the embeddings; -1 trains everything. A head of
        width 0 is one linear layer.
        """
        super().__init__()
        self.bert = BertEncoder(bert)
        self.head = nn.Sequential(*_head(bert.hidden_size, head_width, outputs, head_dropout))
        self._pool, self._split = pool, max(frozen_layers, 0)
        if frozen_layers >= 0:
            self.freeze(self.bert.embeddings, *self.layers[:frozen_layers])
        if encoder is not None:
            start_from(self.bert, encoder)

    @property
    def layers(self) -> nn.ModuleList:
        return self.bert.encoder["layer"]  # type: ignore[return-value]

    def hidden(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(batch, length) int64 and bool to (batch, length, width), a vector a token."""
        attend = mask[:, None, None, :]
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            hidden: Tensor = self.bert.embeddings(tokens)
            for layer in self.layers[: self._split]:
                hidden = layer(hidden, attend)
        for layer in self.layers[self._split :]:
            hidden = layer(hidden, attend)
        return hidden

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(batch, length) int64 and bool to (batch, outputs)."""
        hidden = self.hidden(tokens, mask)
        out: Tensor = self.head(mean_pool(hidden, mask) if self._pool == "mean" else hidden[:, 0])
        return out

    def of_tokens(self, rows: list[list[int]]) -> Tensor:
        """The answer to rows of token ids, float32, with its graph."""
        device = next(self.parameters()).device
        tokens, mask = (torch.from_numpy(one).to(device) for one in pad(rows))
        said: Tensor = self(tokens, mask)
        return said.float()


def answers(network: TextNetwork, tokenizer: Tokenizer, texts: Sequence[str]) -> Floats:
    """What a network, where it is, says of each text, in their order: (n, outputs)."""
    engine = TorchEngine(network, next(network.parameters()).device)
    return answered(engine, tokens_of(tokenizer, texts))


def _head(width: int, hidden: int, outputs: int, dropout: float) -> list[nn.Module]:
    if not hidden:
        return [nn.Linear(width, outputs)]
    first = [nn.LayerNorm(width), nn.Dropout(dropout / 2), nn.Linear(width, hidden), nn.GELU()]
    return [*first, nn.Dropout(dropout), nn.Linear(hidden, outputs)]
