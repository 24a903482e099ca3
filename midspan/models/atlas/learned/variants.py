"""Training the atlas models, by the name that ``midspan train atlas --model`` knows them by."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch

from midspan.models.atlas.anatomy.phantom_atlas import phantom_atlas
from midspan.models.atlas.learned.clouds import Loss
from midspan.models.atlas.learned.config import paper_config, small_config, sod_config
from midspan.models.atlas.learned.embeddings import EMBEDDINGS
from midspan.models.atlas.learned.engines import engines_agree
from midspan.models.atlas.learned.examples import SHIPPED, of_split
from midspan.models.atlas.learned.judge_training import train_judge
from midspan.models.atlas.learned.network import AtlasNetwork
from midspan.models.atlas.learned.point_training import PAPER_BATCH, PAPER_RECIPE, SOD_RECIPE, PointTask
from midspan.models.atlas.learned.predictor import predictor_config
from midspan.models.atlas.learned.small import finished, held_out_of
from midspan.models.atlas.learned.training import BATCH, SMALL_RECIPE, OrganTask
from midspan.models.checkpoint_folder import load_bert_folder
from midspan.models.encoder import TextEncoder
from midspan.models.kit.embedding_cache import EmbeddingCache
from midspan.models.kit.folder import save_model
from midspan.models.kit.graph import text_graph
from midspan.models.kit.training import Progress, Trainer
from midspan.models.minilm.network import bundled_network
from midspan.models.minilm.wheel import NAME

PLANS = {
    "small": (SMALL_RECIPE, small_config, BATCH),
    "paper": (PAPER_RECIPE, paper_config, PAPER_BATCH),
    **dict.fromkeys(("sod", "minimum", "mean"), (SOD_RECIPE, sod_config, BATCH)),
}
LICENCE = "Apache-2.0 (weights); CC BY 4.0 and WordNet licence (sentences)"
NAMING = (
    "15,039 sentences of MedQuAD (CC BY 4.0) and 1,150 glosses of WordNet that name an organ, silver labels "
    "by dictionary, half of them masked, a quarter without the names"
)
PLAIN = "; 3,725 without an organ, of MedQuAD and WordNet"


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
    """Train one of ``PLANS``, or the judge, and write it to ``out``; goes on from what lies in a folder of
    its own in ``work``. Returns the card."""
    if variant == "judge":
        return train_judge(out, work, seed=seed, data=data)
    started = time.monotonic()
    recipe, config_of, batch = PLANS[variant]
    recipe = replace(recipe, seed=seed, epochs=epochs or recipe.epochs)
    folder = data or SHIPPED
    train, validation = of_split("train", folder), of_split("validation", folder)
    atlas = phantom_atlas()
    start, tokenizer = load_bert_folder(encoder) if encoder else bundled_network()
    torch.manual_seed(seed)
    network = AtlasNetwork(replace(config_of(atlas.organs), bert=start.config), start)
    tokenizer.enable_truncation(network.config.max_tokens)
    sentences = network, tokenizer, train, validation
    mine = work / f"{variant}-{seed}"
    more: dict[str, Any]
    inference: dict[str, Any] = {}
    if variant == "small":
        name, retrain, trained_on = "atlas.small", "midspan train atlas", NAMING + PLAIN
        organs = OrganTask(*sentences, seed=seed)
        curve = Trainer(organs, recipe, mine).run(report)
        cache = EmbeddingCache(work / EMBEDDINGS, TextEncoder)
        gate, thresholds, figures = finished(organs, train, validation, cache)
        config, tensors = predictor_config(network.config, gate, thresholds), gate.tensors
        more = {"validation": figures}
        inference = {
            "graph": text_graph(network),
            "check": lambda model: engines_agree(model, held_out_of(validation)),
        }
    else:
        loss: Loss = "sod" if variant == "paper" else variant  # type: ignore[assignment]
        name, retrain, trained_on = f"atlas.{loss}", f"midspan train atlas --model {variant}", NAMING
        retrain += " --encoder FOLDER" if encoder else ""
        points = PointTask(*sentences, atlas, loss=loss, seed=seed, batch=batch)
        curve = Trainer(points, recipe, mine).run(report)
        config, tensors = {"network": network.config.to_json(), "loss": loss}, {}
        more = {"atlas": atlas.name}
    trained_on += f"; starts from {encoder.name if encoder else NAME}"
    card = {
        "name": name,
        "trained_on": trained_on if folder == SHIPPED else f"sentences of {folder.name}",
        "licence": LICENCE,
        "retrain": f"{retrain} --seed {seed}",
        "recipe": asdict(recipe),
        "curve": curve,
        **more,
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    return save_model(out, config, {**network.weights(), **tensors}, card, **inference)
