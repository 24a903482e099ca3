"""Answers that no network gives: the most frequent verb, and what a thing is mostly used for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from midspan.models.action.classes import VERB
from midspan.models.action.clips import Clips
from midspan.models.action.evaluation.scores import Said


def majority(train: Clips, asked: Clips) -> Said:
    """How often each verb was, whatever is asked."""
    counts = np.bincount(train.array("verb"), minlength=len(train.classes.names[VERB]))
    return {VERB: np.tile(counts / counts.sum(), (len(asked), 1))}


def noun_shortcut(train: Clips, asked: Clips) -> Said:
    """How often each verb was done with the noun that each clip is told to have; nothing else is seen.

    It is as good as the data's bias, and says the wrong one of a minimal pair where combinations are new.
    """
    counts = _table(train)
    shares = counts / counts.sum(axis=1, keepdims=True)
    return {VERB: shares[asked.array("nouns")[:, 0]]}


def _table(train: Clips) -> npt.NDArray[np.float64]:
    """(nouns + 1, verbs), each counted once more than it was; the last row is of clips without a noun."""
    meta = train.parts[0].meta
    counts = np.ones((len(meta.nouns) + 1, len(meta.verbs)))
    nouns, verbs = train.array("nouns")[:, 0].astype(np.int64), train.array("verb").astype(np.int64)
    np.add.at(counts, (nouns, verbs), 1)
    return counts
