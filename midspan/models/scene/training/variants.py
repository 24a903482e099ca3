"""Training the models that place things, by the name that ``midspan train scene --model`` knows them by."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from midspan.errors import WrongUse
from midspan.models.checkpoint_folder import load_bert_folder
from midspan.models.facts.link.training.pieces import first_vectors
from midspan.models.kit.folder import load_model, save_model
from midspan.models.kit.frozen import load_trained
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress, Trainer
from midspan.models.scene.data.examples import Example
from midspan.models.scene.data.generator import HELD_OUT, generate
from midspan.models.scene.data.real import real_scenes
from midspan.models.scene.learned.config import (
    PlacingConfig,
    paper_config,
    small_config,
    srbert_config,
)
from midspan.models.scene.learned.rows import KINDS, Rows
from midspan.models.scene.lexicon import CATEGORIES
from midspan.models.scene.shipped import PLACER
from midspan.models.scene.training.engines import engines_agree, placing_graph
from midspan.models.scene.training.examples import Both, Placed, both, placed_of
from midspan.models.scene.training.network import build, start_from_bert
from midspan.models.scene.training.task import Masking, PlacingTask
from midspan.models.scene.training.validation import figures_of

MADE, MADE_HELD_OUT = 40_000, 600
"""Scenes of the generator to train on, and of another seed to choose the epoch by."""
REAL_HELD_OUT = 400
"""Real scenes of their validation part."""
OTHER_SEED = 1_000_003
LICENCE = "Apache-2.0 (weights and scenes)"
NON_COMMERCIAL = "CC BY-NC 4.0: trained on scenes under that licence, not for commercial use"


@dataclass(frozen=True)
class Plan:
    config: Callable[[], PlacingConfig]
    epochs: int
    rates: dict[str, float]
    batch: int = 64
    masking: Masking = "uniform"
    weight_decay: float = 0.01


_RATES = {"": 1e-3, "pieces.": 5e-4, "near.": 1e-2, "apart.": 1e-2}
PLANS = {
    "small": Plan(small_config, 4, _RATES),
    "codraw": Plan(small_config, 16, _RATES, 32),
    "srbert": Plan(srbert_config, 4, {"": 5e-4}),
    "paper": Plan(paper_config, 1000, {"": 2e-5}, 128, "bert", 0.0),
}


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
    start: Path = PLACER,
) -> dict[str, Any]:
    """Train one of ``PLANS`` and write it to ``out``; goes on from what lies in a folder of its own in
    ``work``. Returns the card.

    ``data`` is a folder of Abstract Scenes or CoDraw; without it the scenes are made up. ``codraw`` begins
    with the weights of ``start``, the shipped model. Raises ``WrongUse`` where it has no such folder.
    """
    if variant == "codraw" and data is None:
        raise WrongUse("--model codraw is trained on real scenes: say where they are by --data FOLDER")
    started = time.monotonic()
    plan = PLANS[variant]
    recipe = Recipe(epochs or plan.epochs, plan.rates, weight_decay=plan.weight_decay, seed=seed)
    config = plan.config()
    known = CATEGORIES if data else tuple(name for name in KINDS if name not in HELD_OUT)
    rows = Rows(config.positions, known)
    train, held_out = _scenes(data, seed, rows)
    torch.manual_seed(seed)
    network = build(config)
    more = ""
    if encoder is not None:
        start_from_bert(network, load_bert_folder(encoder)[0])
        more = f"; starts from {encoder.name}"
    elif variant == "codraw":
        first = load_model(start)
        load_trained(network, first.tensors)
        more = f"; starts from {first.card['name']} {first.sha256[:12]}"
    else:
        network.begin_with(torch.from_numpy(_pieces(work, config.piece_width)))
    task = PlacingTask(
        network,
        train,
        lambda: figures_of(network, held_out),
        seed=seed,
        batch=plan.batch,
        masking=plan.masking,
    )
    mine = work / f"{variant}-{seed}{'' if data is None else '-' + data.name}"
    curve = Trainer(task, recipe, mine, every=200).run(report)
    card = {
        **_said(variant, data, f"{len(train):,}", more),
        "retrain": _command(variant, seed, data, encoder),
        "recipe": asdict(recipe),
        "curve": curve,
        "validation": max(curve, key=lambda row: row["score"]),
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    return save_model(
        out,
        {"network": config.to_json(), "known": list(known)},
        {name: value.detach().numpy() for name, value in network.state_dict().items()},
        card,
        graph=placing_graph(network),
        check=lambda model: engines_agree(model, [one.row for one in held_out]),
    )


def _scenes(data: Path | None, seed: int, rows: Rows) -> tuple[list[Both], list[Placed]]:
    """To train on, and to choose the epoch by."""
    if data is None:
        made, other = generate(MADE, seed), generate(MADE_HELD_OUT, OTHER_SEED + seed)
        return both(made, rows), [placed_of(one, rows) for one in other]
    chosen: Sequence[Example] = list(real_scenes(data, "val"))[:REAL_HELD_OUT]
    return both(real_scenes(data, "train"), rows), [placed_of(one, rows) for one in chosen]


def _said(variant: str, data: Path | None, count: str, more: str) -> dict[str, Any]:
    """What the card says of name, data and licence."""
    if data is None:
        said = f"{count} scenes made up by midspan's generator, with their mirror images{more}"
        return {"name": f"scene.{variant}", "trained_on": said, "licence": LICENCE}
    name = "scene.codraw" if variant == "codraw" else f"scene.{variant}.codraw"
    said = f"{count} scenes of {data.name} with their mirror images{more}"
    return {"name": name, "trained_on": said, "licence": NON_COMMERCIAL}


def _command(variant: str, seed: int, data: Path | None, encoder: Path | None) -> str:
    parts = ["midspan train scene"]
    parts += [] if variant == "small" else [f"--model {variant}"]
    parts += ["--data FOLDER"] if data else []
    parts += ["--encoder FOLDER"] if encoder else []
    return " ".join([*parts, f"--seed {seed}"])


def _pieces(work: Path, width: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """What the word pieces begin with; kept, since it takes a minute to make."""
    path = work / f"pieces-{width}.npy"
    if not path.is_file():
        work.mkdir(parents=True, exist_ok=True)
        np.save(path, first_vectors(width))
    vectors: np.ndarray[Any, np.dtype[np.float32]] = np.load(path)
    return vectors
