"""What ``atlas.small`` has beside its network: temperatures, thresholds and a gate, of held-out sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.language.context import Context, in_context
from midspan.models.atlas.language.implied import implied_mentions
from midspan.models.atlas.learned.examples import Example, capped, contexts_of
from midspan.models.atlas.learned.predictor import Thresholds
from midspan.models.atlas.learned.training import FORMS, OrganTask, class_targets, hits
from midspan.models.kit.calibration import (
    expected_calibration_error,
    fit_temperature,
    softmax,
    threshold_of_balance,
    threshold_of_precision,
)
from midspan.models.kit.embedding_cache import EmbeddingCache
from midspan.models.kit.gate import Gate
from midspan.models.kit.gate_training import train_gate
from midspan.models.kit.text_network import answers

GATE_PER_ORGAN = 600
CALIBRATION_PER_ORGAN = 60
PRECISION, IN_A_DOCUMENT = 0.8, 0.89
"""Of the organs given to validation sentences that neither name nor imply one, and are confident enough to
stand: alone, where somebody asks and sees how sure the answer is, and in a document, where nobody asked."""


def finished(
    task: OrganTask, train: Sequence[Example], validation: Sequence[Example], cache: EmbeddingCache
) -> tuple[Gate, Thresholds, dict[str, float]]:
    """Gate and thresholds of a trained network, and how well its probabilities fit.

    ``cache`` keeps the frozen encoder's vectors, which the gate is trained on.
    """
    network, tokenizer = task.network, task.tokenizer
    held_out = held_out_of(validation)
    contexts = contexts_of(held_out, validation)
    thresholds, figures = calibrate(
        lambda texts: answers(network, tokenizer, texts), held_out, contexts, network.config.organs
    )
    gate = _gate(capped(train, GATE_PER_ORGAN, seed=7), held_out, cache)
    return gate, thresholds, figures


def held_out_of(validation: Sequence[Example]) -> list[Example]:
    """The sentences that calibration looks at."""
    return capped(validation, CALIBRATION_PER_ORGAN, seed=0)


def calibrate(
    logits_of: Callable[[Sequence[str]], npt.NDArray[np.float32]],
    held_out: Sequence[Example],
    contexts: Sequence[Context],
    organs: Sequence[str],
) -> tuple[Thresholds, dict[str, float]]:
    """Temperatures and thresholds from held-out sentences, and how well they fit.

    "No anatomy" is said where its precision and recall meet, names masked or left out. An organ stands from
    the probability on at which, names left out, ``PRECISION`` of the answers are right without the context,
    or ``IN_A_DOCUMENT`` with it; of sentences with a word that implies an organ the network is not asked.
    """
    said = {form: logits_of(list(map(show, held_out))) for form, show in FORMS.items()}
    targets = class_targets(held_out, organs).numpy()
    logits, twice = np.concatenate([said["masked"], said["unnamed"]]), np.concatenate([targets] * 2)
    named = ~targets[:, -1]
    temperature = fit_temperature(logits, twice)
    temperature_named = fit_temperature(said["plain"][named], targets[named])
    shares = softmax(logits, temperature)
    none = threshold_of_balance(shares[:, -1], twice[:, -1])
    hit = hits(shares, twice)
    ece = expected_calibration_error(shares.max(axis=1), hit)
    alone = shares[len(held_out) :]
    weighed = in_context(alone, organs, contexts)
    asked = np.array([not implied_mentions(row.unnamed) for row in held_out])
    there = asked & np.array([bool(context) for context in contexts])
    organ = surely_placed(alone[asked], targets[asked], none, PRECISION)
    organ_in_context = surely_placed(weighed[there], targets[there], none, IN_A_DOCUMENT)
    limits = Thresholds(temperature, temperature_named, none, organ, organ_in_context)
    return limits, {"accuracy": float(hit.mean()), "ece": ece}


def surely_placed(
    shares: npt.NDArray[np.float64], targets: npt.NDArray[np.bool_], none: float, precision: float
) -> float:
    """The least probability of an organ so that the answers at or above it are right in ``precision`` of the
    cases, sentences without anatomy among them: shares and targets (n, organs + 1)."""
    speaks = shares[:, -1] < none
    organs = shares[speaks, :-1]
    return threshold_of_precision(organs.max(axis=1), hits(organs, targets[speaks]), precision)


def _gate(train: Sequence[Example], held_out: Sequence[Example], cache: EmbeddingCache) -> Gate:
    vectors = [
        np.concatenate([cache.encode(list(map(show, rows))) for show in FORMS.values()])
        for rows in (train, held_out)
    ]
    anatomy = [np.array([bool(row.organs) for row in rows] * len(FORMS)) for rows in (train, held_out)]
    return train_gate(vectors[0], anatomy[0], vectors[1], anatomy[1])
