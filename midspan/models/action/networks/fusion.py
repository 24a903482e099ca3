"""Fusion of layout and appearance, chapter 6: LCF, CAF and CACNF.

* **LCF** joins what the two branches say of the clip.
* **CAF** lets each branch look at the other in between: layers of cross-attention, which both share, then
  self-attention and a feed-forward part of each branch's own.
* **CACNF** is CAF with a head on each branch as it was before: the answer is the mean of the three heads, and
  all four are trained, ``L = (CE(layout) + CE(appearance) + CE(fused) + CE(ensemble)) / 4``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from midspan.models.action.classes import VERB, Classes
from midspan.models.action.networks.appearance import (
    AppearanceConfig,
    AppearanceTokens,
    channels_of,
    paper_appearance,
    pooled,
    pooled_head,
    small_appearance,
)
from midspan.models.action.networks.heads import by_head, hidden_head
from midspan.models.action.networks.layout import LayoutBackbone, LayoutConfig, paper_layout, small_layout
from midspan.models.action.networks.transformer import Attention, EncoderLayer, LayerConfig
from midspan.models.kit.frozen import PartlyFrozen

Fusion = Literal["lcf", "caf", "cacnf"]


@dataclass(frozen=True)
class FusionConfig:
    fusion: Fusion
    layout: LayoutConfig
    appearance: AppearanceConfig
    layer: LayerConfig
    """Of the layers that are neither branch's; as wide as the layout's."""
    appearance_layers: int
    """Over the appearance's tokens, before any fusion."""
    cross_layers: int
    """None in LCF."""
    legacy_appearance_ffn: bool = False
    """As the published code has it: self-attention in place of the appearance's feed-forward part."""
    pooled_appearance: bool = False
    """CACNF's head of the appearance reads the trunk's map as the branch alone does, so that it can begin as
    that learned it; not the token that stands for the clip."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FusionConfig:
        parts = {
            "layout": LayoutConfig.from_json(data["layout"]),
            "appearance": AppearanceConfig.from_json(data["appearance"]),
            "layer": LayerConfig(**data["layer"]),
        }
        return cls(**{**data, **parts})


def small_fusion(fusion: Fusion) -> FusionConfig:
    layer = LayerConfig(64, 4, norm_first=False)
    cross, own = (0 if fusion == "lcf" else 1), fusion == "cacnf"
    return FusionConfig(fusion, small_layout(), small_appearance(), layer, 1, cross, pooled_appearance=own)


def paper_fusion(fusion: Fusion) -> FusionConfig:
    layer = LayerConfig(768, 12, norm_first=False, activation="relu")
    return FusionConfig(fusion, paper_layout(), paper_appearance(), layer, 4, 0 if fusion == "lcf" else 4)


class SecondAttention(nn.Module):
    """What stands for the appearance's feed-forward part in the published code."""

    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.attention, self.norm = Attention(config), nn.LayerNorm(config.width, eps=config.eps)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.norm(x + self.attention(x, x))
        return out


class AttentionTwice(nn.Module):
    """Self-attention, then the second one."""

    def __init__(self, config: LayerConfig) -> None:
        super().__init__()
        self.first, self.second = SecondAttention(config), SecondAttention(config)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.second(self.first(x))
        return out


class CrossLayer(nn.Module):
    def __init__(self, config: LayerConfig, *, legacy: bool) -> None:
        super().__init__()
        self.cross, self.norm = Attention(config), nn.LayerNorm(config.width, eps=config.eps)
        self.layout = EncoderLayer(config)
        self.appearance: nn.Module = AttentionTwice(config) if legacy else EncoderLayer(config)

    def forward(self, layout: Tensor, appearance: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """The two sequences, and who may look at whom in the layout's, whose last frame sees all that are."""
        seen = mask[:, :, -1:]
        met = self.norm(layout + self.cross(layout, appearance))
        meeting = self.norm(appearance + self.cross(appearance, layout, seen))
        return self.layout(met, mask), self.appearance(meeting)


class FusionNetwork(PartlyFrozen):
    """Boxes and frames of a clip to logits (batch, classes.total)."""

    def __init__(self, config: FusionConfig, classes: Classes) -> None:
        super().__init__()
        self.config, self.classes = config, classes
        width = config.layer.width
        self.layout = LayoutBackbone(config.layout)
        self.appearance = AppearanceTokens(config.appearance, config.layer, config.appearance_layers)
        self.cross = nn.ModuleList(
            CrossLayer(config.layer, legacy=config.legacy_appearance_ffn) for _ in range(config.cross_layers)
        )
        self.fused_head = hidden_head(2 * width, width, classes)
        self.branch_heads = nn.ModuleDict()
        if config.fusion == "cacnf":
            # boxes do not tell what a thing is, so that their head says the verb alone
            self.branch_heads["layout"] = hidden_head(width, width, classes.only(VERB))
            self.branch_heads["appearance"] = (
                pooled_head(config.appearance, channels_of(self.appearance.trunk), classes)
                if config.pooled_appearance
                else hidden_head(width, width, classes)
            )

    def logits(
        self, boxes: Tensor, categories: Tensor, scores: Tensor, clip: Tensor
    ) -> dict[str, dict[str, Tensor]]:
        """All that are trained, by name and head; the last is the answer.

        The names are ``fused``, or ``layout``, ``appearance``, ``fused`` and ``ensemble``.
        """
        layout, mask = self.layout(boxes, categories, scores)
        appearance, found = self.appearance(clip)
        own = pooled(found, self.config.appearance) if self.config.pooled_appearance else appearance[:, 0]
        said = {
            name: by_head(head(sequence), classes)
            for name, head, sequence, classes in self._branches(layout[:, -1], own)
        }
        for layer in self.cross:
            layout, appearance = layer(layout, appearance, mask)
        joined = torch.cat([layout[:, -1], appearance[:, 0]], -1)
        said["fused"] = by_head(self.fused_head(joined), self.classes)
        if self.branch_heads:
            said["ensemble"] = {head: _mean(said, head) for head in self.classes.heads}
        return said

    def forward(self, boxes: Tensor, categories: Tensor, scores: Tensor, clip: Tensor) -> Tensor:
        """As the layout branch's, then as the appearance branch's inputs."""
        answer = list(self.logits(boxes, categories, scores, clip).values())[-1]
        return torch.cat([answer[head] for head in self.classes.heads], -1)

    def _branches(self, layout: Tensor, appearance: Tensor) -> list[tuple[str, nn.Module, Tensor, Classes]]:
        if not self.branch_heads:
            return []
        return [
            ("layout", self.branch_heads["layout"], layout, self.classes.only(VERB)),
            ("appearance", self.branch_heads["appearance"], appearance, self.classes),
        ]


def _mean(said: dict[str, dict[str, Tensor]], head: str) -> Tensor:
    return torch.stack([one[head] for one in said.values() if head in one]).mean(0)
