"""The networks of chapter 4: a sentence's tokens to organ logits, or to a point in the body."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import torch
from torch import Tensor, nn

from midspan.models.bert import BertConfig, BertEncoder, mean_pool


@dataclass(frozen=True)
class AtlasConfig:
    """Sizes and answers of an atlas network; saved with its weights."""

    organs: tuple[str, ...]
    """Names of the organs; in the answer ``organs`` one more logit stands last, for "no anatomy"."""
    answer: Literal["organs", "point"]
    bert: BertConfig
    frozen_layers: int
    """Lower layers (and the embeddings) that stay those of the bundled encoder and are not saved; -1
    trains and saves everything."""
    pool: Literal["mean", "cls"]
    head_width: int
    """Hidden units of the head; 0: one linear layer."""
    head_dropout: float
    max_tokens: int
    centre_mm: tuple[float, float, float] = (0.0, 0.0, 450.0)
    scale_mm: float = 500.0
    """A point is ``centre_mm + scale_mm * tanh(...)``, with the same scale along every axis."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AtlasConfig:
        patched = {**data, "organs": tuple(data["organs"]), "centre_mm": tuple(data["centre_mm"])}
        return cls(**{**patched, "bert": BertConfig(**data["bert"])})


def small_config(organs: tuple[str, ...]) -> AtlasConfig:
    """``atlas.small``: the bundled encoder, all its layers adapted; its embeddings stay."""
    return AtlasConfig(
        organs=organs,
        answer="organs",
        bert=BertConfig(),
        frozen_layers=0,
        pool="mean",
        head_width=512,
        head_dropout=0.2,
        max_tokens=96,
    )


def sod_config(organs: tuple[str, ...]) -> AtlasConfig:
    """``atlas.sod``: the thesis's regression to a point, on the same encoder as ``atlas.small``."""
    return replace(small_config(organs), answer="point", head_width=256)


def paper_config(organs: tuple[str, ...]) -> AtlasConfig:
    """``atlas.paper``: the published sizes, BERT-base (uncased) with one linear layer on [CLS]."""
    return AtlasConfig(
        organs=organs,
        answer="point",
        bert=BertConfig(
            hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072
        ),
        frozen_layers=-1,
        pool="cls",
        head_width=0,
        head_dropout=0.0,
        max_tokens=512,
    )


def tiny_config(organs: tuple[str, ...], answer: Literal["organs", "point"] = "organs") -> AtlasConfig:
    """A network that trains a few steps in a second, for tests."""
    bert = BertConfig(
        vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=24,
    )  # fmt: skip
    return AtlasConfig(organs, answer, bert, -1, "mean", 8, 0.0, 24)


class AtlasNetwork(nn.Module):
    def __init__(self, config: AtlasConfig) -> None:
        super().__init__()
        self.config = config
        self.bert = BertEncoder(config.bert)
        width = config.bert.hidden_size
        outputs = len(config.organs) + 1 if config.answer == "organs" else 3
        self.head = nn.Sequential(*_head(width, config.head_width, outputs, config.head_dropout))
        for parameter in self.frozen():
            parameter.requires_grad = False

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """(batch, length) int64 and bool to (batch, organs + 1) logits or (batch, 3) in -1..1."""
        split = max(self.config.frozen_layers, 0)
        attend = mask[:, None, None, :]
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.config.frozen_layers < 0):
            hidden: Tensor = self.bert.embeddings(tokens)
            for layer in self.layers[:split]:
                hidden = layer(hidden, attend)
        for layer in self.layers[split:]:
            hidden = layer(hidden, attend)
        out: Tensor = self.head(mean_pool(hidden, mask) if self.config.pool == "mean" else hidden[:, 0])
        return torch.tanh(out) if self.config.answer == "point" else out

    @property
    def layers(self) -> nn.ModuleList:
        return self.bert.encoder["layer"]  # type: ignore[return-value]

    def frozen(self) -> list[nn.Parameter]:
        if self.config.frozen_layers < 0:
            return []
        modules = [self.bert.embeddings, *self.layers[: self.config.frozen_layers]]
        return [parameter for module in modules for parameter in module.parameters()]

    def train(self, mode: bool = True) -> AtlasNetwork:
        """Frozen layers stay in evaluation mode: without dropout."""
        super().train(mode)
        if self.config.frozen_layers >= 0:
            self.bert.embeddings.eval()
            for layer in self.layers[: self.config.frozen_layers]:
                layer.eval()
        return self

    def trained_state(self) -> dict[str, Tensor]:
        """The parameters that are not those of the bundled encoder, by name."""
        return {name: value.detach() for name, value in self.named_parameters() if value.requires_grad}

    def to_mm(self, points: Tensor) -> Tensor:
        """(n, 3) in -1..1 to LPS millimetres."""
        return points * self.config.scale_mm + points.new_tensor(self.config.centre_mm)


def _head(width: int, hidden: int, outputs: int, dropout: float) -> list[nn.Module]:
    if not hidden:
        return [nn.Linear(width, outputs)]
    first = [nn.LayerNorm(width), nn.Dropout(dropout / 2), nn.Linear(width, hidden), nn.GELU()]
    return [*first, nn.Dropout(dropout), nn.Linear(hidden, outputs)]


def start_from(network: AtlasNetwork, encoder: BertEncoder) -> AtlasNetwork:
    """Put an encoder's parameters of the same sizes in."""
    network.bert.load_state_dict(encoder.state_dict(), strict=True)
    return network


def load_trained(network: AtlasNetwork, state: dict[str, Tensor]) -> AtlasNetwork:
    """Put trained parameters in; raises ``ValueError`` when they are not exactly those the network trains."""
    expected = set(network.trained_state())
    if expected != set(state):
        odd = sorted(expected ^ set(state))
        raise ValueError(f"the weights do not fit the network; {len(odd)} names differ, as {odd[0]!r}")
    network.load_state_dict({name: value.float() for name, value in state.items()}, strict=False)
    return network.eval()
