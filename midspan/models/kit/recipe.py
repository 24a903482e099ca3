"""How a model is trained: epochs, rates and their course."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn

Schedule = Literal["cosine", "constant"]


@dataclass(frozen=True)
class Recipe:
    epochs: int
    rates: Mapping[str, float]
    """Peak learning rate by how a parameter's name begins; the longest beginning counts, "" is any."""
    warmup: float = 0.06
    """Share of the steps over which the rates rise from 0."""
    weight_decay: float = 0.01
    clip: float = 1.0
    """Greatest norm of the gradient."""
    seed: int = 0
    schedule: Schedule = "cosine"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """Of a card or a checkpoint."""
        return cls(**_with_rates(data))

    def rate_of(self, name: str) -> str:
        """The beginning in ``rates`` that counts for a parameter. Raises ``ValueError`` where none does."""
        fitting = [start for start in self.rates if name.startswith(start)]
        if not fitting:
            raise ValueError(f"the recipe has no rate for {name!r}; it has some for {list(self.rates)}")
        return max(fitting, key=len)

    def optimiser(self, network: nn.Module) -> torch.optim.AdamW:
        """AdamW with a group a rate, each with its ``peak``, over what is trained of a network.

        Raises ``ValueError`` where a parameter has no rate, or a rate no parameter.
        """
        groups: dict[str, list[nn.Parameter]] = {start: [] for start in self.rates}
        for name, parameter in network.named_parameters():
            if parameter.requires_grad:
                groups[self.rate_of(name)].append(parameter)
        if idle := [start for start, members in groups.items() if not members]:
            raise ValueError(f"no trained parameter's name begins with {idle}")
        return torch.optim.AdamW(
            [
                {"params": members, "lr": self.rates[start], "peak": self.rates[start]}
                for start, members in groups.items()
            ],
            weight_decay=self.weight_decay,
        )


def rate_share(step: int, steps: int, warmup: float, schedule: Schedule = "cosine") -> float:
    """Share of the peak rate at a step: a straight rise, then a cosine down to 0, or the peak to the end."""
    rise = max(1, round(warmup * steps))
    if step < rise:
        return (step + 1) / rise
    if schedule == "constant":
        return 1.0
    return 0.5 * (1 + math.cos(math.pi * min((step - rise) / max(1, steps - rise), 1)))


def _with_rates(data: Mapping[str, Any]) -> dict[str, Any]:
    """Recipes had two rates once: of what began as an encoder, and of the head."""
    if "encoder_rate" not in data:
        return dict(data)
    kept = {name: value for name, value in data.items() if name not in ("encoder_rate", "head_rate")}
    return {**kept, "rates": {"": data["encoder_rate"], "head.": data["head_rate"]}}
