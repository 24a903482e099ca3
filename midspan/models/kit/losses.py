"""Losses of rows to which several classes are right."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional


def shared_cross_entropy(logits: Tensor, targets: Tensor, smoothing: float = 0.0) -> Tensor:
    """Softmax over the classes against a distribution.

    logits (batch, classes); targets (batch, classes) bool, at least one true in a row: the probability is
    shared among them, and ``smoothing`` of it among all classes.
    """
    shares = targets.float() / targets.sum(1, keepdim=True)
    shares = (1 - smoothing) * shares + smoothing / logits.shape[1]
    return -(shares * functional.log_softmax(logits, dim=1)).sum(1).mean()


def separate_cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """An independent yes or no per class; shapes as above."""
    return functional.binary_cross_entropy_with_logits(logits, targets.float())
