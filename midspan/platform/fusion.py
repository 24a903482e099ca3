"""Reciprocal rank fusion of ranked lists."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

K = 60
"""Cormack, Clarke and Büttcher (SIGIR 2009): ranks far down count little more than absent ones."""

Key = TypeVar("Key", bound=Hashable)


def fuse(lists: Mapping[str, Sequence[Key]], k: int = K) -> list[tuple[Key, float, dict[str, int]]]:
    """Fuse ranked lists (best first, no doubles within a list).

    Returns (key, sum over lists of 1 / (k + rank), list name to 1-based rank), best first; equal scores
    are ordered by best rank, then by first appearance.
    """
    ranks: dict[Key, dict[str, int]] = {}
    for name, keys in lists.items():
        for rank, key in enumerate(keys, start=1):
            ranks.setdefault(key, {})[name] = rank
    fused = [
        (key, sum(1.0 / (k + rank) for rank in places.values()), places) for key, places in ranks.items()
    ]
    return sorted(fused, key=lambda entry: (-entry[1], min(entry[2].values())))
