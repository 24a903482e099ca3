"""A cheap look at the shared sentence embedding: may this sentence be one for a chapter at all?

Only sentences that pass pay for the chapter's own network. A logistic regression; its threshold is set so
that it lets nearly every wanted sentence through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Gate:
    weight: Floats
    """(d,)."""
    bias: float
    threshold: float

    def probability(self, embeddings: Floats) -> npt.NDArray[np.float64]:
        """Of being wanted, for unit vectors (n, d): (n,)."""
        return np.asarray(1 / (1 + np.exp(-(embeddings.astype(np.float64) @ self.weight + self.bias))))

    def passes(self, embeddings: Floats) -> Bools:
        return np.asarray(self.probability(embeddings) >= self.threshold)

    @property
    def tensors(self) -> dict[str, npt.NDArray[Any]]:
        """For a model folder; the threshold goes into its config."""
        return {"gate.weight": self.weight, "gate.bias": np.float32(self.bias).reshape(())}

    @classmethod
    def of(cls, tensors: Mapping[str, npt.NDArray[Any]], threshold: float) -> Gate:
        return cls(tensors["gate.weight"], float(tensors["gate.bias"]), threshold)
