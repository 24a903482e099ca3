"""Which verb with which noun is in which split.

Training and ``seen`` have the verbs of a group with the nouns of the same group; the two unseen splits have
them crossed, and share them out, so that no pair of verb and noun is in more than one of ``train``,
``unseen_selection`` and ``unseen_test``. ``unseen_test`` is for the last measurement alone. ``unlabelled`` is
what a student may watch while its teachers answer: other clips, of the pairs of ``unseen_selection``.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from midspan.models.action.data.arrays import Style
from midspan.models.action.data.nouns import GROUPS, NOUNS
from midspan.models.action.data.verbs import VERBS, group

Split = Literal["train", "seen", "unseen_selection", "unseen_test", "unlabelled"]
SPLITS: tuple[Split, ...] = get_args(Split)
LABELLED: tuple[Split, ...] = SPLITS[:4]
STYLES: tuple[Style, ...] = get_args(Style)
SHARES: dict[Split, float] = {
    "train": 0.6,
    "seen": 0.1,
    "unseen_selection": 0.1,
    "unseen_test": 0.2,
    "unlabelled": 0.3,
}
"""Of all that are labelled; the others come on top."""


def nouns_of(split: Split, verb: int) -> tuple[int, ...]:
    """The nouns that are the first thing of ``verb`` in ``split``."""
    own = [noun for noun in range(len(NOUNS)) if GROUPS[noun] == group(verb)]
    if split in ("train", "seen"):
        return tuple(own)
    crossed = [noun for noun in range(len(NOUNS)) if noun not in own]
    turn = verb // 2 + (split == "unseen_test")
    return tuple(noun for rank, noun in enumerate(crossed) if (rank + turn) % 2 == 0)


def draw(split: Split, index: int, random: np.random.Generator) -> tuple[int, int, int]:
    """Verb, noun and second noun of the ``index``-th clip; the second is of the first one's group."""
    verb = index % len(VERBS)
    noun = int(random.choice(nouns_of(split, verb)))
    others = [other for other in range(len(NOUNS)) if GROUPS[other] == GROUPS[noun] and other != noun]
    return verb, noun, int(random.choice(others))


def count(split: Split, clips: int) -> int:
    """How many of ``clips`` are of ``split``; at least one each."""
    return max(1, round(SHARES[split] * clips))
