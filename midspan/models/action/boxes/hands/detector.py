"""Real hands, by MediaPipe's palm model, which is fetched, and LiteRT, which is an extra."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.errors import ModelHashMismatch, needs_extra
from midspan.models.action.boxes.frame_boxes import FrameBoxes
from midspan.models.action.boxes.hands.identity import EXTRA, FILE, REMEDY, SHA256
from midspan.models.action.boxes.hands.palm import ANCHORS, NUMBERS, SIDE, hands_of, squared
from midspan.models.kit.weights import check_file


class HandDetector:
    """See :class:`midspan.models.action.boxes.detector.Detector`."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Raises ``ModelFilesMissing``, ``ModelHashMismatch`` and ``MissingExtra``."""
        check_file(folder / FILE, SHA256, REMEDY)
        with needs_extra("Finding real hands", EXTRA):
            from ai_edge_litert.interpreter import Interpreter
        self._model: Any = Interpreter(model_path=str(folder / FILE), num_threads=max(1, threads))
        self._model.allocate_tensors()
        (shown,) = self._model.get_input_details()
        by_length = {int(one["shape"][-1]): one["index"] for one in self._model.get_output_details()}
        if tuple(shown["shape"]) != (1, SIDE, SIDE, 3) or set(by_length) != {NUMBERS, 1}:
            raise ModelHashMismatch(f"{folder / FILE} is not the palm model; {REMEDY}")
        self._input, self._numbers, self._logits = shown["index"], by_length[NUMBERS], by_length[1]

    def __call__(
        self, frames: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None
    ) -> list[FrameBoxes]:
        found: list[FrameBoxes] = []
        for frame in frames:
            check()
            found.append(self._of(frame))
        return found

    def _of(self, frame: npt.NDArray[np.uint8]) -> FrameBoxes:
        self._model.set_tensor(self._input, squared(frame))
        self._model.invoke()
        numbers = self._model.get_tensor(self._numbers).reshape(ANCHORS, NUMBERS)
        logits = self._model.get_tensor(self._logits).reshape(ANCHORS)
        return hands_of(numbers, logits, (frame.shape[1], frame.shape[0]))
