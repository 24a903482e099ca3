"""Which part of the data a document belongs to, and how much of it an epoch or a test takes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, TypeVar

import numpy as np

R = TypeVar("R")
Split = Literal["train", "validation", "test"]
SPLITS: tuple[tuple[Split, float], ...] = (("train", 0.70), ("validation", 0.85), ("test", 1.0))
"""Upper ends, as shares of the documents."""


def split_of(doc: str) -> Split:
    """The part that a document belongs to; by its name alone, so that it never changes."""
    share = int.from_bytes(hashlib.sha256(doc.encode()).digest()[:4], "big") / 2**32
    return next(name for name, end in SPLITS if share < end)


def capped(rows: Sequence[R], labels: Callable[[R], Iterable[str]], most: int, seed: int) -> list[R]:
    """In random order, rows while one of their labels has been drawn fewer than ``most`` times."""
    order = np.random.default_rng(seed).permutation(len(rows))
    counts: Counter[str] = Counter()
    chosen = []
    for index in order:
        names = tuple(labels(rows[index]))
        if any(counts[name] < most for name in names):
            chosen.append(rows[index])
            counts.update(names)
    return chosen
