"""What readers yield."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.pipelines.stage import Frames

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

WINDOW_SECONDS = 2.0
"""Length of a video window; only the last one of a video may be shorter or a little longer."""


@dataclass(frozen=True)
class PageLayout:
    """Where the characters of one page stand."""

    number: int
    width: float
    height: float
    boxes: npt.NDArray[np.float32]
    """(len(text), 4), as :class:`midspan.records.Page`."""


@dataclass(frozen=True)
class Extract:
    """A stretch of extracted text in NFC, of at most a few 100,000 code points.

    Stretches of one source are joined without anything between them. ``\\n\\n`` ends a paragraph, and
    no sentence runs over one; a single line break is white space within a sentence.
    """

    text: str
    page: PageLayout | None = None
    """Set where the stretch is exactly one page of a paged document."""


@dataclass(frozen=True)
class VideoWindow:
    """A stretch of a video with its frames and a small picture of its middle."""

    start: float
    end: float
    """Seconds, half-open, from presentation timestamps relative to the first frame."""
    frames: Frames
    jpeg: bytes
