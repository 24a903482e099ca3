"""Figures of what a model says of clips whose combinations were learned, and of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.action.classes import NOUN, VERB
from midspan.models.action.clips import NONE, Clips
from midspan.models.action.metrics import among_first, ece, mean_average_precision, one_hot
from midspan.models.kit.measuring import Figure, Figures, clustered

Said = Mapping[str, npt.NDArray[np.float64]]
"""Probabilities (clips, classes) by head; without a noun where the model knows none."""


@dataclass(frozen=True)
class View:
    name: str
    clips: Clips

    def figures(self, said: Said) -> Figures:
        """Each clip is one draw."""
        draws = range(len(self.clips))
        verbs = self.clips.array("verb").astype(np.int64)
        shares = said[VERB]
        right = among_first(shares, verbs, 1)
        found = {
            "top1": clustered(100.0 * right, draws),
            "top5": clustered(100.0 * among_first(shares, verbs, 5), draws),
            "map": _whole(100.0 * mean_average_precision(shares, one_hot(verbs, shares.shape[1]))),
            "ece": _whole(ece(shares, verbs)),
        }
        if NOUN in said:
            nouns = self.clips.array("nouns")[:, 0].astype(np.int64)
            known = nouns != NONE
            named = among_first(said[NOUN], nouns, 1)
            found["noun"] = clustered(100.0 * named[known], range(int(known.sum())))
            found["both"] = clustered(100.0 * (right & named)[known], range(int(known.sum())))
        return {f"{name}_{self.name}": figure for name, figure in found.items()}


def _whole(value: float) -> Figure:
    """A figure that has no error of its own."""
    return Figure(value, float("nan"))
