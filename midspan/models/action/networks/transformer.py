"""Transformer layers of chapters 6 and 7: norms before or after, self- and cross-attention.

Attention is written out, since the layers of torch take paths of their own in evaluation, which cannot be
exported to a graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"gelu": functional.gelu, "relu": functional.relu}


@dataclass(frozen=True)
class LayerConfig:
    width: int
    heads: int
    norm_first: bool
    dropout: float = 0.1
    eps: float = 1e-5
    """Of the layer norms."""
    activation: Literal["gelu", "relu"] = "gelu"
    expansion: int = 4
    """Hidden units of the feed-forward part, in widths."""


class Attention(nn.Module):
    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.heads, self.dropout = config.heads, config.dropout
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, asking: Tensor, asked: Tensor, mask: Tensor | None = None) -> Tensor:
        """asking (batch, n, width), asked (batch, m, width); mask, True where one may look, broadcasts to
        (batch, heads, n, m)."""
        query, key, value = self._split(self.query(asking)), self._split(self.key(asked)), self.value(asked)
        dropout = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(
            query, key, self._split(value), attn_mask=mask, dropout_p=dropout
        )
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor) -> Tensor:
        # (batch, n, width) -> (batch, heads, n, width / heads)
        return x.reshape(*x.shape[:2], self.heads, -1).transpose(1, 2)


class FeedForward(nn.Module):
    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.wide = nn.Linear(config.width, config.expansion * config.width)
        self.narrow = nn.Linear(config.expansion * config.width, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self._activation = ACTIVATIONS[config.activation]

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.narrow(self.dropout(self._activation(self.wide(x))))
        return out


class EncoderLayer(nn.Module):
    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.attention, self.feed_forward = Attention(config), FeedForward(config)
        self.norms = nn.ModuleList(nn.LayerNorm(config.width, eps=config.eps) for _ in range(2))
        self.dropout = nn.Dropout(config.dropout)
        self._norm_first = config.norm_first

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        first, second = self.norms
        if self._norm_first:
            inner = first(x)
            x = x + self.dropout(self.attention(inner, inner, mask))
            out: Tensor = x + self.dropout(self.feed_forward(second(x)))
            return out
        x = first(x + self.dropout(self.attention(x, x, mask)))
        out = second(x + self.dropout(self.feed_forward(x)))
        return out


class Encoder(nn.Module):
    """Layers one after the other; with norms first a last norm closes them."""

    def __init__(self, config: LayerConfig, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(layers))
        self.norm = nn.LayerNorm(config.width, eps=config.eps) if config.norm_first else nn.Identity()

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        for layer in self.layers:
            x = layer(x, mask)
        out: Tensor = self.norm(x)
        return out


def begin(module: nn.Module) -> None:
    """Xavier's values for all linear layers.

    With those that torch draws, a third as large in square, what the boxes of a clip say is so weak after two
    encoders that dropout drowns it, and training stalls at chance.
    """
    for one in module.modules():
        if isinstance(one, nn.Linear):
            nn.init.xavier_uniform_(one.weight)
            nn.init.zeros_(one.bias)


def causal(length: int, device: torch.device) -> Tensor:
    """(length, length): each may look at itself and what was before."""
    return torch.ones((length, length), dtype=torch.bool, device=device).tril()
