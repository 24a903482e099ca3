"""The sizes of the networks that place things: SR-BERT in one stream, and a lighter one that looks across."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Stream = Literal["single", "cross"]
Heads = Literal["discrete", "continuous"]


@dataclass(frozen=True)
class PlacingConfig:
    """``single`` reads text and things in one encoder, as SR-BERT does; in ``cross`` the text is read by
    convolutions and the things look at it and at each other, told how far a word lies from where a thing is
    named."""

    stream: Stream = "cross"
    heads: Heads = "discrete"
    """What answers for x and y: a class a bin, or a number each."""
    width: int = 128
    layers: int = 3
    attention_heads: int = 4
    text_layers: int = 2
    """Convolutions over the text; of ``cross`` alone."""
    vocabulary: int = 30522
    piece_width: int = 64
    """Of the vectors of word pieces, before they are projected."""
    positions: int = 256
    """Of text tokens: longer texts are cut. Position embeddings are those of ``single`` alone."""
    dropout: float = 0.1

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlacingConfig:
        return cls(**data)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def small_config() -> PlacingConfig:
    """What ships."""
    return PlacingConfig()


def srbert_config() -> PlacingConfig:
    """SR-BERT in a size that a CPU can train."""
    return PlacingConfig(stream="single", width=192, layers=4, attention_heads=6)


def paper_config() -> PlacingConfig:
    """SR-BERT as published: BERT-base reads words and things."""
    return PlacingConfig(
        stream="single",
        width=768,
        layers=12,
        attention_heads=12,
        piece_width=768,
        positions=512,
    )
