"""Is a document of a medical subject? What its sentences say together, up to the one asked about.

A hidden Markov chain: at a sentence a document is of a medical subject or it is not, this changes rarely, and
every sentence is evidence. The forward algorithm in log odds, with the evidence e of a sentence and the
probability r of no change:

    s_i = e_i + log((r exp(s_{i-1}) + 1 - r) / ((1 - r) exp(s_{i-1}) + r))

So it forgets: however long a document was of one subject, what it brings to the next sentence lies between
-log(r / (1 - r)) and its opposite.
"""

from __future__ import annotations

import math

STAYS = 0.98
BEFORE = 0.0
"""Log odds before the first sentence."""
MEDICAL = 0.0
"""From these log odds on the text counts as of a medical subject."""


def followed(before: float, evidence: float) -> float:
    """s at a sentence, from s at the one before and the sentence's own log odds."""
    e = math.exp(before)
    carried = math.log((STAYS * e + 1 - STAYS) / ((1 - STAYS) * e + STAYS))
    return evidence + carried
