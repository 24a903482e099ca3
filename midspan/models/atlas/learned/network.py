"""The networks of chapter 4: a sentence's tokens to organ logits, or to a point in the body."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.atlas.learned.config import AtlasConfig
from midspan.models.bert import BertEncoder
from midspan.models.kit.folder import ModelFolder
from midspan.models.kit.frozen import load_trained, trained_arrays
from midspan.models.kit.text_network import TextNetwork


class AtlasNetwork(TextNetwork):
    """Token ids to (batch, organs + 1) logits, or to (batch, 3) in -1..1."""

    def __init__(self, config: AtlasConfig, encoder: BertEncoder | None = None) -> None:
        """Starts from the parameters of ``encoder``, or at random."""
        super().__init__(
            config.bert,
            len(config.organs) + 1 if config.answer == "organs" else 3,
            frozen_layers=config.frozen_layers,
            pool=config.pool,
            head_width=config.head_width,
            head_dropout=config.head_dropout,
            encoder=encoder,
        )
        self.config = config

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        out = super().forward(tokens, mask)
        return torch.tanh(out) if self.config.answer == "point" else out

    def weights(self) -> dict[str, npt.NDArray[Any]]:
        """What a model folder keeps of it."""
        return {f"network.{name}": value for name, value in trained_arrays(self).items()}

    def to_mm(self, points: Tensor) -> Tensor:
        """(n, 3) in -1..1 to LPS millimetres."""
        return points * self.config.scale_mm + points.new_tensor(self.config.centre_mm)


def load_network(model: ModelFolder, encoder: BertEncoder) -> AtlasNetwork:
    """The network of a model folder, which starts from ``encoder``; in evaluation mode."""
    config = AtlasConfig.from_json(model.config["network"])
    with torch.random.fork_rng(devices=[]):  # initial values are thrown away
        return load_trained(AtlasNetwork(config, encoder), model.part("network"))
