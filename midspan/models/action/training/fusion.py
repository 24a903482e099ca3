"""Training of the fusion models from branches that are trained first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips
from midspan.models.action.networks.appearance import AppearanceNetwork
from midspan.models.action.networks.fusion import Fusion, FusionNetwork, paper_fusion, small_fusion
from midspan.models.action.networks.layout import LayoutNetwork
from midspan.models.action.networks.network import NetworkConfig
from midspan.models.action.training.branches import (
    PAPER_RECIPE,
    Size,
    Trained,
    fit,
    is_strong,
    name_of,
    train_branch,
)
from midspan.models.action.training.task import Showing
from midspan.models.kit.frozen import start_from
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress

RECIPE = Recipe(epochs=4, rates={"": 6e-4}, warmup=0.1, weight_decay=0.02, clip=5.0)


def train_fusion(
    fusion: Fusion,
    train: Clips,
    validation: Clips,
    work: Path,
    *,
    seed: int,
    size: Size = "small",
    epochs: int | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> Trained:
    """The small model keeps the appearance's trunk as its branch learned it, from mixed colours and grey, and
    says the verb alone, since boxes tell nothing of the noun; the published one trains all. CACNF's heads of
    the small branches go on from the branches' own.

    ``epochs`` are those of the branches too.
    """
    small = size == "small"
    options: dict[str, Any] = {"seed": seed, "size": size, "epochs": epochs, "report": report}
    layout = train_branch("layout", train, validation, work, **options)
    strong = is_strong(size)
    frames = train_branch("rgb", train, validation, work, strong=strong, **options)
    of_size, recipe = (small_fusion, RECIPE) if small else (paper_fusion, PAPER_RECIPE)
    recipe = replace(recipe, seed=seed, epochs=epochs or recipe.epochs)
    known = train.classes.only(VERB) if small else train.classes
    config = NetworkConfig("fusion", ("layout", "rgb"), of_size(fusion), known)
    torch.manual_seed(seed)
    network = config.build()
    assert isinstance(network, FusionNetwork)
    _start(network, layout.network, frames.network)
    if small:
        network.freeze(network.appearance.trunk)
    heads = "-own-heads" if network.config.pooled_appearance else ""
    folder = work / f"{fusion}{heads}-{size}-{name_of(train, recipe, strong=strong)}"
    showing = Showing(seed, strong=strong)
    return fit(network, config, recipe, train, validation, folder, showing=showing, report=report)


def _start(network: FusionNetwork, layout: nn.Module, frames: nn.Module) -> None:
    assert isinstance(layout, LayoutNetwork) and isinstance(frames, AppearanceNetwork)
    start_from(network.layout, layout.backbone)
    start_from(network.appearance.trunk, frames.trunk)
    if network.config.pooled_appearance:
        start_from(network.branch_heads["layout"], layout.head)
        start_from(network.branch_heads["appearance"], nn.Sequential(frames.dropout, frames.head))
