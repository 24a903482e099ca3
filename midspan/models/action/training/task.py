"""What is trained on labelled clips: a network of any kind, on views of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from midspan.models.action.clips import NONE, Clips
from midspan.models.action.inputs import Views, drawn_views, plain_views
from midspan.models.action.networks.network import NetworkConfig, all_logits
from midspan.models.action.predictor import inputs_of
from midspan.models.kit.batching import LazyBatches
from midspan.models.kit.precision import mixed_precision

BATCH = 64
Said = Mapping[str, Mapping[str, Tensor]]
"""Logits by the name of the set and by head."""


@dataclass(frozen=True)
class ClipBatch:
    places: npt.NDArray[np.int64]
    """Of the clips among those to learn from."""
    view: int
    """Which of the views is shown."""
    inputs: tuple[Tensor, ...]
    labels: Tensor
    """(clips, heads); ``NONE`` where a head has none."""


@dataclass(frozen=True)
class Showing:
    """How clips are shown in training."""

    seed: int
    views: int | None = None
    """How many views there are, each shown again after as many epochs; None: a new one each epoch."""
    strong: bool = False
    batch: int = BATCH

    def key(self, epoch: int) -> tuple[int, int]:
        """What the views of an epoch are drawn by."""
        return self.seed, epoch if self.views is None else epoch % self.views

    def drawn(self, count: int, epoch: int) -> Views:
        """Strong colours are new ones each epoch, also in a view that was shown before."""
        colours = (self.seed, epoch, 2) if self.strong and self.views else None
        return drawn_views(count, self.key(epoch), strong=self.strong, colours=colours)


Objective = Callable[[ClipBatch, Said], Tensor]


class ClipTask:
    """See :class:`midspan.models.kit.training.Task`."""

    def __init__(
        self,
        network: nn.Module,
        config: NetworkConfig,
        train: Clips,
        validation: Clips,
        showing: Showing,
        objective: Objective | None = None,
    ) -> None:
        """``objective`` is the loss of what is said of a batch; by default that of the labels."""
        self.network, self.config = network, config
        self._train, self._validation, self._showing = train, validation, showing
        self._labels = train.labels(config.classes)
        self._objective = objective or label_loss
        self._batch = min(showing.batch, len(train))

    def batches(self, epoch: int) -> LazyBatches[npt.NDArray[np.int64], ClipBatch]:
        key = self._showing.key(epoch)
        views = self._showing.drawn(len(self._train), epoch)
        order = np.random.default_rng((self._showing.seed, epoch, 1)).permutation(len(self._train))

        def made(places: npt.NDArray[np.int64]) -> ClipBatch:
            shown = inputs_of(self.config.modalities, self._train.at(places), views.at(places))
            device = device_of(self.network)
            tensors = tuple(torch.from_numpy(one).to(device) for one in shown)
            return ClipBatch(places, key[1], tensors, torch.from_numpy(self._labels[places]).to(device))

        ends = range(self._batch, len(order) + 1, self._batch)
        return LazyBatches([np.sort(order[end - self._batch : end]) for end in ends], made)

    def loss(self, batch: ClipBatch) -> Tensor:
        return self._objective(batch, all_logits(self.network, batch.inputs))

    def validate(self) -> dict[str, float]:
        """Share of clips whose most probable class is right, by head; ``score`` is their mean."""
        said = answers(self.network, self.config, self._validation)
        labels = self._validation.labels(self.config.classes)
        figures = {}
        for column, (head, logits) in enumerate(self.config.classes.split(said).items()):
            known = labels[:, column] != NONE
            figures[head] = float((logits.argmax(1) == labels[:, column])[known].mean())
        return {"score": float(np.mean(list(figures.values()))), **figures}


def label_loss(batch: ClipBatch, said: Said) -> Tensor:
    """Mean cross-entropy over the sets of logits and the heads of each."""
    heads = list(dict(list(said.values())[-1]))
    losses = [
        labelled_cross_entropy(logits, batch.labels[:, heads.index(head)])
        for one in said.values()
        for head, logits in one.items()
    ]
    return torch.stack(losses).mean()


def labelled_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Of those that have a label: mean of logits (n, classes) against labels (n,); 0 where none has."""
    total = functional.cross_entropy(logits.float(), labels, ignore_index=NONE, reduction="sum")
    return total / (labels != NONE).sum().clamp(min=1)


def answers(
    network: nn.Module,
    config: NetworkConfig,
    clips: Clips,
    *,
    view: Sequence[int] | None = None,
    batch: int = BATCH,
) -> npt.NDArray[np.float32]:
    """Logits (clips, classes.total) by torch; of clips as they are, or in the view drawn by ``view``."""
    network.eval()
    views = plain_views(len(clips)) if view is None else drawn_views(len(clips), view)
    device, parts = device_of(network), [np.zeros((0, config.classes.total), dtype=np.float32)]
    for start in range(0, len(clips), batch):
        places = np.arange(start, min(start + batch, len(clips)))
        shown = inputs_of(config.modalities, clips.at(places), views.at(places))
        with torch.inference_mode(), mixed_precision(device):
            said = network(*(torch.from_numpy(one).to(device) for one in shown))
        parts.append(said.float().cpu().numpy())
    return np.concatenate(parts)


def device_of(network: nn.Module) -> torch.device:
    return next(network.parameters()).device
