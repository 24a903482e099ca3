"""A network that answers with a point: ``atlas.sod``, ``atlas.paper`` and the other two losses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.learned.clouds import Clouds, Frame, Loss
from midspan.models.atlas.learned.examples import Example
from midspan.models.atlas.learned.metrics import nearest_named_mm
from midspan.models.atlas.learned.network import AtlasNetwork, load_network
from midspan.models.atlas.learned.training import SentenceBatch, SentenceTask, class_targets
from midspan.models.bert import BertEncoder
from midspan.models.kit.folder import load_model
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.text_network import Tokenizer, answers

SOD_RECIPE = Recipe(epochs=3, rates={"": 2e-4, "head.": 1e-3}, clip=2.0)
PAPER_RECIPE = Recipe(15, {"": 1e-5, "head.": 1e-5}, warmup=0.0, clip=2.0, schedule="constant")
"""As published: AdamW at 1e-5 without a schedule; batches of ``PAPER_BATCH``."""
PAPER_BATCH = 128


class PointTask(SentenceTask):
    """Learns a point near the named organs; sentences without an organ are left out."""

    def __init__(
        self,
        network: AtlasNetwork,
        tokenizer: Tokenizer,
        train: Sequence[Example],
        validation: Sequence[Example],
        atlas: Atlas,
        *,
        loss: Loss = "sod",
        **sizes: Any,
    ) -> None:
        """``sizes`` are those of :class:`SentenceTask`."""
        with_organ = [row for row in train if row.organs], [row for row in validation if row.organs]
        super().__init__(network, tokenizer, *with_organ, **sizes)
        self._atlas, self._kind = atlas, loss

    @cached_property
    def _clouds(self) -> Clouds:
        config = self.network.config
        return Clouds.of(self._atlas, Frame(config.centre_mm, config.scale_mm))

    def loss(self, batch: SentenceBatch) -> Tensor:
        return self._clouds.loss(self._kind, self.said(batch).cpu(), batch.targets[:, :-1])

    def validate(self) -> dict[str, float]:
        """NVD in cm, masked and plain; ``score`` is less the mean of the two."""
        named = class_targets(self._validation, self._atlas.organs).numpy()[:, :-1]
        figures = {}
        for form in ("masked", "plain"):
            points = in_mm(self.network, self.answered(form))
            figures[f"{form}_nvd_cm"] = float(nearest_named_mm(self._atlas, points, named).mean()) / 10
        return {"score": -sum(figures.values()) / 2, **figures}


def in_mm(network: AtlasNetwork, said: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """What a network said (n, 3) in LPS."""
    return np.asarray(network.to_mm(torch.tensor(said)).double().numpy())


class PointPredictor:
    """Texts to points in the atlas that the network was trained for."""

    def __init__(self, network: AtlasNetwork, tokenizer: Tokenizer) -> None:
        self._network, self._tokenizer = network.eval(), tokenizer

    @classmethod
    def load(cls, folder: Path, encoder: BertEncoder, tokenizer: Tokenizer) -> PointPredictor:
        """From a folder of a trained variant and the encoder that it started from."""
        network = load_network(load_model(folder), encoder)
        tokenizer.enable_truncation(network.config.max_tokens)
        return cls(network, tokenizer)

    def points_mm(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n, 3), LPS."""
        return in_mm(self._network, answers(self._network, self._tokenizer, texts))
