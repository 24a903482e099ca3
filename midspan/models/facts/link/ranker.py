"""Which candidate, if any: probabilities over a mention's candidates and *not in the graph*."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.facts.link.layers import Floats, Head


@dataclass(frozen=True)
class Ranker:
    """A small network gives each candidate a score; nobody at all has the score 0."""

    mean: Floats
    scale: Floats
    network: Head
    temperature: float

    def scores(self, features: Floats) -> Floats:
        """(n,) for (n, features)."""
        return np.asarray(self.network((features - self.mean) / self.scale)[:, 0])

    def probabilities(self, features: Floats) -> Floats:
        """(n + 1,), the last of *not in the graph*; n may be 0."""
        logits = np.zeros(len(features) + 1, dtype=np.float32)
        if len(features):
            logits[:-1] = self.scores(features) / self.temperature
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum())

    @classmethod
    def of(cls, tensors: Mapping[str, npt.NDArray[Any]], temperature: float) -> Ranker:
        return cls(tensors["mean"], tensors["scale"], Head.of(tensors, "network"), temperature)
