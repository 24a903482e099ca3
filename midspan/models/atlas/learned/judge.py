"""Is a text of a medical subject, and is an organ's word in it meant bodily? Two looks at embeddings.

Logistic regressions on the vectors of the bundled encoder: one on whole sentences, whose log odds a document
adds up (``language.subject``), one on a mention with the words around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.identity import JUDGE
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.gate import Floats, Gate

AROUND = 8
"""Words that are shown of a sentence on either side of a mention."""


@dataclass(frozen=True)
class Judge:
    subject: Gate
    sense: Gate

    @classmethod
    def load(cls, folder: Path = JUDGE) -> Judge:
        """The shipped one. Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` when the files are not
        those of the card."""
        return cls.from_folder(load_model(folder))

    @classmethod
    def from_folder(cls, model: ModelFolder) -> Judge:
        return cls(*(_gate(model, name) for name in ("subject", "sense")))

    @property
    def thresholds(self) -> dict[str, float]:
        return {name: gate.threshold for name, gate in self._gates.items()}

    @property
    def tensors(self) -> dict[str, npt.NDArray[Any]]:
        """For a model folder; the thresholds go into its config."""
        return {
            f"{name}.{key}": value
            for name, gate in self._gates.items()
            for key, value in gate.tensors.items()
        }

    @property
    def _gates(self) -> dict[str, Gate]:
        return {"subject": self.subject, "sense": self.sense}

    @property
    def sense_odds(self) -> float:
        """Log odds from which on a mention counts as meant bodily."""
        return log(self.sense.threshold / (1 - self.sense.threshold))

    def evidence(self, embeddings: Floats) -> npt.NDArray[np.float64]:
        """Log odds that sentences (n, 384) are of a medical subject: (n,)."""
        return _log_odds(self.subject, embeddings)

    def bodily(self, embeddings: Floats) -> npt.NDArray[np.float64]:
        """Log odds that mentions, shown by ``around`` (n, 384), are meant bodily: (n,)."""
        return _log_odds(self.sense, embeddings)


def around(text: str, start: int, end: int) -> str:
    """The mention at ``[start, end)`` with up to ``AROUND`` words on either side."""
    before, after = text[:start].split(" "), text[end:].split(" ")
    return " ".join(before[-AROUND - 1 :]) + text[start:end] + " ".join(after[: AROUND + 1])


def _gate(model: ModelFolder, name: str) -> Gate:
    return Gate.of(model.part(name), model.config["thresholds"][name])


def _log_odds(gate: Gate, embeddings: Floats) -> npt.NDArray[np.float64]:
    return np.asarray(embeddings.astype(np.float64) @ gate.weight + gate.bias)
