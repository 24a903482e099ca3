"""SR-BERT, and a lighter network for the same task: words and things in, a place for each thing out.

What a thing is told by: the mean vector of its label's pieces, an embedding of its category, and its place
where it has one already, which stands instead of a position: the things are a set.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from midspan.models.bert import BertEncoder, Layer
from midspan.models.bert_config import BertConfig
from midspan.models.scene.learned.answers import WIDTH_OF
from midspan.models.scene.learned.config import PlacingConfig
from midspan.models.scene.learned.grid import COLUMNS, DEPTHS, FACINGS, ROWS
from midspan.models.scene.learned.rows import APART, IDS, NEAR, UNNAMED

NEVER = -1e4
"""The score of what is not to be looked at."""
FIRST = 0.1
"""What the embeddings of a thing begin with is small, so that what it reads of the text counts at once."""
REACH = 2
"""Pieces to either side that a convolution over the text sees."""


class SpatialEmbedding(nn.Module):
    """A thing's x, y, depth and facing, each with a class for *not placed yet*: LayerNorm of their mean."""

    def __init__(self, config: PlacingConfig) -> None:
        super().__init__()
        sizes = (COLUMNS, ROWS, DEPTHS, FACINGS)
        self.parts = nn.ModuleList(nn.Embedding(size + 1, config.width) for size in sizes)
        self.norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        nn.init.constant_(self.norm.weight, FIRST)

    def forward(self, placed: Tensor) -> Tensor:
        """(batch, things, 4) bins to (batch, things, width)."""
        embedded = [part(placed[..., k]) for k, part in enumerate(self.parts)]
        mean = torch.stack(embedded).mean(0)
        return self.dropout(self.norm(mean))  # type: ignore[no-any-return]


class Things(nn.Module):
    """The tokens of things, and what is read from them at the end."""

    def __init__(self, config: PlacingConfig) -> None:
        super().__init__()
        self.project = nn.Linear(config.piece_width, config.width)
        self.kind = nn.Embedding(IDS, config.width, padding_idx=0)
        self.spatial = SpatialEmbedding(config)
        nn.init.normal_(self.kind.weight, std=FIRST)

    def forward(self, labels: Tensor, ids: Tensor, placed: Tensor, pieces: nn.Embedding) -> Tensor:
        real = (labels > 0).unsqueeze(-1).float()
        words = (pieces(labels) * real).sum(2) / real.sum(2).clamp(min=1.0)
        return self.project(words) + self.kind(ids) + self.spatial(placed)  # type: ignore[no-any-return]


class Answer(nn.Module):
    """The heads, as BERT's for masked words: dense, GELU, LayerNorm, linear."""

    def __init__(self, config: PlacingConfig) -> None:
        super().__init__()
        self.dense = nn.Linear(config.width, config.width)
        self.norm = nn.LayerNorm(config.width)
        self.out = nn.Linear(config.width, WIDTH_OF[config.heads])

    def forward(self, things: Tensor) -> Tensor:
        return self.out(self.norm(functional.gelu(self.dense(things))))  # type: ignore[no-any-return]


class PlacingNetwork(nn.Module):
    """Common to both: ``pieces``, ``things`` and ``answer``; ``read`` is what differs."""

    def __init__(self, config: PlacingConfig) -> None:
        super().__init__()
        self.config = config
        self.pieces = nn.Embedding(config.vocabulary, config.piece_width, padding_idx=0)
        self.things = Things(config)
        self.answer = Answer(config)

    def begin_with(self, vectors: Tensor) -> None:
        """Put in the vectors (vocabulary, piece_width) that word pieces begin with."""
        with torch.no_grad():
            self.pieces.weight.copy_(vectors)
            self.pieces.weight[0] = 0

    def forward(
        self, tokens: Tensor, labels: Tensor, ids: Tensor, near: Tensor, apart: Tensor, placed: Tensor
    ) -> Tensor:
        """``rows.padded`` and bins (batch, things, 4) to (batch, things, answers)."""
        things = self.things(labels, ids, placed, self.pieces)
        return self.answer(self.read(tokens, things, ids > 0, near, apart))  # type: ignore[no-any-return]

    def read(self, tokens: Tensor, things: Tensor, real: Tensor, near: Tensor, apart: Tensor) -> Tensor:
        """The things (batch, things, width) after they have looked at the text and at each other."""
        raise NotImplementedError


def bias_of(table: nn.Embedding, buckets: Tensor, real: Tensor) -> Tensor:
    """(batch, heads, rows, columns) to add to attention: of the buckets, and never of what is not real."""
    bias: Tensor = table(buckets).permute(0, 3, 1, 2)
    return bias.masked_fill(~real[:, None, None, :], NEVER)


# --- one stream ---


class SingleStream(PlacingNetwork):
    """One BERT encoder reads the words, with their positions, and after them the things, with their places.

    Its layers are those of published checkpoints, so that it can start from one. What it is told of where
    things are named it does not use.
    """

    def __init__(self, config: PlacingConfig) -> None:
        super().__init__(config)
        self.positions = nn.Embedding(config.positions, config.width)
        self.types = nn.Embedding(2, config.width)
        self.norm = nn.LayerNorm(config.width, eps=1e-12)
        self.dropout = nn.Dropout(config.dropout)
        bert = BertConfig(
            hidden_size=config.width,
            num_attention_heads=config.attention_heads,
            intermediate_size=4 * config.width,
            hidden_dropout_prob=config.dropout,
        )
        self.layers = nn.ModuleList(Layer(bert) for _ in range(config.layers))

    def read(self, tokens: Tensor, things: Tensor, real: Tensor, near: Tensor, apart: Tensor) -> Tensor:
        length = tokens.shape[1]
        words = self.things.project(self.pieces(tokens)) + self.positions.weight[:length]
        both = torch.cat([words + self.types.weight[0], things + self.types.weight[1]], 1)
        hidden: Tensor = self.dropout(self.norm(both))
        seen = torch.cat([tokens > 0, real], 1)[:, None, None, :]
        for layer in self.layers:
            hidden = layer(hidden, seen)
        return hidden[:, length:]


# --- things that look across at the text ---


class Attention(nn.Module):
    def __init__(self, config: PlacingConfig) -> None:
        super().__init__()
        self.heads = config.attention_heads
        self.query = nn.Linear(config.width, config.width)
        self.both = nn.Linear(config.width, 2 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(self, asking: Tensor, asked: Tensor, bias: Tensor) -> Tensor:
        """(batch, rows, width), (batch, columns, width), (batch, heads, rows, columns)."""
        batch, rows = asking.shape[:2]
        query = self.query(asking).view(batch, rows, self.heads, -1).transpose(1, 2)
        key, value = self.both(asked).view(batch, asked.shape[1], 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5 + bias
        # written out: the exporter does not follow the fused one where the bias is a number a place
        mixed = scores.softmax(-1).to(value.dtype) @ value
        return self.out(mixed.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]


class Convolution(nn.Module):
    """Each piece of the text with ``REACH`` to either side: inner numbers a piece to ``width``."""

    def __init__(self, inner: int, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear((2 * REACH + 1) * inner, width)

    def forward(self, words: Tensor) -> Tensor:
        length = words.shape[1]
        wide = functional.pad(words, (0, 0, REACH, REACH))
        around = torch.cat([wide[:, k : k + length] for k in range(2 * REACH + 1)], -1)
        return functional.relu(self.mix(around))


class CrossLayer(nn.Module):
    def __init__(self, config: PlacingConfig) -> None:
        super().__init__()
        width = config.width
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.across, self.among = Attention(config), Attention(config)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, things: Tensor, words: Tensor, to_words: Tensor, to_things: Tensor) -> Tensor:
        things = things + self.dropout(self.across(self.norms[0](things), words, to_words))
        normed = self.norms[1](things)
        things = things + self.dropout(self.among(normed, normed, to_things))
        wide = functional.gelu(self.wide(self.norms[2](things)))
        return things + self.dropout(self.narrow(wide))  # type: ignore[no-any-return]


def first_looks(heads: int) -> Tensor:
    """(UNNAMED + 1, heads): a head begins by looking around where the thing is named, just after it, just
    before it, or farther around, in turn."""
    steps = torch.arange(UNNAMED + 1).float() - NEAR
    kinds = (
        -0.5 * steps.abs(),
        torch.where(steps >= 0, -0.3 * steps, 3 * steps),
        torch.where(steps <= 0, 0.3 * steps, -3 * steps),
        -0.1 * steps.abs(),
    )
    looks = torch.stack([kinds[head % len(kinds)] for head in range(heads)], 1).clamp(min=-8.0)
    looks[UNNAMED] = 0.0
    return looks


class CrossStream(PlacingNetwork):
    def __init__(self, config: PlacingConfig) -> None:
        super().__init__(config)
        self.naming = nn.Embedding(2, config.piece_width)
        """Whether a piece names one of the things."""
        self.first = Convolution(config.piece_width, config.width)
        self.convolutions = nn.ModuleList(
            Convolution(config.width, config.width) for _ in range(config.text_layers - 1)
        )
        self.words_norms = nn.ModuleList(nn.LayerNorm(config.width) for _ in range(config.text_layers))
        self.near = nn.Embedding(UNNAMED + 1, config.attention_heads)
        self.apart = nn.Embedding(APART + 1, config.attention_heads)
        self.layers = nn.ModuleList(CrossLayer(config) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.width)
        with torch.no_grad():
            self.near.weight.copy_(first_looks(config.attention_heads))
            self.apart.weight.zero_()

    def read(self, tokens: Tensor, things: Tensor, real: Tensor, near: Tensor, apart: Tensor) -> Tensor:
        mask = (tokens > 0).unsqueeze(-1).float()
        named = (near == NEAR).any(1).long()
        words = self.words_norms[0](self.first((self.pieces(tokens) + self.naming(named)) * mask))
        for convolution, norm in zip(self.convolutions, self.words_norms[1:], strict=True):
            words = norm(words + convolution(words * mask))
        to_words = bias_of(self.near, near, tokens > 0)
        to_things = bias_of(self.apart, apart, real)
        for layer in self.layers:
            things = layer(things, words, to_words, to_things)
        return self.norm(things)  # type: ignore[no-any-return]


def build(config: PlacingConfig) -> PlacingNetwork:
    return CrossStream(config) if config.stream == "cross" else SingleStream(config)


def start_from_bert(network: PlacingNetwork, bert: BertEncoder) -> None:
    """Put in the layers and embeddings of an encoder of the same sizes. Raises ``ValueError`` for another."""
    config = network.config
    sizes = bert.config.hidden_size, bert.config.num_hidden_layers, bert.config.vocab_size
    if not isinstance(network, SingleStream) or sizes != (config.width, config.layers, config.vocabulary):
        raise ValueError(
            f"expected an encoder of {config.layers} layers of width {config.width} and {config.vocabulary} "
            f"word pieces, found {sizes[1]} of {sizes[0]} and {sizes[2]}"
        )
    embeddings = bert.embeddings
    network.begin_with(embeddings.word_embeddings.weight)
    with torch.no_grad():
        network.positions.weight.copy_(embeddings.position_embeddings.weight[: config.positions])
        network.types.weight.copy_(embeddings.token_type_embeddings.weight)
        nn.init.eye_(network.things.project.weight)
        network.things.project.bias.zero_()
    network.norm.load_state_dict(embeddings.LayerNorm.state_dict())
    for layer, other in zip(network.layers, bert.encoder["layer"], strict=True):  # type: ignore[call-overload]
        layer.load_state_dict(other.state_dict())
