"""The appearance branch of chapter 6, and every network of chapter 7 that sees a moving picture: frames, or
the flow between them, to verb and noun.

A trunk makes a map of a clip. It is read in one of two ways: pooled over space with its moments side by side,
since verbs as push left and push right differ in nothing but order; or as tokens, by a transformer.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from midspan.models.action.classes import Classes
from midspan.models.action.networks.cnn3d import Cnn3d
from midspan.models.action.networks.resampling import resampled
from midspan.models.action.networks.resnet3d import r3d50, r3d_tiny
from midspan.models.action.networks.swin3d import swin_tiny, swin_toy
from midspan.models.action.networks.transformer import Encoder, LayerConfig

Trunk = Literal["cnn3d", "r3d50", "r3d-tiny", "swin-t", "swin-toy", "checkpoint"]


@dataclass(frozen=True)
class AppearanceConfig:
    trunk: Trunk
    channels: int
    """3 for frames, 2 for flow."""
    map: tuple[int, int, int]
    """Moments, rows and columns of the trunk's map, of clips as they come."""
    dropout: float = 0.3
    differences: bool = False
    """Beside each frame the trunk sees by how much it differs from the one before."""
    shown: tuple[int, int] | None = None
    """Frames and pixels that a clip is brought to first; None: as it comes."""
    checkpoint: dict[str, Any] | None = None
    """Config of a published checkpoint, as its folder has it."""
    looks: bool = False
    """Behind its logits it also says how a clip looks to it: mean and spread of every channel of every layer.
    The small trunk alone can."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AppearanceConfig:
        shown = data["shown"] and tuple(data["shown"])
        return cls(**{**data, "map": tuple(data["map"]), "shown": shown})


def small_appearance(channels: int = 3) -> AppearanceConfig:
    """Frames (8) with their differences, or flow (7), of 64 pixels."""
    return AppearanceConfig("cnn3d", channels, (4, 4, 4), differences=channels == 3)


def paper_appearance() -> AppearanceConfig:
    """R3D-50 on 32 frames of 112 pixels."""
    return AppearanceConfig("r3d50", 3, (2, 4, 4), shown=(32, 112))


def swin_appearance() -> AppearanceConfig:
    """``distill.paper``: Swin-T 3D on 16 frames of 224 pixels, one mean over its map."""
    return AppearanceConfig("swin-t", 3, (8, 7, 7), dropout=0.0, shown=(16, 224))


def build_trunk(config: AppearanceConfig) -> nn.Module:
    """A module with ``channels``, that makes (batch, channels, moments, rows, columns) of a clip."""
    if config.checkpoint is not None:
        from midspan.models.action.networks.checkpoint import CheckpointTrunk  # loads transformers

        return CheckpointTrunk(config.checkpoint)
    builders = {
        "cnn3d": lambda: Cnn3d(config.channels * (2 if config.differences else 1)),
        "r3d50": r3d50,
        "r3d-tiny": r3d_tiny,
        "swin-t": swin_tiny,
        "swin-toy": swin_toy,
    }
    return builders[config.trunk]()


def channels_of(trunk: nn.Module) -> int:
    return int(trunk.channels)  # type: ignore[arg-type]


class AppearanceNetwork(nn.Module):
    """A clip (batch, channels, frames, height, width) to logits (batch, classes.total), and behind them its
    looks where the config asks for them."""

    def __init__(self, config: AppearanceConfig, classes: Classes) -> None:
        super().__init__()
        self.config, self.classes = config, classes
        self.trunk = build_trunk(config)
        self.dropout, self.head = pooled_head(config, channels_of(self.trunk), classes)

    def forward(self, clip: Tensor) -> Tensor:
        shown = _prepared(clip, self.config)
        maps = self.trunk.maps(shown) if self.config.looks else [self.trunk(shown)]  # type: ignore[operator]
        logits: Tensor = self.head(self.dropout(pooled(maps[-1], self.config)))
        return torch.cat([logits, *map(_looks, maps)], 1) if self.config.looks else logits


class AppearanceTokens(nn.Module):
    """A clip to tokens (batch, 1 + map, width): the first stands for the clip. ``resnet3d-transformer``."""

    def __init__(self, config: AppearanceConfig, layer: LayerConfig, layers: int) -> None:
        super().__init__()
        self.trunk, self._config = build_trunk(config), config
        self.project = nn.Linear(channels_of(self.trunk), layer.width)
        self.first = nn.Parameter(torch.zeros(1, 1, layer.width))
        self.position = nn.Parameter(torch.randn(1, 1 + math.prod(config.map), layer.width) * 0.02)
        self.encoder = Encoder(layer, layers)

    def forward(self, clip: Tensor) -> tuple[Tensor, Tensor]:
        """Tokens, and the trunk's map that they come from."""
        found = self.trunk(_prepared(clip, self._config))
        tokens = self.project(found.flatten(2).transpose(1, 2))
        first = self.first.expand(tokens.shape[0], -1, -1)
        return self.encoder(torch.cat([first, tokens], 1) + self.position), found


def pooled_head(config: AppearanceConfig, channels: int, classes: Classes) -> nn.Sequential:
    """What :class:`AppearanceNetwork` has behind its trunk, of :func:`pooled` to (batch, classes.total)."""
    return nn.Sequential(nn.Dropout(config.dropout), nn.Linear(channels * _moments(config), classes.total))


def pooled(found: Tensor, config: AppearanceConfig) -> Tensor:
    """The mean over space of a map, its moments side by side: (batch, moments * channels)."""
    mean = found.mean((3, 4)) if _moments(config) > 1 else found.mean((2, 3, 4))
    return mean.flatten(1)


def _moments(config: AppearanceConfig) -> int:
    """The published Swin network takes one mean over time as well."""
    return 1 if config.trunk.startswith("swin") else config.map[0]


def _looks(found: Tensor) -> Tensor:
    """(batch, 2 * channels): mean and standard deviation of each channel of a map."""
    mean = found.mean((2, 3, 4))
    spread = ((found * found).mean((2, 3, 4)) - mean * mean).clamp(min=0).sqrt()
    return torch.cat([mean, spread], 1)


def _prepared(clip: Tensor, config: AppearanceConfig) -> Tensor:
    """Channels last where one trains: convolutions in three dimensions are several times as fast so."""
    clip = clip if config.shown is None else resampled(clip, *config.shown)
    clip = with_differences(clip) if config.differences else clip
    return clip.contiguous(memory_format=torch.channels_last_3d) if torch.is_grad_enabled() else clip


def with_differences(clip: Tensor) -> Tensor:
    """(batch, c, frames, height, width) to twice the channels; nothing comes before the first frame."""
    changes = clip[:, :, 1:] - clip[:, :, :-1]
    return torch.cat([clip, torch.cat([torch.zeros_like(clip[:, :, :1]), changes], 2)], 1)
