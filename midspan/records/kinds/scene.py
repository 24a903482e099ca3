"""Scenes: what spatial language arranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from midspan.records.record import Record


@dataclass(frozen=True)
class SceneObject:
    """A thing of an arrangement. Frame: canvas, origin top left, x right, y down, both 0..1, centre."""

    surface: str
    start: int
    end: int
    category: str
    mapping: Literal["lexicon", "open"]
    x: float
    y: float
    depth: int
    """0 near, 1 middle, 2 far."""
    facing: Literal["left", "right"]
    width: float | None = None
    """Of its box about (x, y), 0..1, scaled by depth; None for what was written before it was noted."""
    height: float | None = None
    confidence: float | None = None
    """Probability of its place, 0..1, where a model chose it; None where rules did."""
    noun: str = ""
    """What the surface names, lower case and singular; empty where that was not noted."""
    concept: int | None = None
    """What the noun means: its place in the order of WordNet's concepts, in which the kinds of a thing follow
    it; None for what WordNet has not."""


@dataclass(frozen=True)
class SceneRelation:
    """A relation that the text states between two objects (indices into ``SceneArrangement.objects``)."""

    subject: int
    predicate: str
    object: int
    trigger: str
    explicit: bool
    satisfied: bool


@dataclass(frozen=True)
class SceneArrangement(Record):
    """A 2D layout decoded from spatial language (chapter 3)."""

    kind = "scene"
    plural = "scenes"

    objects: tuple[SceneObject, ...]
    relations: tuple[SceneRelation, ...]
    score: float
    """Share of the stated relations that the layout satisfies; 1 without relations."""


RECORD = SceneArrangement
