"""From a trained network to a model folder: calibrated on clips that it did not learn, with its graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.action.classes import Classes
from midspan.models.action.clips import NONE, Clips
from midspan.models.action.networks.network import network_graph, weights_of
from midspan.models.action.predictor import ActionPredictor, inputs_of
from midspan.models.action.training.branches import Trained
from midspan.models.action.training.task import answers
from midspan.models.kit.calibration import fit_temperature
from midspan.models.kit.folder import ModelFolder, save_model
from midspan.models.kit.parity import parity

COMPARED = 64
"""Clips of which torch and ONNX Runtime have to say the same."""
LICENCE = "Apache-2.0 (weights); the clips' own terms"


def save_trained(
    out: Path,
    trained: Trained,
    held_out: Clips,
    said: Mapping[str, Any],
    *,
    graph: bool = True,
) -> dict[str, Any]:
    """Write the folder; returns its card. ``said`` is what the card has to say, and what else it should.

    Raises ``EnginesDiffer``.
    """
    logits = answers(trained.network, trained.config, held_out)
    temperatures = fit_temperatures(logits, held_out.labels(trained.config.classes), trained.config.classes)
    config = {"network": trained.config.to_json(), "temperatures": temperatures}
    card = {"licence": LICENCE, **said, "recipe": asdict(trained.recipe), "curve": trained.curve}
    weights = weights_of(trained.network)
    if not graph:
        return save_model(out, config, weights, card)
    compared = held_out.at(np.arange(min(COMPARED, len(held_out))))
    shown = inputs_of(trained.config.modalities, compared.at([0, 0]))
    return save_model(
        out,
        config,
        weights,
        card,
        graph=network_graph(trained.network, trained.config, shown),
        check=lambda model: engines_agree(model, compared),
    )


def fit_temperatures(
    logits: npt.NDArray[np.floating], labels: npt.NDArray[np.int64], classes: Classes
) -> dict[str, float]:
    """By head; logits (n, classes.total), labels (n, heads)."""
    found = {}
    for column, (head, said) in enumerate(classes.split(logits).items()):
        known = labels[:, column] != NONE
        targets = np.arange(said.shape[1]) == labels[known, column, None]
        found[head] = fit_temperature(said[known], targets) if known.any() else 1.0
    return found


def engines_agree(model: ModelFolder, clips: Clips) -> dict[str, Any]:
    """For the card. Raises ``EnginesDiffer``."""
    one, other = (
        ActionPredictor.from_folder(model, engine=name).of_clips(clips) for name in ("torch", "onnxruntime")
    )
    classes = Classes.from_json(model.config["network"]["classes"])
    pairs = zip(classes.split(one).values(), classes.split(other).values(), strict=True)
    found = [parity(*pair) for pair in pairs]
    return {"engines": max(found, key=lambda each: each.largest_difference).to_json()}
