"""What stages give: records, vectors and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Union

from midspan.records.record import Record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Space = Literal["text", "passage", "visual", "event"]
"""Of vectors: sentences; stretches of a document, at their first segment; how a moment of a video looks;
events. All but looks are the sentence encoder's, in indexes of their own."""


@dataclass(frozen=True)
class Embedding:
    """A vector in one space: of a segment, or in the space ``event`` of an event that begins in it. The
    record store keeps it; FAISS is a projection."""

    segment_id: str
    source_id: str
    run_id: str
    space: Space
    vector: npt.NDArray[np.float32]
    """(d,), L2-normalised, so that the inner product is the cosine."""
    text_sha256: str = ""
    record_id: str = ""
    """Of the event; empty in the other spaces."""


@dataclass(frozen=True)
class Thumbnail:
    """A small picture of a video window: JPEG bytes."""

    segment_id: str
    source_id: str
    jpeg: bytes


Product = Union[Record, Embedding, Thumbnail]
