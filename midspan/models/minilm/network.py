"""The bundled encoder in torch: what adapts it to a task starts from here."""

from __future__ import annotations

import tokenizers
import torch
from torch import Tensor

from midspan.models.bert import BertEncoder, build_bert, mean_pool
from midspan.models.minilm.wheel import MiniLM, read_minilm


class SentenceEncoder(BertEncoder):
    """Token ids to the mean of their contextual vectors: (batch, length) to (batch, width)."""

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        return mean_pool(super().forward(tokens, mask), mask)


def bundled_network() -> tuple[BertEncoder, tokenizers.Tokenizer]:
    """The network in evaluation mode, and its tokenizer without padding or truncation.

    Raises ``ModelFilesMissing`` or ``ModelHashMismatch``.
    """
    model = read_minilm()
    return build_bert(model.config, torch_tensors(model)), model.tokenizer()


def sentence_encoder(model: MiniLM) -> SentenceEncoder:
    """The network whose graph ships, in evaluation mode."""
    with torch.device("meta"):
        network = SentenceEncoder(model.config)
    network.load_state_dict(torch_tensors(model), strict=True, assign=True)
    return network.eval()


def torch_tensors(model: MiniLM) -> dict[str, Tensor]:
    return {name: torch.from_numpy(value) for name, value in model.tensors.items()}
