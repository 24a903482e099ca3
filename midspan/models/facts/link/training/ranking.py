"""Training of the ranker: cross-entropy over a mention's candidates and *not in the graph*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from midspan.models.facts.link.features import FEATURES
from midspan.models.facts.link.layers import Floats, Head, Layer
from midspan.models.facts.link.ranker import Ranker
from midspan.models.facts.link.training.examples import Example
from midspan.models.facts.link.training.network import RankerNetwork
from midspan.models.kit.calibration import fit_temperature
from midspan.models.kit.descent import descend, exhaust
from midspan.models.kit.recipe import rate_share

RANKERS = 5
KNOWN = 0.5
"""Log-odds: in texts a name of the graph means the graph's more often than in the worlds of training, from
which much is taken away on purpose. On KnowledgeNet's folds 1 and 2 as much is right from 0 to 0.75;
confidence is truer at 0.5 than at 0, and above it more strangers who bear a known name are linked."""
EPOCHS, BATCH, RATE, DECAY = 30, 256, 3e-3, 1e-2
LOWEST = -1e4
"""The score of a place in a list where there is no candidate."""


def train_rankers(train: Sequence[Example], held_out: Sequence[Example], seed: int) -> Ranker:
    """The mean of ``RANKERS`` rankers, what one of them says of a close case being chance, shifted by
    ``KNOWN``."""
    seeds = range(RANKERS * seed, RANKERS * (seed + 1))
    ranker = mean_of([train_ranker(train, held_out, one) for one in seeds])
    last = ranker.network.second
    shifted = Head(ranker.network.first, Layer(last.weight, last.bias + np.float32(KNOWN)))
    return replace(ranker, network=shifted)


def train_ranker(train: Sequence[Example], held_out: Sequence[Example], seed: int) -> Ranker:
    """The network from ``train``, its temperature from ``held_out``; of what has a candidate.
    Deterministic."""
    torch.manual_seed(seed)
    train, held_out = ([one for one in some if one.uids] for some in (train, held_out))
    rows = np.concatenate([one.features for one in train])
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    network = RankerNetwork(len(FEATURES))
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    data = _padded(train, mean, scale)
    exhaust(
        descend(lambda chosen: _loss(network, data, chosen), _batches(len(train), seed, optimiser), optimiser)
    )
    network.eval()
    features, real, places = _padded(held_out, mean, scale)
    with torch.no_grad():
        logits = _logits(network, features, real).numpy()
    targets = np.zeros(logits.shape, dtype=np.bool_)
    targets[np.arange(len(held_out)), places.numpy()] = True
    tensors = {name: value.numpy() for name, value in network.state_dict().items()}
    return Ranker.of({**tensors, "mean": mean, "scale": scale}, fit_temperature(logits, targets))


def mean_of(rankers: Sequence[Ranker]) -> Ranker:
    """One network whose score is the mean of theirs, each over its temperature; they see the same rows."""
    firsts, seconds = ([getattr(one.network, layer) for one in rankers] for layer in ("first", "second"))
    heats = [one.temperature * len(rankers) for one in rankers]
    return Ranker(
        rankers[0].mean,
        rankers[0].scale,
        Head(
            Layer(
                np.concatenate([one.weight for one in firsts]), np.concatenate([one.bias for one in firsts])
            ),
            Layer(
                np.concatenate([one.weight / heat for one, heat in zip(seconds, heats, strict=True)], axis=1),
                np.sum([one.bias / heat for one, heat in zip(seconds, heats, strict=True)], axis=0),
            ),
        ),
        1.0,
    )


def tensors_of(ranker: Ranker) -> dict[str, Floats]:
    """By the names that ``Ranker.of`` knows."""
    layers = {"network.0": ranker.network.first, "network.2": ranker.network.second}
    named = {
        f"{name}.{key}": getattr(layer, key) for name, layer in layers.items() for key in ("weight", "bias")
    }
    return {**named, "mean": ranker.mean, "scale": ranker.scale}


def _batches(count: int, seed: int, optimiser: torch.optim.Optimizer) -> Iterator[npt.NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    steps = EPOCHS * (count // BATCH)
    for step in range(steps):
        within = step % (count // BATCH)
        if within == 0:
            order = rng.permutation(count)
        for group in optimiser.param_groups:
            group["lr"] = RATE * rate_share(step, steps, 0.05)
        yield order[within * BATCH : (within + 1) * BATCH]


def _loss(
    network: RankerNetwork, data: tuple[Tensor, Tensor, Tensor], chosen: npt.NDArray[np.int64]
) -> Tensor:
    features, real, places = (part[chosen] for part in data)
    return cross_entropy(_logits(network, features, real), places)


def _logits(network: RankerNetwork, features: Tensor, real: Tensor) -> Tensor:
    """(n, width + 1), the last of nobody."""
    scores = network(features).masked_fill(~real, LOWEST)
    return torch.cat([scores, torch.zeros(len(scores), 1)], 1)


def _padded(examples: Sequence[Example], mean: Floats, scale: Floats) -> tuple[Tensor, Tensor, Tensor]:
    """Features (n, width, features), what of them is real, and the place of the gold or ``width``."""
    width = max(1, *(len(one.uids) for one in examples))
    features = np.zeros((len(examples), width, len(FEATURES)), dtype=np.float32)
    real = np.zeros((len(examples), width), dtype=np.bool_)
    places = np.full(len(examples), width, dtype=np.int64)
    for row, one in enumerate(examples):
        count = len(one.uids)
        features[row, :count] = (one.features - mean) / scale
        real[row, :count] = True
        if one.place < count:
            places[row] = one.place
    return torch.from_numpy(features), torch.from_numpy(real), torch.from_numpy(places)
