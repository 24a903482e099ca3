"""Sizes of ``facts.paper``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from midspan.models.bert_config import BertConfig

PAPER_NAME = "facts.paper"


@dataclass(frozen=True)
class PaperConfig:
    bert: BertConfig
    """Its vocabulary holds the markers too, at the end."""
    dim: int = 200
    """Of the space in which the pre-ranker searches."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PaperConfig:
        return cls(**{**data, "bert": BertConfig(**data["bert"])})


DISTILROBERTA = BertConfig(
    vocab_size=50_265,
    hidden_size=768,
    num_hidden_layers=6,
    num_attention_heads=12,
    intermediate_size=3072,
    type_vocab_size=1,
    layer_norm_eps=1e-5,
)
"""The encoder that the chapter starts from, without its markers."""
