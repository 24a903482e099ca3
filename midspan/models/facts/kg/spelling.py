"""How alike two names are written."""

from __future__ import annotations

MARGIN = " "


def grams(key: str) -> frozenset[str]:
    """Its runs of three signs, with a blank before and behind, which make the ends of a name count."""
    padded = f"{MARGIN}{key}{MARGIN}"
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of the grams of two normalised names: 2 |A ∩ B| / (|A| + |B|), 0 to 1."""
    shared = len(one & other)
    return 2 * shared / (len(one) + len(other)) if shared else 0.0
