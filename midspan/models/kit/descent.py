"""The one loop that everything trained here goes through."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import torch
from torch import Tensor, nn

B = TypeVar("B")


def descend(
    loss: Callable[[B], Tensor],
    batches: Iterable[B],
    optimiser: torch.optim.Optimizer,
    *,
    clip: float | None = None,
) -> Iterator[float]:
    """Take a step down the gradient for each batch, and give its loss; each when it is asked for.

    A batch is asked for only after what follows the step before is done, so that whoever makes the batches
    may set rates and random states, and whoever takes the losses may save. ``clip`` is the greatest norm of
    the gradient.
    """
    parameters = [one for group in optimiser.param_groups for one in group["params"]]
    for batch in batches:
        value = loss(batch)
        optimiser.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        if clip is not None:
            nn.utils.clip_grad_norm_(parameters, clip)
        optimiser.step()
        yield float(value.detach())


def exhaust(losses: Iterable[float]) -> None:
    """Train to the end, whatever the losses are."""
    for _ in losses:
        pass
