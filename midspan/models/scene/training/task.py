"""Training: some things of a scene lose their places, and the network is to say them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from midspan.models.kit.batching import LazyBatches
from midspan.models.scene.learned.grid import COLUMNS, DEPTHS, FACINGS, MASKED, ROWS
from midspan.models.scene.learned.rows import APART, ONLY_WORDS, UNNAMED, padded
from midspan.models.scene.training.examples import Both, Placed, lengths
from midspan.models.scene.training.network import PlacingNetwork

Masking = Literal["uniform", "bert"]
"""``uniform``: a share of the things drawn from [.15, 1], all of them without a place; ``bert``: each with
probability .15, of which 80 % without a place, 10 % at a random one, 10 % as they are."""
S = TypeVar("S", bound=np.generic)
Ints = npt.NDArray[np.int64]

LEAST_SHARE = 0.15
WITHOUT_ID = 0.3
"""Of the things: half of them known by their words alone, half by their words and their group."""
WITHOUT_TEXT = 0.08
"""Of the scenes."""
UNREAD = 0.05
"""Of the pieces of a text."""
UNKNOWN_PIECE, LAST_SPECIAL = 100, 103
JITTER = 8
"""Pieces by which texts of one batch may differ more than need be."""
SOFTNESS = 0.7
"""Standard deviation, in bins, of the places that count as right around the true one."""


@dataclass(frozen=True)
class PlacingBatch:
    inputs: tuple[Tensor, ...]
    """As ``PlacingNetwork.forward`` takes them."""
    bins: Tensor
    """(n, things, 4): what is true."""
    points: Tensor
    """(n, things, 2)."""
    sizes: Tensor
    """(n, things, 2)."""
    asked: Tensor
    """(n, things): what is to be said."""


class PlacingTask:
    def __init__(
        self,
        network: PlacingNetwork,
        train: Sequence[Both],
        validate: Callable[[], Mapping[str, float]],
        *,
        seed: int,
        batch: int,
        masking: Masking = "uniform",
    ) -> None:
        """``validate`` measures the network as it is, with a ``score``."""
        self.network = network
        self._train, self._measure, self._seed, self._batch = train, validate, seed, batch
        self._masking: Masking = masking
        self._lengths = np.array(lengths(train), dtype=np.float64)

    def batches(self, epoch: int) -> LazyBatches[list[int], PlacingBatch]:
        rng = np.random.default_rng((self._seed, epoch))
        order = np.argsort(self._lengths + rng.random(len(self._lengths)) * JITTER)
        groups = [order[start : start + self._batch].tolist() for start in range(0, len(order), self._batch)]
        jumbled = [groups[place] for place in rng.permutation(len(groups))]
        return LazyBatches(jumbled, self._made)

    def loss(self, batch: PlacingBatch) -> Tensor:
        answers = self.network(*batch.inputs).float()
        lose = placing_loss if self.network.config.heads == "discrete" else distance_loss
        return lose(answers, batch)

    def validate(self) -> Mapping[str, float]:
        return self._measure()

    def _made(self, group: Sequence[int]) -> PlacingBatch:
        rng = np.random.default_rng(int(torch.randint(2**31, ()).item()))
        return collated([chosen(self._train[place], rng) for place in group], rng, self._masking)


def chosen(scene: Both, rng: np.random.Generator) -> Placed:
    return scene.turned if rng.random() < 0.5 else scene.plain


def collated(scenes: Sequence[Placed], rng: np.random.Generator, masking: Masking) -> PlacingBatch:
    """A batch in which some things have no place, some no category and some scenes no text."""
    tokens, labels, ids, near, apart = padded([one.row for one in scenes])
    things = ids.shape[1]
    ids = _without_ids(ids, _filled([one.row.groups for one in scenes], things), rng)
    silent = rng.random(len(scenes)) < WITHOUT_TEXT
    unread = (rng.random(tokens.shape) < UNREAD) & (tokens > LAST_SPECIAL)
    tokens = np.where(unread, UNKNOWN_PIECE, tokens)
    tokens, near, apart = _silenced(silent, tokens, near, apart)
    bins = _filled([one.bins for one in scenes], things)
    asked, hidden, random = _masked(ids > 0, rng, masking)
    placed = np.where(hidden[..., None], np.array(MASKED), bins)
    anywhere = np.stack([rng.integers(0, most, ids.shape) for most in MASKED], axis=-1)
    placed = np.where(random[..., None], anywhere, placed)
    arrays = (tokens, labels, ids, near, apart, placed)
    return PlacingBatch(
        tuple(torch.from_numpy(one) for one in arrays),
        torch.from_numpy(bins),
        torch.from_numpy(_filled([one.points for one in scenes], things)),
        torch.from_numpy(_filled([one.sizes for one in scenes], things)),
        torch.from_numpy(asked),
    )


def _silenced(silent: npt.NDArray[np.bool_], tokens: Ints, near: Ints, apart: Ints) -> tuple[Ints, ...]:
    tokens, near, apart = tokens.copy(), near.copy(), apart.copy()
    for place in np.flatnonzero(silent):
        last = tokens[place][tokens[place] > 0][-1]
        tokens[place, 1:] = 0
        tokens[place, 1] = last
        near[place], apart[place] = UNNAMED, APART
    return tokens, near, apart


def _without_ids(ids: Ints, groups: Ints, rng: np.random.Generator) -> Ints:
    draw = rng.random(ids.shape)
    fewer = np.where(draw < WITHOUT_ID / 2, ONLY_WORDS, np.where(draw < WITHOUT_ID, groups, ids))
    return np.where(ids > 0, fewer, ids)


def _filled(arrays: Sequence[npt.NDArray[S]], things: int) -> npt.NDArray[S]:
    """Arrays (things of a scene, ...) in one (n, things, ...), filled up with 0."""
    whole = np.zeros((len(arrays), things, *arrays[0].shape[1:]), dtype=arrays[0].dtype)
    for place, one in enumerate(arrays):
        whole[place, : len(one)] = one
    return whole


def _masked(
    real: npt.NDArray[np.bool_], rng: np.random.Generator, masking: Masking
) -> tuple[npt.NDArray[np.bool_], ...]:
    """What is asked for, what of it is hidden, and what of it stands at a random place; (n, things) each."""
    draw = np.where(real, rng.random(real.shape), 2.0)
    share = rng.uniform(LEAST_SHARE, 1.0, (len(real), 1)) if masking == "uniform" else LEAST_SHARE
    asked = draw < share
    asked[np.arange(len(real)), draw.argmin(axis=1)] = True  # one at least
    if masking == "uniform":
        return asked, asked, np.zeros_like(asked)
    kind = rng.random(real.shape)
    return asked, asked & (kind < 0.8), asked & (kind >= 0.9)


# --- losses ---


def placing_loss(answers: Tensor, batch: PlacingBatch) -> Tensor:
    """Mean negative log-likelihood of x, y, depth and facing of what is asked for, equally weighted, and the
    mean distance of the sizes."""
    chosen = answers[batch.asked]
    bins, sizes = batch.bins[batch.asked], batch.sizes[batch.asked]
    x, y, depth, facing, size = _parts(chosen, COLUMNS, ROWS, DEPTHS, FACINGS, 2)
    return (
        _soft_cross_entropy(x, bins[:, 0])
        + _soft_cross_entropy(y, bins[:, 1])
        + functional.cross_entropy(depth, bins[:, 2])
        + functional.cross_entropy(facing, bins[:, 3])
        + (size.sigmoid() - sizes).abs().mean()
    )


def _parts(answers: Tensor, *widths: int) -> tuple[Tensor, ...]:
    """Cut along the last axis."""
    return torch.split_with_sizes(answers, list(widths), dim=-1)


def _soft_cross_entropy(logits: Tensor, bins: Tensor) -> Tensor:
    """Against a bell around the true bin: a bin beside it is nearly right."""
    steps = torch.arange(logits.shape[1])[None] - bins[:, None]
    bell = torch.exp(-0.5 * (steps / SOFTNESS) ** 2)
    shares = bell / bell.sum(1, keepdim=True)
    return -(shares * functional.log_softmax(logits, dim=1)).sum(1).mean()


def distance_loss(answers: Tensor, batch: PlacingBatch) -> Tensor:
    """The same with numbers for x and y, in bins: the mean distance, and the mean difference of the distances
    between two things that are asked for. What is not asked for counts in neither."""
    scale = torch.tensor([float(COLUMNS), float(ROWS)])
    places, rest = _parts(answers, 2, DEPTHS + FACINGS + 2)
    said, true = places.sigmoid() * scale, batch.points * scale
    depth, facing, size = _parts(rest[batch.asked], DEPTHS, FACINGS, 2)
    bins, sizes = batch.bins[batch.asked], batch.sizes[batch.asked]
    off = _length(said - true)[batch.asked].mean()
    between = _length(said[:, :, None] - said[:, None]) - _length(true[:, :, None] - true[:, None])
    pairs = batch.asked[:, :, None] & batch.asked[:, None]
    return (
        off
        + between[pairs].abs().mean()
        + functional.cross_entropy(depth, bins[:, 2])
        + functional.cross_entropy(facing, bins[:, 3])
        + (size.sigmoid() - sizes).abs().mean()
    )


def _length(vectors: Tensor) -> Tensor:
    """Euclidean, with a gradient at 0."""
    return (vectors.square().sum(-1) + 1e-6).sqrt()
