"""The text before a sentence: organs that it names are likelier to be meant where a sentence names none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.language.organs import mentions

Floats = npt.NDArray[np.float64]
Named = frozenset[str]
"""Organs that a sentence names."""
Context = Sequence[Named]
"""Of some sentences before."""

NAMING = 8
"""So many of the nearest sentences before that name an organ are weighed in."""
KEPT = 256
"""So many sentences that name an organ are remembered of a document: a piece of it may be asked again."""


def named_organs(text: str) -> Named:
    """The organs of the phantom that a text names."""
    return frozenset(mention.organ for mention in mentions(text) if mention.organ)


class Document:
    """Which sentences of a document name which organs; takes them in order, the same ones again as well."""

    def __init__(self) -> None:
        self._named: dict[int, Named] = {}

    def read(self, ordinal: int, text: str) -> None:
        if organs := named_organs(text):
            self._named[ordinal] = organs
            while len(self._named) > KEPT:
                del self._named[min(self._named)]

    def before(self, ordinal: int) -> Context:
        """What the nearest ``NAMING`` of the sentences before name."""
        known = sorted(place for place in self._named if place < ordinal)
        return tuple(self._named[place] for place in known[-NAMING:])


def in_context(shares: Floats, organs: Sequence[str], contexts: Sequence[Context]) -> Floats:
    """Shares (n, organs + 1) of sentences, given what the text before each names.

    By Bayes' rule: the prior of an organ is how often it is named there, with one more naming spread over
    all. The last column, "no anatomy", stays; without a context nothing changes.
    """
    prior = np.array([[sum(organ in named for named in context) for organ in organs] for context in contexts])
    weighed = shares[:, :-1] * (prior.reshape(len(shares), len(organs)) + 1 / len(organs))
    speaks, now = shares[:, :-1].sum(axis=1, keepdims=True), weighed.sum(axis=1, keepdims=True)
    given = np.hstack([weighed * (speaks / np.maximum(now, np.finfo(float).tiny)), shares[:, -1:]])
    return np.where(np.array([[bool(context)] for context in contexts]), given, shares)
