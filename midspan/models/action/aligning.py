"""Where an event lies among sentences: the mean of its likely answers' sentences, each by its probability.

With the T likeliest answers y of an event, f = (1 / Z) sum over y of p(y) s(y), with s(y) the sentence
encoder's vector of what y says and Z the sum of the p(y) (Norouzi et al. 2014, "Zero-shot learning by
convex combination of semantic embeddings", eq. 3), brought to unit length. Nothing is learned for it, so it
follows whatever encoder a workspace uses; an event of which the recogniser is unsure lies between what it
may be.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def convex(probabilities: Sequence[float], sentences: Floats) -> Floats:
    """(d,) of length 1, of (n,) probabilities and the sentences' vectors (n, d). Raises ``ValueError``
    where nothing is likely at all."""
    weights = np.asarray(probabilities, dtype=np.float64)
    if not len(weights) or weights.sum() <= 0:
        raise ValueError("there is no answer with a probability to align")
    mean = (weights / weights.sum()) @ sentences
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length if length > 1e-9 else mean, dtype=np.float32)
