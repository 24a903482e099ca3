"""Trains the namer on drawn films: ``midspan train action --model names``. Needs no data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from midspan.errors import WrongUse
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.naming.crops import as_input
from midspan.models.action.naming.drawn import Crops, film_crops, other_crops
from midspan.models.action.naming.namer import Namer
from midspan.models.action.naming.network import NamerNetwork, namer_graph
from midspan.models.kit.batching import LazyBatches
from midspan.models.kit.calibration import fit_temperature, softmax
from midspan.models.kit.folder import ModelFolder, save_model
from midspan.models.kit.parity import parity
from midspan.models.kit.recipe import Recipe
from midspan.models.kit.training import Progress, Trainer

FILMS, OTHERS, HELD_OUT = 500, 6000, 40
"""Films to learn from, crops of other videos, and films to choose by."""
BATCH = 128
RECIPE = Recipe(epochs=4, rates={"": 2e-3}, warmup=0.1, weight_decay=0.02, clip=5.0)
NAME = "action.names"
_COMPARED = 64
Batch = tuple[Tensor, Tensor]


def train_namer(
    out: Path,
    work: Path,
    *,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
    encoder: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
    films: int = FILMS,
) -> dict[str, Any]:
    """Write the folder; returns the card. Raises ``WrongUse`` where data are given, which it draws itself."""
    if data is not None or encoder is not None:
        raise WrongUse("the namer draws the films that it learns from; leave --data away")
    started = time.monotonic()
    recipe = replace(RECIPE, seed=seed, epochs=epochs or RECIPE.epochs)
    learned = _joined(film_crops("train", films, seed), other_crops(OTHERS * films // FILMS, seed))
    held_out = film_crops("unseen_selection", max(2, HELD_OUT * films // FILMS), seed)
    torch.manual_seed(seed)
    task = NamerTask(NamerNetwork(NOUNS), learned, held_out, seed)
    curve = Trainer(task, recipe, work / f"names-{seed}-{recipe.epochs}-{films}").run(report)
    logits = answers(task.network, held_out.rgb)
    targets = np.arange(logits.shape[1]) == held_out.names[:, None]
    temperature = fit_temperature(logits, targets)
    card = {
        "name": NAME,
        "licence": "Apache-2.0",
        "trained_on": f"{len(learned.rgb)} crops of {films} films drawn by midspan and of other drawn videos",
        "retrain": f"midspan train action --model names --seed {seed}",
        "recipe": asdict(recipe),
        "curve": curve,
        "measured": measured(softmax(logits, temperature), held_out),
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    weights = {f"network.{name}": value.cpu().numpy() for name, value in task.network.state_dict().items()}
    return save_model(
        out,
        {"names": list(NOUNS), "temperature": temperature},
        weights,
        card,
        graph=namer_graph(task.network),
        check=lambda model: _engines_agree(model, task.network, held_out.rgb[:_COMPARED]),
    )


class NamerTask:
    """See :class:`midspan.models.kit.training.Task`."""

    def __init__(self, network: NamerNetwork, learned: Crops, held_out: Crops, seed: int) -> None:
        self.network = network
        self._learned, self._held_out, self._seed = learned, held_out, seed

    def batches(self, epoch: int) -> LazyBatches[npt.NDArray[np.int64], Batch]:
        order = np.random.default_rng((self._seed, epoch)).permutation(len(self._learned.rgb))

        def made(places: npt.NDArray[np.int64]) -> Batch:
            random = np.random.default_rng((self._seed, epoch, int(places[0])))
            shown = as_input(self._learned.rgb[places])
            light = random.uniform(0.6, 1.4, (len(places), 3, 1, 1))
            shown = (shown * light + random.uniform(-0.15, 0.15, (len(places), 3, 1, 1))).astype(np.float32)
            return torch.from_numpy(shown), torch.from_numpy(self._learned.names[places])

        size = min(BATCH, len(order))
        ends = range(size, len(order) + 1, size)
        return LazyBatches([order[end - size : end] for end in ends], made)

    def loss(self, batch: Batch) -> Tensor:
        shown, names = batch
        return functional.cross_entropy(self.network(shown).float(), names)

    def validate(self) -> dict[str, float]:
        """Shares of held-out crops: of things that get their name, and of others that get none."""
        return measured(answers(self.network, self._held_out.rgb), self._held_out)


def measured(said: npt.NDArray[np.floating], crops: Crops) -> dict[str, float]:
    right, things = said.argmax(1) == crops.names, crops.names < len(NOUNS)
    named, silent = float(right[things].mean()), float(right[~things].mean())
    return {"score": (named + silent) / 2, "named": named, "silent": silent}


def answers(network: NamerNetwork, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Logits (n, names + 1), in evaluation mode."""
    network.eval()
    with torch.inference_mode():
        parts = [
            network(torch.from_numpy(as_input(crops[at : at + 256]))) for at in range(0, len(crops), 256)
        ]
    return np.asarray(torch.cat(parts).numpy(), np.float32)


def _joined(*parts: Crops) -> Crops:
    return Crops(np.concatenate([one.rgb for one in parts]), np.concatenate([one.names for one in parts]))


def _engines_agree(model: ModelFolder, network: NamerNetwork, crops: npt.NDArray[np.uint8]) -> dict[str, Any]:
    """For the card. Raises ``EnginesDiffer``."""
    network.load_state_dict({name: torch.from_numpy(value) for name, value in model.part("network").items()})
    temperature = float(model.config["temperature"])
    by_torch = softmax(answers(network, crops), temperature)
    by_onnxruntime = Namer(model, threads=1).probabilities(crops)
    return {"engines": parity(by_torch, by_onnxruntime).to_json()}
