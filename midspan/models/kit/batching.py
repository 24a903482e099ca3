"""Training in batches: rows of like length together, and each batch made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np

JITTER = 30
"""Characters by which texts of one batch may differ more than need be."""
R = TypeVar("R")
B = TypeVar("B")


class LazyBatches(Generic[R, B]):
    """Batches that are made when they are asked for, each time anew, so that only one need be in memory.

    Whoever goes on in the middle of an epoch asks for the rest alone.
    """

    def __init__(self, plans: Sequence[R], make: Callable[[R], B]) -> None:
        """A plan is what a batch is made from: rows of a table, files, moments of a video."""
        self._plans, self._make = plans, make

    def __len__(self) -> int:
        return len(self._plans)

    def __getitem__(self, index: int) -> B:
        return self._make(self._plans[index])


def by_length(lengths: Sequence[float], size: int) -> list[list[int]]:
    """Places of rows, ``size`` of like length together, the shortest first: padding costs least so."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    return [order[start : start + size] for start in range(0, len(order), size)]


def jumbled_by_length(texts: Sequence[str], size: int, rng: np.random.Generator) -> list[list[int]]:
    """The same for training: the batches in random order, their company changing; lengths are characters."""
    lengths = np.array([len(text) for text in texts]) + rng.random(len(texts)) * JITTER
    groups = by_length(lengths.tolist(), size)
    return [groups[place] for place in rng.permutation(len(groups))]
