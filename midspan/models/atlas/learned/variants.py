"""The atlas models by the name that ``midspan train atlas --model`` knows them by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.examples import SHIPPED, of_split
from midspan.models.atlas.learned.network import paper_config, sod_config
from midspan.models.atlas.learned.point_training import (
    PAPER_BATCH,
    PAPER_RECIPE,
    SOD_RECIPE,
    PointPredictor,
    train_point,
)
from midspan.models.atlas.learned.small import train_small
from midspan.models.atlas.learned.training import BATCH, SMALL_RECIPE
from midspan.models.checkpoint_folder import load_bert_folder
from midspan.models.encoder import bundled_network
from midspan.models.kit.embedding_cache import EmbeddingCache
from midspan.models.kit.folder import load_model
from midspan.models.kit.training import Progress

EMBEDDINGS = "embeddings.safetensors"
"""In the work folder; shared by all seeds, variants and the evaluation."""


def train_variant(
    variant: str,
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train ``small``, ``sod``, ``minimum``, ``mean`` or, from the folder ``encoder``, ``paper``.

    Writes the model to ``out``, goes on from what lies in a folder of its own in ``work``, returns the card.
    """
    recipe = {"small": SMALL_RECIPE, "paper": PAPER_RECIPE}.get(variant, SOD_RECIPE)
    recipe = replace(recipe, seed=seed, epochs=epochs or recipe.epochs)
    folder = data or SHIPPED
    mine = work / f"{variant}-{seed}"
    if variant == "small":
        cache = EmbeddingCache(work / EMBEDDINGS)
        return train_small(out, mine, cache=cache, recipe=recipe, data=folder, report=report)
    atlas = phantom_atlas()
    network, tokenizer = load_bert_folder(encoder) if encoder else bundled_network()
    published = variant == "paper"
    config = (paper_config if published else sod_config)(atlas.organs)
    return train_point(
        out,
        mine,
        replace(config, bert=network.config),
        network,
        tokenizer,
        atlas,
        of_split("train", folder),
        of_split("validation", folder),
        recipe=recipe,
        loss="sod" if published else variant,  # type: ignore[arg-type]
        batch=PAPER_BATCH if published else BATCH,
        report=report,
    )


def point_predictors(folders: Sequence[Path]) -> dict[str, list[PointPredictor]]:
    """Regression models on the bundled encoder by name, one a folder."""
    found: dict[str, list[PointPredictor]] = {}
    for folder in folders:
        name = load_model(folder).card["name"]
        found.setdefault(name, []).append(PointPredictor.load(folder, *bundled_network()))
    return found
