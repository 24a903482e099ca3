"""A BERT encoder network in plain torch, so that encoding text does not wait for a large library.

Parameter names follow the published checkpoints, so that their safetensors files load strictly.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from midspan.models.bert_config import UNUSED, BertConfig


class Embeddings(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, tokens: Tensor) -> Tensor:
        summed: Tensor = self.word_embeddings(tokens) + self.token_type_embeddings.weight[0]
        normed: Tensor = self.LayerNorm(summed + self.position_embeddings.weight[: tokens.shape[1]])
        return normed


class SelfAttention(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.query = nn.Linear(config.hidden_size, config.hidden_size)
        self.key = nn.Linear(config.hidden_size, config.hidden_size)
        self.value = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        split = (*hidden.shape[:2], self.heads, -1)
        # (batch, tokens, width) -> (batch, heads, tokens, width / heads)
        query, key, value = (
            project(hidden).view(split).transpose(1, 2) for project in (self.query, self.key, self.value)
        )
        with torch.autocast("cpu", enabled=False):
            # in bfloat16 the step back through it takes a CPU several times as long
            if query.device.type == "cpu":
                query, key, value = query.float(), key.float(), value.float()
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return mixed.transpose(1, 2).flatten(2)


class ResidualOutput(nn.Module):
    def __init__(self, inner: int, config: BertConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(inner, config.hidden_size)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, inner: Tensor, residual: Tensor) -> Tensor:
        normed: Tensor = self.LayerNorm(self.dropout(self.dense(inner)) + residual)
        return normed


class Layer(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.attention = nn.ModuleDict(
            {"self": SelfAttention(config), "output": ResidualOutput(config.hidden_size, config)}
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(config.hidden_size, config.intermediate_size)})
        self.output = ResidualOutput(config.intermediate_size, config)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        attended = self.attention["output"](self.attention["self"](hidden, mask), hidden)
        wide = functional.gelu(self.intermediate["dense"](attended))
        out: Tensor = self.output(wide, attended)
        return out


class BertEncoder(nn.Module):
    """Token ids to contextual vectors; no pooler."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.encoder = nn.ModuleDict({"layer": layers})

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(batch, length) int64 ids and bool mask (True: a real token) to (batch, length, width)."""
        hidden: Tensor = self.embeddings(tokens)
        for layer in self.encoder["layer"]:  # type: ignore[attr-defined]
            hidden = layer(hidden, mask[:, None, None, :])
        return hidden


def mean_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean over the real tokens: (batch, length, width), (batch, length) to (batch, width)."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


def build_bert(config: BertConfig, tensors: dict[str, Tensor]) -> BertEncoder:
    """A network in evaluation mode with a checkpoint's tensors; what only training needs is left out."""
    with torch.random.fork_rng(devices=[]):  # initial values are thrown away; leave the caller's seed alone
        network = BertEncoder(config)
    kept = {name: tensor for name, tensor in tensors.items() if not name.startswith(UNUSED)}
    network.load_state_dict(kept, strict=True, assign=True)
    return network.eval()
