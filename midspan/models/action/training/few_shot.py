"""The few-shot protocol: a backbone that has learned some verbs, and a head for others, of a few clips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from midspan.models.action.clips import Clips
from midspan.models.action.networks.layout import LayoutNetwork
from midspan.models.action.predictor import inputs_of
from midspan.models.action.training.branches import train_branch
from midspan.models.kit.embedding_head import head_output, train_head

NOVEL = 4
"""Verbs that are held out, every so many of all."""
SHOTS = (5, 10)
EPOCHS = 200
Ints = npt.NDArray[np.int64]


def novel_verbs(verbs: Sequence[str]) -> Ints:
    """Places of the verbs that the backbone is not shown: spread over the list, so that of minimal pairs that
    stand side by side one stays."""
    return np.unique(np.linspace(0, len(verbs) - 1, NOVEL + 2).round().astype(np.int64)[1:-1])


def few_shot(
    train: Clips, held_out: Clips, test: Clips, work: Path, *, seed: int, epochs: int | None = None
) -> dict[int, npt.NDArray[np.bool_]]:
    """By the number of clips a verb: whether the novel verb of each clip of the test is found among them."""
    novel = novel_verbs(train.classes.names["verb"])
    base, base_held_out = (_with_verbs(one, novel, keep=False) for one in (train, held_out))
    shown, asked = (_with_verbs(one, novel, keep=True) for one in (train, test))
    network = train_branch("layout", base, base_held_out, work, seed=seed, epochs=epochs).network
    assert isinstance(network, LayoutNetwork)
    features, asked_features = _features(network, shown), _features(network, asked)
    labels = np.searchsorted(novel, shown.array("verb").astype(np.int64))
    truth = np.searchsorted(novel, asked.array("verb").astype(np.int64))
    found = {}
    for shots in SHOTS:
        places = _drawn(labels, shots, np.random.default_rng((seed, shots)))
        head = _head(features[places], torch.from_numpy(labels[places]), len(novel), seed)
        found[shots] = head_output(head, asked_features).argmax(1).numpy() == truth
    return found


def _head(features: npt.NDArray[np.float32], labels: Tensor, classes: int, seed: int) -> nn.Module:
    return train_head(
        lambda said, rows: functional.cross_entropy(said, labels[rows]),
        [features],
        classes,
        seed=seed,
        epochs=EPOCHS,
    )


def _features(network: LayoutNetwork, clips: Clips) -> npt.NDArray[np.float32]:
    """(clips, width) of the frozen backbone, of length 1."""
    network.eval()
    device = next(network.parameters()).device
    shown = [torch.from_numpy(one).to(device) for one in inputs_of(("layout",), clips)]
    with torch.inference_mode():
        found = network.backbone(*shown)[0][:, -1]
    return np.asarray(functional.normalize(found, dim=1).cpu().numpy())


def _with_verbs(clips: Clips, verbs: Ints, *, keep: bool) -> Clips:
    return clips.at(np.flatnonzero(np.isin(clips.array("verb"), verbs) == keep))


def _drawn(labels: Ints, shots: int, rng: np.random.Generator) -> Ints:
    """Places of so many clips of each label."""
    of_each = [rng.permutation(np.flatnonzero(labels == one))[:shots] for one in np.unique(labels)]
    return np.concatenate(of_each)
