"""The sizes of a BERT encoder; no third party is imported here."""

from __future__ import annotations

from dataclasses import dataclass

UNUSED = ("pooler.", "embeddings.position_ids")
"""How the names of a checkpoint's tensors begin that encode nothing."""


@dataclass(frozen=True)
class BertConfig:
    """Sizes; the fields of the same names in a checkpoint's config.json."""

    vocab_size: int = 30522
    hidden_size: int = 384
    num_hidden_layers: int = 6
    num_attention_heads: int = 12
    intermediate_size: int = 1536
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    layer_norm_eps: float = 1e-12
    hidden_dropout_prob: float = 0.1
    """In training only."""
