"""STLT, the layout branch of chapter 6: boxes of hands and things over time to a verb.

Each frame has a token for the frame (a box of the whole picture) and one for each box. A spatial encoder
reads a frame's tokens; the frame tokens, with their place in time and one more frame that holds nothing,
go through a causal temporal encoder, and what that says at the added frame is the clip's.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from midspan.models.action.classes import Classes
from midspan.models.action.networks.heads import hidden_head
from midspan.models.action.networks.precision import full_precision
from midspan.models.action.networks.transformer import Encoder, LayerConfig, begin, causal

NOTHING, OBJECT, HAND, WHOLE = range(4)
"""Categories of tokens; the last is the frame's own."""
PADDING, FIRST, REGULAR, EMPTY, EXTRACT = range(5)
"""Types of frames."""
PADDED = -1
"""Category of every slot of a frame that is none: the clip was shorter."""
TABLE_STD = 0.1
"""Of the first values of tables: rows of length 1 outweigh the boxes."""
OCTAVES = (1, 2, 4, 8)
FOURIER = 8 * (len(OCTAVES) + 1)


@dataclass(frozen=True)
class LayoutConfig:
    layer: LayerConfig
    spatial_layers: int
    temporal_layers: int
    positions: int
    """Size of the table of places in time; more than the frames of a clip."""
    fourier: bool
    """A box as waves of its centre and size, through two layers; or its four sides through one."""
    scores: bool
    """Whether the detector's scores are read."""

    @property
    def width(self) -> int:
        return self.layer.width

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LayoutConfig:
        return cls(**{**data, "layer": LayerConfig(**data["layer"])})


def small_layout() -> LayoutConfig:
    """``layout.small``: norms first and waves for boxes, which train in few steps where raw sides stall."""
    layer = LayerConfig(64, 4, norm_first=True, dropout=0.05)
    return LayoutConfig(layer, 2, 2, positions=17, fourier=True, scores=True)


def paper_layout() -> LayoutConfig:
    """The published sizes, without scores as for the Something data sets."""
    layer = LayerConfig(768, 12, norm_first=False, dropout=0.1, eps=1e-12)
    return LayoutConfig(layer, 4, 8, positions=256, fourier=False, scores=False)


class BoxTokens(nn.Module):
    """Category, box and score to a token: LN(category + box [+ score])."""

    def __init__(self, config: LayoutConfig) -> None:
        super().__init__()
        width = config.width
        self.category = nn.Embedding(4, width)
        self.box: nn.Module = nn.Linear(4, width)
        if config.fourier:
            self.box = nn.Sequential(nn.Linear(FOURIER, width), nn.GELU(), nn.Linear(width, width))
        self.score = nn.Linear(1, width) if config.scores else None
        self.norm = nn.LayerNorm(width, eps=config.layer.eps)
        self.dropout = nn.Dropout(config.layer.dropout)
        self._fourier = config.fourier

    def forward(self, boxes: Tensor, categories: Tensor, scores: Tensor) -> Tensor:
        token = self.category(categories) + self.box(waves(boxes) if self._fourier else boxes)
        if self.score is not None:
            token = token + self.score(scores.unsqueeze(-1))
        out: Tensor = self.dropout(self.norm(token))
        return out


class LayoutBackbone(nn.Module):
    """Boxes to a sequence of frames, the last of which stands for the clip."""

    def __init__(self, config: LayoutConfig) -> None:
        super().__init__()
        self.config = config
        self.tokens = BoxTokens(config)
        self.spatial = Encoder(config.layer, config.spatial_layers)
        self.position = nn.Embedding(config.positions, config.width)
        self.frame_type = nn.Embedding(5, config.width)
        self.norm = nn.LayerNorm(config.width, eps=config.layer.eps)
        self.dropout = nn.Dropout(config.layer.dropout)
        self.temporal = Encoder(config.layer, config.temporal_layers)
        for table in (self.tokens.category, self.position, self.frame_type):
            nn.init.normal_(table.weight, std=TABLE_STD)
        begin(self)

    def forward(self, boxes: Tensor, categories: Tensor, scores: Tensor) -> tuple[Tensor, Tensor]:
        """boxes (batch, frames, slots, 4) in 0..1, categories and scores (batch, frames, slots).

        Returns the sequence (batch, frames + 1, width) and who may look at whom in it, (batch, 1, frames + 1,
        frames + 1).
        """
        with full_precision(boxes.device):
            types = frame_types(categories)
            boxes, categories, scores = with_frames(boxes, categories, scores)
            batch, frames = categories.shape[:2]
            token = self.tokens(boxes, categories.clamp(min=NOTHING), scores)
            there = (categories > NOTHING).flatten(0, 1)[:, None, None, :]
            spatial = self.spatial(token.flatten(0, 1), there)[:, 0].unflatten(0, (batch, frames))
            placed = spatial + self.position.weight[:frames] + self.frame_type(types)
            mask = causal(frames, boxes.device)[None, None] & (types != PADDING)[:, None, None, :]
            # a padded frame may look at itself: a row of which nothing is seen has no softmax
            mask = mask | torch.eye(frames, dtype=torch.bool, device=boxes.device)[None, None]
            return self.temporal(self.dropout(self.norm(placed)), mask), mask


class LayoutNetwork(nn.Module):
    """The branch alone."""

    def __init__(self, config: LayoutConfig, classes: Classes) -> None:
        super().__init__()
        self.config, self.classes = config, classes
        self.backbone = LayoutBackbone(config)
        self.head = hidden_head(config.width, config.width, classes, config.layer.eps)
        begin(self.head)

    def forward(self, boxes: Tensor, categories: Tensor, scores: Tensor) -> Tensor:
        """As the backbone's, to logits (batch, classes.total)."""
        with full_precision(boxes.device):
            out: Tensor = self.head(self.backbone(boxes, categories, scores)[0][:, -1])
        return out


def with_frames(boxes: Tensor, categories: Tensor, scores: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A token of the whole picture before each frame's boxes, and one more frame that holds it alone."""
    batch, frames, slots = categories.shape
    whole = boxes.new_tensor([0.0, 0.0, 1.0, 1.0]).expand(batch, frames + 1, 1, 4)
    boxes = torch.cat([whole, torch.cat([boxes, boxes.new_zeros(batch, 1, slots, 4)], 1)], 2)
    kind = categories.new_full((batch, frames + 1, 1), WHOLE)
    categories = torch.cat([kind, torch.cat([categories, categories.new_zeros(batch, 1, slots)], 1)], 2)
    sure = scores.new_ones(batch, frames + 1, 1)
    scores = torch.cat([sure, torch.cat([scores, scores.new_zeros(batch, 1, slots)], 1)], 2)
    return boxes, categories, scores


def frame_types(categories: Tensor) -> Tensor:
    """(batch, frames, slots) to the types (batch, frames + 1) with the added frame."""
    types = torch.where((categories > NOTHING).any(2), REGULAR, EMPTY)
    types = torch.where((categories == PADDED).all(2), PADDING, types)
    first = torch.where(types[:, :1] == REGULAR, FIRST, types[:, :1])
    return torch.cat([first, types[:, 1:], torch.full_like(first, EXTRACT)], 1)


def waves(boxes: Tensor) -> Tensor:
    """(..., 4) corners to (..., FOURIER): corners, centre and size, and waves of these at four octaves."""
    middle = torch.cat([(boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]], -1)
    angles = [middle * (octave * math.pi) for octave in OCTAVES]
    return torch.cat([boxes * 2 - 1, middle, *map(torch.sin, angles), *map(torch.cos, angles)], -1)
