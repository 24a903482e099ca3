"""What a document says up to a sentence: of which organs, and whether it is of a medical subject at all.

Organs that the sentences before name are likelier to be meant where a sentence names none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.language.implied import implied_mentions
from midspan.models.atlas.language.organs import mentions
from midspan.models.atlas.language.subject import BEFORE, followed

Floats = npt.NDArray[np.float64]
Named = frozenset[str]
"""Organs that a sentence names."""
Context = Sequence[Named]
"""Of some sentences before."""

NAMING = 8
"""So many of the nearest sentences before that name an organ are weighed in."""
KEPT = 256
"""So many sentences that name an organ are remembered of a document: a piece of it may be asked again."""
JUDGED = 1024
"""Of so many of its sentences the subject is remembered; more than a batch has."""


def named_organs(text: str) -> Named:
    """The organs of the phantom that a text names; where it names none, those that its words imply."""
    found = mentions(text) or implied_mentions(text)
    return frozenset(mention.organ for mention in found if mention.organ)


class Document:
    """Which sentences of a document name which organs, and its subject; takes them in order, the same ones
    again as well."""

    def __init__(self) -> None:
        self._named: dict[int, Named] = {}
        self._subject: dict[int, float] = {}
        self._latest = BEFORE

    def read(self, ordinal: int, text: str) -> None:
        if organs := named_organs(text):
            self._named[ordinal] = organs
            while len(self._named) > KEPT:
                del self._named[min(self._named)]

    def judge(self, ordinal: int, evidence: float) -> float:
        """Log odds that the text is of a medical subject at this sentence, of which ``evidence`` are the log
        odds that it is of one by itself."""
        if ordinal not in self._subject:
            self._latest = self._subject[ordinal] = followed(self._latest, evidence)
            while len(self._subject) > JUDGED:
                del self._subject[min(self._subject)]
        return self._subject[ordinal]

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
