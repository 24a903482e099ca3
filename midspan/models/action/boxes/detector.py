"""What finds hands and things in frames: the one that ships, one of real hands, one of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from midspan.models.action.boxes.frame_boxes import FrameBoxes
    from midspan.models.action.boxes.learned.detector import LearnedDetector

SHIPPED = Path(__file__).parent / "learned" / "small"
SHIPPED_NAME = "action.detector"


class Detector(Protocol):
    def __call__(
        self, frames: npt.NDArray[np.uint8], check: Callable[[], None] = lambda: None
    ) -> list[FrameBoxes]:
        """The boxes of each frame, the surest of a category first; frames are (n, height, width, 3) RGB.

        ``check`` is called a few times a second; what it raises ends the work.
        """


def shipped_detector(*, threads: int = 1) -> LearnedDetector:
    """Raises ``ModelFilesMissing``, and ``ModelHashMismatch``."""
    from midspan.models.action.boxes.learned.detector import LearnedDetector  # loads OpenCV, ONNX Runtime

    return LearnedDetector.load(SHIPPED, threads=threads)
