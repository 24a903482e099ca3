"""Rows of tokens in batches that cost about the same: sorted by length and cut at a number of tokens.

Padding is work too: of 64 sentences as they come two thirds of a batch can be padding, of sorted ones a
few per cent. Small batches are also what lets work stop promptly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from midspan.models.kit.engine import Engine, Floats

if TYPE_CHECKING:
    import tokenizers

Tokens = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Rows = Sequence[Sequence[int]]


def tokens_of(tokenizer: tokenizers.Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Token ids of each text. One by one: the library's own batching starts threads that do not survive a
    fork."""
    return [tokenizer.encode(text).ids for text in texts]


def by_tokens(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Places of rows, the shortest first, in groups that with their padding hold at most ``budget`` tokens; a
    longer row is alone."""
    order = sorted(range(len(lengths)), key=lambda place: lengths[place])
    groups: list[list[int]] = []
    for place in order:
        if groups and (len(groups[-1]) + 1) * lengths[place] <= budget:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def pad(rows: Rows) -> tuple[Tokens, Mask]:
    """Token ids to (n, longest) int64 filled up with 0, and the bool mask of what is real."""
    tokens = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    mask = np.zeros(tokens.shape, dtype=np.bool_)
    for index, row in enumerate(rows):
        tokens[index, : len(row)] = row
        mask[index, : len(row)] = True
    return tokens, mask


def answered(engine: Engine, rows: Rows, check: Callable[[], None] = lambda: None) -> Floats:
    """What a network says of rows of tokens: (n, ...) float32 in their order. At least one row.

    ``check`` is called before each batch; what it raises ends the work.
    """

    def ask(group: Sequence[int]) -> Floats:
        return engine(*pad([rows[place] for place in group]))

    return asked(ask, [len(row) for row in rows], engine.tokens, check)


def asked(
    ask: Callable[[Sequence[int]], Floats], lengths: Sequence[int], budget: int, check: Callable[[], None]
) -> Floats:
    """The answers to groups of places as :func:`by_tokens` makes them, put into the order of the places."""
    groups = by_tokens(lengths, budget)
    said = []
    for group in groups:
        check()
        said.append(ask(group))
    order = np.argsort([place for group in groups for place in group])
    return np.asarray(np.concatenate(said)[order])
