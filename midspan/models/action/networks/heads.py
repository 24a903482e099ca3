"""Answers of several heads side by side: a verb, a noun.

A network says them as one row of logits, so that it has one output; ``Classes`` tells which belong to what.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from midspan.models.action.classes import Classes


def hidden_head(width_in: int, width: int, classes: Classes, eps: float = 1e-5) -> nn.Sequential:
    """Linear, GELU, LayerNorm, Linear: the head of chapter 6; (batch, width_in) to (batch, classes.total)."""
    return nn.Sequential(
        nn.Linear(width_in, width),
        nn.GELU(),
        nn.LayerNorm(width, eps=eps),
        nn.Linear(width, classes.total),
    )


def by_head(logits: Tensor, classes: Classes) -> dict[str, Tensor]:
    """(..., classes.total) to each head's own (..., n)."""
    parts = torch.split(logits, list(classes.sizes), dim=-1)
    return dict(zip(classes.heads, parts, strict=True))
