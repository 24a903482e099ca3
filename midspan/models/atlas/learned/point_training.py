"""Training a network that answers with a point: ``atlas.sod``, ``atlas.paper`` and the other two losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import tokenizers
import torch
from torch import Tensor

from midspan.models.atlas.anatomy.atlas import Atlas
from midspan.models.atlas.learned.examples import Example
from midspan.models.atlas.learned.heads import Clouds, Frame, padded
from midspan.models.atlas.learned.losses import mean_point, minimum_distance, soft_organ_distance
from midspan.models.atlas.learned.metrics import nearest_named_mm
from midspan.models.atlas.learned.network import AtlasConfig, AtlasNetwork, load_trained, start_from
from midspan.models.atlas.learned.training import SentenceBatch, SentenceTask, answers, class_targets
from midspan.models.bert import BertEncoder
from midspan.models.encoder import choose_device
from midspan.models.kit.folder import load_model, save_model
from midspan.models.kit.training import Recipe, Trainer

Loss = Literal["sod", "minimum", "mean"]
LOSSES: tuple[Loss, ...] = ("sod", "minimum", "mean")
SOD_RECIPE = Recipe(epochs=3, encoder_rate=2e-4, head_rate=1e-3, clip=2.0)
PAPER_RECIPE = Recipe(epochs=15, encoder_rate=1e-5, head_rate=1e-5, warmup=0.0, clip=2.0, schedule="constant")
"""As published: AdamW at 1e-5 without a schedule; batches of ``PAPER_BATCH``."""
PAPER_BATCH = 128
TAU_POINT, TAU_ORGAN = 1.0, 1.0


class PointTask(SentenceTask):
    """Learns a point near the named organs; sentences without an organ are left out."""

    def __init__(
        self,
        network: AtlasNetwork,
        tokenizer: tokenizers.Tokenizer,
        train: Sequence[Example],
        validation: Sequence[Example],
        atlas: Atlas,
        *,
        seed: int,
        loss: Loss = "sod",
        batch: int = 32,
        per_organ: int = 1000,
    ) -> None:
        with_organ = [row for row in train if row.organs], [row for row in validation if row.organs]
        super().__init__(network, tokenizer, *with_organ, seed=seed, batch=batch, per_organ=per_organ)
        self._atlas, self._kind = atlas, loss

    @cached_property
    def _clouds(self) -> Clouds:
        config = self.network.config
        return Clouds.of(self._atlas, Frame(config.centre_mm, config.scale_mm))

    def loss(self, batch: SentenceBatch) -> Tensor:
        points = self.said(batch).cpu()
        organs, real = padded(batch.targets[:, :-1])
        if self._kind == "minimum":
            return minimum_distance(points, self._clouds.centres[organs], real, tau_organ=TAU_ORGAN)
        samples = self._clouds.draw(organs)
        if self._kind == "mean":
            return mean_point(points, samples, real)
        return soft_organ_distance(points, samples, real, tau_point=TAU_POINT, tau_organ=TAU_ORGAN)

    def validate(self) -> dict[str, float]:
        """NVD in cm, masked and plain; ``score`` is less the mean of the two."""
        rows = self._validation
        named = class_targets(rows, self._atlas.organs).numpy()[:, :-1]
        figures = {}
        for name, texts in (("masked", [r.masked for r in rows]), ("plain", [r.text for r in rows])):
            points = points_mm(self.network, self._tokenizer, texts)
            figures[f"{name}_nvd_cm"] = float(nearest_named_mm(self._atlas, points, named).mean()) / 10
        return {"score": -sum(figures.values()) / 2, **figures}


def points_mm(
    network: AtlasNetwork, tokenizer: tokenizers.Tokenizer, texts: Sequence[str]
) -> npt.NDArray[np.float64]:
    """Where the network puts each text: (n, 3), LPS."""
    said = torch.tensor(answers(network, tokenizer, texts))
    return np.asarray(network.to_mm(said).double().numpy())


def train_point(
    out: Path,
    work: Path,
    config: AtlasConfig,
    encoder: BertEncoder,
    tokenizer: tokenizers.Tokenizer,
    atlas: Atlas,
    train: Sequence[Example],
    validation: Sequence[Example],
    *,
    recipe: Recipe,
    loss: Loss = "sod",
    batch: int = 32,
    **callbacks: Any,
) -> dict[str, Any]:
    """Train a point network from an encoder and write its folder; returns the card.

    ``callbacks`` are those of :meth:`Trainer.run`.
    """
    torch.manual_seed(recipe.seed)
    network = start_from(AtlasNetwork(config), encoder)
    tokenizer.enable_truncation(config.max_tokens)
    task = PointTask(network, tokenizer, train, validation, atlas, seed=recipe.seed, loss=loss, batch=batch)
    curve = Trainer(task, recipe, work).run(**callbacks)
    card = {"name": f"atlas.{loss}", "recipe": asdict(recipe), "curve": curve, "atlas": atlas.name}
    weights = {f"network.{name}": value for name, value in network.trained_state().items()}
    save_model(out, {"network": config.to_json(), "loss": loss}, weights, card)
    return card


class PointPredictor:
    """Texts to points in the atlas that the network was trained for."""

    def __init__(self, network: AtlasNetwork, tokenizer: tokenizers.Tokenizer) -> None:
        self._network, self._tokenizer = network.eval(), tokenizer

    @classmethod
    def load(
        cls,
        folder: Path,
        encoder: BertEncoder,
        tokenizer: tokenizers.Tokenizer,
        *,
        device: str | None = None,
    ) -> PointPredictor:
        """From a folder of :func:`train_point` and the encoder it started from."""
        model = load_model(folder)
        config = AtlasConfig.from_json(model.config["network"])
        tokenizer.enable_truncation(config.max_tokens)
        network = start_from(AtlasNetwork(config), encoder)
        trained = {name.removeprefix("network."): value for name, value in model.tensors.items()}
        return cls(load_trained(network, trained).to(choose_device(device)), tokenizer)

    def points_mm(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """(n, 3), LPS."""
        return points_mm(self._network, self._tokenizer, texts)
