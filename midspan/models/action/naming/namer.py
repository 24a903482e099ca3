"""Names the things that a detector finds: by a crop of each box, by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import FrameBoxes
from midspan.models.action.naming.crops import SIDE, as_input, crop
from midspan.models.kit.calibration import softmax
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.onnx_engine import OnnxEngine

BATCH = 64
"""Crops."""
SURE = 0.5
"""Probability from which on a thing is called by its name."""


class Namer:
    def __init__(self, model: ModelFolder, threads: int) -> None:
        self.names: tuple[str, ...] = tuple(model.config["names"])
        self._temperature = float(model.config["temperature"])
        self._engine = OnnxEngine(model.graph, model.part("network"), threads=threads)

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> Namer:
        """Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` where the files are not the card's."""
        return cls(load_model(folder), threads)

    def probabilities(
        self, crops: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None
    ) -> npt.NDArray[np.float64]:
        """(n, 32, 32, 3) to (n, names + 1), the last of what has none of the names.

        ``check`` is called before each batch; what it raises ends the work.
        """
        parts = [np.zeros((0, len(self.names) + 1))]
        for start in range(0, len(crops), BATCH):
            check()
            said = self._engine(as_input(crops[start : start + BATCH]))
            parts.append(softmax(said, self._temperature))
        return np.concatenate(parts)

    def __call__(
        self,
        frames: npt.NDArray[np.uint8],
        boxes: Sequence[FrameBoxes],
        check: Callable[[], None] = lambda: None,
    ) -> list[FrameBoxes]:
        """The boxes of frames (n, height, width, 3); things without a name get one where it is sure."""
        asked = [
            (place, slot)
            for place, of_frame in enumerate(boxes)
            for slot, one in enumerate(of_frame)
            if one.category == "object" and not one.noun
        ]
        crops = np.zeros((len(asked), SIDE, SIDE, 3), np.uint8)
        for row, (place, slot) in enumerate(asked):
            crops[row] = crop(frames[place], boxes[place][slot].box)
        named = [list(of_frame) for of_frame in boxes]
        for (place, slot), shares in zip(asked, self.probabilities(crops, check), strict=True):
            best = int(shares.argmax())
            if best < len(self.names) and shares[best] >= SURE:
                named[place][slot] = replace(named[place][slot], noun=self.names[best])
        return [tuple(of_frame) for of_frame in named]
