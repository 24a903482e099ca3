"""Rows in batches: of like length, padded, made when they are asked for, and answered in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor

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


def answered(ask: Callable[[list[list[int]]], Tensor], rows: Sequence[list[int]], size: int) -> Tensor:
    """What ``ask`` says of rows of tokens, asked in batches of like length: (n, ...) in their order, on the
    CPU, float32."""
    groups = by_length([len(row) for row in rows], size)
    with torch.inference_mode():
        said = torch.cat([ask([rows[place] for place in group]).float().cpu() for group in groups])
    return said[torch.tensor([place for group in groups for place in group]).argsort()]


def pad(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids to (n, longest) int64 filled up with 0, and the bool mask of what is real."""
    longest = max(len(row) for row in rows)
    tokens = torch.zeros((len(rows), longest), dtype=torch.int64)
    mask = torch.zeros((len(rows), longest), dtype=torch.bool)
    for index, row in enumerate(rows):
        tokens[index, : len(row)] = torch.tensor(row)
        mask[index, : len(row)] = True
    return tokens, mask
