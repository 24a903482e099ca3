"""Places in the atlas, and why a sentence has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from midspan.records.record import Record

DoubtKind = Literal["negated", "hypothetical", "family"]
"""Why a sentence with an organ is not stated of the patient: denied, only a condition, of a relative."""


@dataclass(frozen=True)
class AtlasGrounding(Record):
    """A sentence at a point of an anatomical atlas (chapter 4), or an explicit abstention.

    Frame: DICOM LPS in millimetres (+x the body's left, +y posterior, +z up); for the stylised phantom
    the origin is the centre of the trunk's base.
    """

    kind = "atlas"
    plural = "atlas places"

    atlas: str
    status: Literal["grounded", "abstained"]
    reason: str
    """Why it was grounded there, or why the model abstained."""
    x_mm: float | None
    y_mm: float | None
    z_mm: float | None
    organ: str | None
    organs: Mapping[str, float]
    """Organ name to probability; sums to at most 1."""
    laterality: Literal["left", "right", "both", "none"]
    named: bool
    """The sentence has an anatomical word; otherwise the answer was inferred."""
    negated: bool
    score: float
    """Probability of what was answered: of the organ, or of the abstention's reason."""
    spread_mm: float | None = None
    """Expected distance from the point to the organ that is meant, 0 where there is no doubt; None for an
    abstention and for what was written before it was noted."""
    hypothetical: bool = False
    """Only a condition speaks of it, so the model abstained."""
    family: bool = False
    """It is said of a relative, so the model abstained."""

    @property
    def line(self) -> str:
        return f"{self.organ or f'abstained: {self.reason}'}: {self.text}"

    @property
    def counts(self) -> bool:
        return self.status == "grounded"


RECORD = AtlasGrounding
