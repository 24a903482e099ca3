"""Sizes of the atlas networks, by their names in the table of models."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from midspan.models.bert_config import BertConfig

Pool = Literal["mean", "cls"]


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
    pool: Pool
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
    return AtlasConfig(organs, "organs", BertConfig(), 0, "mean", 512, head_dropout=0.2, max_tokens=96)


def sod_config(organs: tuple[str, ...]) -> AtlasConfig:
    """``atlas.sod``: the thesis's regression to a point, on the same encoder as ``atlas.small``."""
    return replace(small_config(organs), answer="point", head_width=256)


def paper_config(organs: tuple[str, ...]) -> AtlasConfig:
    """``atlas.paper``: the published sizes, BERT-base (uncased) with one linear layer on [CLS]."""
    bert = BertConfig(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)
    return AtlasConfig(organs, "point", bert, -1, "cls", 0, head_dropout=0.0, max_tokens=512)


def tiny_config(organs: tuple[str, ...], answer: Literal["organs", "point"] = "organs") -> AtlasConfig:
    """A network that trains a few steps in a second, for tests."""
    bert = BertConfig(
        vocab_size=60, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=24,
    )  # fmt: skip
    return AtlasConfig(organs, answer, bert, -1, "mean", 8, head_dropout=0.0, max_tokens=24)
