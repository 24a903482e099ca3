"""The detector that ships: hands and things of drawn films, by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.models.action.boxes.frame_boxes import FrameBoxes
from midspan.models.action.boxes.learned.heat_map import CELLS, CHANNELS, Floats, boxes_of, squeezed
from midspan.models.kit.folder import ModelFolder, load_model
from midspan.models.kit.onnx_engine import OnnxEngine

BATCH = 16
"""Frames."""


class LearnedDetector:
    """See :class:`midspan.models.action.boxes.detector.Detector`."""

    def __init__(self, model: ModelFolder, threads: int) -> None:
        self._least: dict[str, float] = model.config["least_scores"]
        self._engine = OnnxEngine(model.graph, model.part("network"), threads=threads)

    @classmethod
    def load(cls, folder: Path, *, threads: int = 1) -> LearnedDetector:
        """Raises ``ModelFilesMissing``, and ``ModelHashMismatch`` where the files are not the card's."""
        return cls.from_folder(load_model(folder), threads=threads)

    @classmethod
    def from_folder(cls, model: ModelFolder, *, threads: int = 1) -> LearnedDetector:
        return cls(model, threads)

    def __call__(
        self, frames: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None
    ) -> list[FrameBoxes]:
        return boxes_of(self.said(squeezed(frames), check), self._least)

    def said(self, pictures: Floats, check: Callable[[], None] = lambda: None) -> Floats:
        """What the network says of ``squeezed`` pictures: (n, channels, cells, cells).

        ``check`` is called before each batch; what it raises ends the work.
        """
        parts: list[Any] = [np.zeros((0, CHANNELS, CELLS, CELLS), np.float32)]
        for start in range(0, len(pictures), BATCH):
            check()
            parts.append(self._engine(pictures[start : start + BATCH]))
        return np.concatenate(parts)
