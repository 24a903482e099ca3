"""The teachers as one: a weighted mean of their logits, chapter 7.

``z_T = sum_m w_m z_m`` over the teachers that have a head; the weights of a head sum to 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from midspan.models.action.classes import Classes
from midspan.models.action.clips import NONE
from midspan.models.kit.calibration import softmax

Weighting = Literal["uniform", "per-sample", "full-dataset"]
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]
ByHead = dict[str, npt.NDArray[np.float64]]
Logits = Mapping[str, Mapping[str, Floats]]
"""(..., classes) by teacher and head."""


def cross_entropies(logits: Floats, labels: Ints) -> npt.NDArray[np.float64]:
    """(...,) of logits (..., n, classes) against labels (n,); not a number where there is no label."""
    shares = softmax(logits)
    picked = shares[..., np.arange(len(labels)), np.maximum(labels, 0)]
    return np.where(labels == NONE, np.nan, -np.log(np.maximum(picked, 1e-12)))


def softmin(losses: npt.NDArray[np.float64], gamma: float) -> npt.NDArray[np.float64]:
    """Along the first axis: the lower the loss the greater the weight; ``gamma`` evens them out."""
    return np.moveaxis(softmax(np.moveaxis(-losses, 0, -1), gamma), -1, 0)


def dataset_weights(held_out: Logits, labels: Ints, classes: Classes, gamma: float = 1.0) -> ByHead:
    """``full-dataset``: (teachers that have it,) by head, from their mean loss on clips that none learned.

    held_out (clips, classes); labels (clips, heads).
    """
    found = {}
    for column, head in enumerate(classes.heads):
        losses = [
            float(np.nanmean(cross_entropies(said[head], labels[:, column])))
            for said in held_out.values()
            if head in said
        ]
        found[head] = softmin(np.array(losses), gamma)
    return found


def sample_weights(logits: Floats, labels: Ints, gamma: float = 1.0) -> npt.NDArray[np.float64]:
    """``per-sample``: (teachers, ..., n) from the loss of each teacher on each clip; even without a label.

    logits (teachers, ..., n, classes).
    """
    losses = np.nan_to_num(cross_entropies(logits, labels))
    return softmin(losses, gamma)


def ensemble(
    logits: Logits,
    classes: Classes,
    weighting: Weighting = "uniform",
    *,
    labels: Ints | None = None,
    weights: ByHead | None = None,
    gamma: float = 1.0,
) -> npt.NDArray[np.float32]:
    """(..., classes.total): the weighted mean of the logits (..., classes).

    ``per-sample`` needs the ``labels`` (clips, heads), ``full-dataset`` the ``weights`` of
    :func:`dataset_weights`.
    """
    joined = []
    for column, head in enumerate(classes.heads):
        known = np.stack([said[head] for said in logits.values() if head in said])
        if weighting == "per-sample":
            assert labels is not None
            share = sample_weights(known, labels[:, column], gamma)[..., None]
        elif weighting == "full-dataset":
            assert weights is not None
            share = weights[head].reshape(-1, *[1] * (known.ndim - 1))
        else:
            share = np.full((len(known), *[1] * (known.ndim - 1)), 1 / len(known))
        joined.append((share * known).sum(axis=0))
    return np.concatenate(joined, axis=-1).astype(np.float32)
