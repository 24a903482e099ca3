"""Training of one network a modality, in the sizes that a few thousand clips teach on a processor, or the
published ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from midspan.models.action.classes import VERB, Classes
from midspan.models.action.clips import Clips
from midspan.models.action.inputs import Modality
from midspan.models.action.networks.appearance import paper_appearance, small_appearance, swin_appearance
from midspan.models.action.networks.audio import AudioConfig
from midspan.models.action.networks.layout import paper_layout, small_layout
from midspan.models.action.networks.network import Kind, NetworkConfig, Sizes
from midspan.models.action.training.task import BATCH, ClipTask, Objective, Showing
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress, Trainer

Size = Literal["small", "paper", "swin"]
PAPER_RECIPE = Recipe(epochs=20, rates={"": 5e-5}, warmup=0.1, weight_decay=1e-3, clip=5.0)
"""As published for chapter 6, but for the cosine in place of a straight line down."""
SWIN_RECIPE = Recipe(epochs=30, rates={"": 1e-4}, warmup=0.1, weight_decay=0.02, clip=5.0)
"""As published for chapter 7, likewise."""


def _recipe(epochs: int, rate: float = 2e-3) -> Recipe:
    return Recipe(epochs=epochs, rates={"": rate}, warmup=0.1, weight_decay=0.02, clip=5.0)


@dataclass(frozen=True)
class Branch:
    kind: Kind
    modality: Modality
    sizes: Callable[[], Sizes]
    recipe: Recipe
    nouns: bool = False
    """Whether it says what a thing is as well. Boxes, flow and sound do not tell; and small networks learn it
    from a few thousand clips no better than by chance, see :mod:`midspan.models.action.naming` instead."""

    def config(self, classes: Classes) -> NetworkConfig:
        known = classes if self.nouns else classes.only(VERB)
        return NetworkConfig(self.kind, (self.modality,), self.sizes(), known)

    def recipe_of(self, seed: int, epochs: int | None, *, strong: bool) -> Recipe:
        """What is shown in mixed colours is shown half as long again, unless ``epochs`` says how long."""
        longer = round(1.5 * self.recipe.epochs) if strong else self.recipe.epochs
        return replace(self.recipe, seed=seed, epochs=epochs or longer)


BRANCHES: dict[tuple[Modality, Size], Branch] = {
    ("layout", "small"): Branch("layout", "layout", small_layout, _recipe(10)),
    ("rgb", "small"): Branch("appearance", "rgb", small_appearance, _recipe(8)),
    ("flow", "small"): Branch("appearance", "flow", lambda: small_appearance(2), _recipe(8)),
    ("audio", "small"): Branch("audio", "audio", AudioConfig, _recipe(8)),
    ("layout", "paper"): Branch("layout", "layout", paper_layout, PAPER_RECIPE),
    ("rgb", "paper"): Branch("appearance", "rgb", paper_appearance, PAPER_RECIPE, nouns=True),
    ("rgb", "swin"): Branch("appearance", "rgb", swin_appearance, SWIN_RECIPE, nouns=True),
}


def is_strong(size: Size) -> bool:
    """Whether what sees colours is shown mixed ones and grey, so that it does not go by them; the published
    sizes learn as published."""
    return size == "small"


@dataclass(frozen=True)
class Trained:
    network: nn.Module
    config: NetworkConfig
    recipe: Recipe
    curve: list[dict[str, Any]]


def fit(
    network: nn.Module,
    config: NetworkConfig,
    recipe: Recipe,
    train: Clips,
    validation: Clips,
    folder: Path,
    *,
    showing: Showing | None = None,
    objective: Objective | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Trained:
    """Train in ``folder``, going on from what lies there; on a CUDA device where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    moved = network.to(device)
    for module in moved.modules():
        if isinstance(module, nn.Conv3d):  # what else has weights of other ranks
            module.to(memory_format=torch.channels_last_3d)
    task = ClipTask(moved, config, train, validation, showing or Showing(recipe.seed), objective)
    curve = Trainer(task, recipe, folder).run(report)
    return Trained(moved, config, recipe, curve)


def train_branch(
    modality: Modality,
    train: Clips,
    validation: Clips,
    work: Path,
    *,
    seed: int,
    size: Size = "small",
    epochs: int | None = None,
    strong: bool = False,
    batch: int = BATCH,
    report: Callable[[Progress], None] = lambda _: None,
) -> Trained:
    """The branch of a modality; what is trained already of these clips in ``work`` is read from there.

    ``strong`` shows the clips in mixed colours and grey, and half as long again.
    """
    branch = BRANCHES[modality, size]
    recipe = branch.recipe_of(seed, epochs, strong=strong)
    config = branch.config(train.classes)
    torch.manual_seed(seed)
    return fit(
        config.build(),
        config,
        recipe,
        train,
        validation,
        work / f"{modality}-{size}-{name_of(train, recipe, strong=strong, batch=batch)}",
        showing=Showing(seed, strong=strong, batch=batch),
        report=report,
    )


def name_of(train: Clips, recipe: Recipe, *, strong: bool = False, batch: int = BATCH) -> str:
    """Names the folder of a training by all that it depends on."""
    words = [*(["strong"] if strong else []), *([f"by {batch}"] if batch != BATCH else [])]
    return "-".join([str(recipe.seed), str(recipe.epochs), *words, train.fingerprint])
