"""Training ``atlas.small`` from the shipped sentences to a model folder: encoder, calibration, gate, card."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from midspan.models.atlas.anatomy.phantom import ORGANS
from midspan.models.atlas.language.context import Context, in_context
from midspan.models.atlas.learned.examples import SHIPPED, Example, capped, contexts_of, of_split
from midspan.models.atlas.learned.network import AtlasNetwork, small_config, start_from
from midspan.models.atlas.learned.predictor import OrganPredictor, Thresholds
from midspan.models.atlas.learned.training import SMALL_RECIPE, OrganTask, answers, class_targets
from midspan.models.encoder import bundled_network
from midspan.models.kit.calibration import expected_calibration_error, fit_temperature, softmax
from midspan.models.kit.embedding_cache import EmbeddingCache
from midspan.models.kit.folder import save_model
from midspan.models.kit.gate import Gate, train_gate
from midspan.models.kit.training import Progress, Recipe, Trainer

GATE_PER_ORGAN = 600
CALIBRATION_PER_ORGAN = 60
PRECISION = 0.8
"""Of the organs given to validation sentences that name none, and are confident enough to stand."""
LICENCE = "Apache-2.0 (weights); CC BY 4.0 and WordNet licence (sentences)"
TRAINED_ON = (
    "15,039 sentences of MedQuAD (CC BY 4.0) and 1,150 glosses of WordNet that name an organ, silver labels "
    "by dictionary, half of them masked, a quarter without the names; 3,725 without an organ, of MedQuAD and "
    "WordNet; starts from all-MiniLM-L6-v2"
)
RETRAIN = "midspan train atlas"


def train_small(
    out: Path,
    work: Path,
    *,
    cache: EmbeddingCache,
    recipe: Recipe = SMALL_RECIPE,
    data: Path = SHIPPED,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train, calibrate and write the model to ``out``; goes on from what is in ``work``.

    ``cache`` keeps the frozen encoder's vectors, which the gate is trained on. Returns the card.
    """
    started = time.monotonic()
    train, validation = of_split("train", data), of_split("validation", data)
    torch.manual_seed(recipe.seed)
    encoder, tokenizer = bundled_network()
    network = start_from(AtlasNetwork(small_config(ORGANS)), encoder)
    tokenizer.enable_truncation(network.config.max_tokens)
    task = OrganTask(network, tokenizer, train, validation, seed=recipe.seed)
    curve = Trainer(task, recipe, work).run(report)
    held_out = capped(validation, CALIBRATION_PER_ORGAN, seed=0)
    contexts = contexts_of(held_out, validation)
    thresholds, figures = calibrate(
        lambda texts: answers(network, tokenizer, texts), held_out, contexts, ORGANS
    )
    gate = _gate(capped(train, GATE_PER_ORGAN, seed=7), held_out, cache)
    predictor = OrganPredictor(network, tokenizer, gate, thresholds)
    card = {
        "name": "atlas.small",
        "trained_on": TRAINED_ON if data == SHIPPED else f"sentences of {data.name}",
        "licence": LICENCE,
        "retrain": f"{RETRAIN} --seed {recipe.seed}",
        "recipe": asdict(recipe),
        "curve": curve,
        "validation": figures,
        "minutes_of_last_run": round((time.monotonic() - started) / 60, 1),
    }
    config, tensors = predictor.to_folder()
    save_model(out, config, tensors, card)
    return card


def calibrate(
    logits_of: Callable[[Sequence[str]], npt.NDArray[np.float32]],
    held_out: Sequence[Example],
    contexts: Sequence[Context],
    organs: Sequence[str],
) -> tuple[Thresholds, dict[str, float]]:
    """Temperatures and thresholds from held-out sentences, and how well they fit.

    "No anatomy" is said where its precision and recall meet, names masked or left out. An organ stands from
    the probability on at which, names left out, ``PRECISION`` of the answers are right, without its context
    and with it.
    """
    masked, unnamed, plain = _forms(held_out)
    targets = class_targets(held_out, organs).numpy()
    logits, twice = np.concatenate([logits_of(masked), logits_of(unnamed)]), np.concatenate([targets] * 2)
    named = ~targets[:, -1]
    temperature = fit_temperature(logits, twice)
    temperature_named = fit_temperature(logits_of(plain)[named], targets[named])
    shares = softmax(logits, temperature)
    none = _where_errors_balance(shares[:, -1], twice[:, -1])
    hit = twice[np.arange(len(twice)), shares.argmax(axis=1)]
    figures = {
        "accuracy": float(hit.mean()),
        "ece": expected_calibration_error(shares.max(axis=1), hit),
    }
    alone = shares[len(held_out) :]
    organ = surely_placed(alone, targets, none)
    there = np.array([bool(context) for context in contexts])
    weighed = in_context(alone, organs, contexts)
    organ_in_context = surely_placed(weighed[there], targets[there], none)
    return Thresholds(temperature, temperature_named, none, organ, organ_in_context), figures


def surely_placed(shares: npt.NDArray[np.float64], targets: npt.NDArray[np.bool_], none: float) -> float:
    """The least probability of an organ so that the answers at or above it are right in ``PRECISION`` of the
    cases, sentences without anatomy among them: shares and targets (n, organs + 1)."""
    speaks = shares[:, -1] < none
    best = shares[speaks, :-1].argmax(axis=1)
    right = targets[speaks][np.arange(len(best)), best]
    return _confident(shares[speaks, :-1].max(axis=1), right)


def _where_errors_balance(probability: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_]) -> float:
    """The threshold at which as many are called positive as are: precision equals recall."""
    return float(np.sort(probability)[::-1][max(int(truth.sum()) - 1, 0)])


def _confident(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """The least confidence so that the answers at or above it are right in ``PRECISION`` of the cases."""
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def _forms(rows: Sequence[Example]) -> tuple[list[str], list[str], list[str]]:
    """Names masked, left out, and as they are."""
    return [row.masked for row in rows], [row.unnamed for row in rows], [row.text for row in rows]


def _gate(train: Sequence[Example], held_out: Sequence[Example], cache: EmbeddingCache) -> Gate:
    vectors = [np.concatenate([cache.encode(texts) for texts in _forms(rows)]) for rows in (train, held_out)]
    anatomy = [np.array([bool(row.organs) for row in rows] * 3) for rows in (train, held_out)]
    return train_gate(vectors[0], anatomy[0], vectors[1], anatomy[1])
