"""Small networks in numpy, as torch trained them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def norm(rows: npt.ArrayLike) -> Floats:
    """Rows of length 1."""
    values = np.asarray(rows, dtype=np.float32)
    return np.asarray(values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-12))


@dataclass(frozen=True)
class Layer:
    weight: Floats
    """(out, in)."""
    bias: Floats

    def __call__(self, rows: Floats) -> Floats:
        return np.asarray(rows @ self.weight.T + self.bias)


@dataclass(frozen=True)
class Head:
    """Two layers with a ReLU between."""

    first: Layer
    second: Layer

    def __call__(self, rows: Floats) -> Floats:
        return self.second(np.maximum(self.first(rows), 0))

    @classmethod
    def of(cls, tensors: Mapping[str, npt.NDArray[Any]], name: str) -> Head:
        """Of ``torch.nn.Sequential(Linear, ReLU, Linear)`` with this name."""
        return cls(
            *(Layer(tensors[f"{name}.{place}.weight"], tensors[f"{name}.{place}.bias"]) for place in (0, 2))
        )
