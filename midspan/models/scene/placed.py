"""Things on the canvas, and whether a relation between them holds.

Frame: canvas with the origin at top left, x to the right, y down, both 0..1, centres.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from midspan.models.scene.lexicon import Category, is_area
from midspan.models.scene.wordings import Predicate

SCALE = (1.0, 0.7, 0.49)
"""Size of a thing by depth."""
HIGH = frozenset({"sky", "overhead"})


def scale_of(category: Category, depth: int) -> float:
    return 1.0 if is_area(category) else SCALE[depth]


@dataclass(frozen=True)
class Placed:
    """A thing on the canvas."""

    category: Category
    x: float
    y: float
    depth: int
    facing: Literal["left", "right"]
    grown: float = 1.0
    """Of its usual size at this depth: a box is as large as what lies in it asks for."""

    @property
    def width(self) -> float:
        return self.category.width * self._scale

    @property
    def height(self) -> float:
        return self.category.height * self._scale

    @property
    def _scale(self) -> float:
        return scale_of(self.category, self.depth) * self.grown

    @property
    def is_area(self) -> bool:
        return is_area(self.category)


@dataclass(frozen=True)
class Constraint:
    """A relation between placed things, by index; ``other`` is the second one of between."""

    subject: int
    predicate: Predicate
    object: int
    other: int | None = None


def holds(things: Sequence[Placed], constraint: Constraint) -> bool:
    """Whether a layout satisfies a relation."""
    a, b = things[constraint.subject], things[constraint.object]
    if constraint.predicate == "between":
        c = things[constraint.object if constraint.other is None else constraint.other]
        low, high = sorted((b.x, c.x))
        return low + 0.02 < a.x < high - 0.02 and abs(a.y - (b.y + c.y) / 2) < 0.25
    return _HOLDS[constraint.predicate](a, b)


def _is_on(a: Placed, b: Placed) -> bool:
    """On a place the foot stands in it; clothes are on a body; elsewhere it is contact from above."""
    dx = abs(a.x - b.x)
    if b.is_area:
        return dx <= b.width / 2 and abs(_foot(a) - b.y) <= b.height / 2 + 0.01
    if is_worn(a, b):
        return dx <= b.width / 2 and abs(a.y - b.y) <= b.height / 2
    touches = -b.height / 2 - 0.02 <= _gap(a, b) < 0.06
    return a.y < b.y - 0.02 and dx < (a.width + b.width) / 2 and touches


def _is_under(a: Placed, b: Placed) -> bool:
    """Below it and near to its foot, but for what is in the sky."""
    overlap = a.y > b.y + 0.02 and abs(a.x - b.x) < (a.width + b.width) / 2
    return overlap and (b.category.group in HIGH or _gap(b, a) < 0.12)


def _is_inside(a: Placed, b: Placed) -> bool:
    """In an area with its middle, in a thing as a whole."""
    room = (b.width, b.height) if b.is_area else (b.width - a.width + 0.02, b.height - a.height + 0.02)
    return abs(a.x - b.x) <= room[0] / 2 and abs(a.y - b.y) <= room[1] / 2


def _looks_at(a: Placed, b: Placed) -> bool:
    return a.x < b.x if a.facing == "right" else a.x > b.x


def _distance(a: Placed, b: Placed) -> float:
    return float(((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5)


def apart(a: Placed, b: Placed) -> tuple[float, float]:
    """Free space between two boxes to the side and up or down; below 0 where they overlap."""
    return abs(a.x - b.x) - (a.width + b.width) / 2, abs(a.y - b.y) - (a.height + b.height) / 2


_HOLDS: dict[Predicate, Callable[[Placed, Placed], bool]] = {
    "left_of": lambda a, b: a.x < b.x - 0.04,
    "right_of": lambda a, b: a.x > b.x + 0.04,
    "above": lambda a, b: a.y < b.y - 0.04,
    "below": lambda a, b: a.y > b.y + 0.04,
    "on": _is_on,
    "under": _is_under,
    "inside": _is_inside,
    "outside": lambda a, b: max(apart(a, b)) >= -0.01,
    "next_to": lambda a, b: _distance(a, b) < 0.25 or max(apart(a, b)) < 0.05,
    "touching": lambda a, b: max(apart(a, b)) < 0.02,
    "behind": lambda a, b: a.depth > b.depth and abs(a.x - b.x) < 0.3,
    "in_front_of": lambda a, b: a.depth < b.depth and abs(a.x - b.x) < 0.3,
    "around": lambda a, b: max(apart(a, b)) < 0.08,
    "across_from": lambda a, b: abs(a.x - b.x) > 0.3 and abs(a.y - b.y) < 0.3,
    "far_from": lambda a, b: _distance(a, b) > 0.4,
    "facing": _looks_at,
    "facing_away": lambda a, b: not _looks_at(a, b),
    "at_left": lambda a, _: a.x < 0.4,
    "at_right": lambda a, _: a.x > 0.6,
    "at_top": lambda a, _: a.y < 0.4,
    "at_bottom": lambda a, _: a.y > 0.6,
    "turned_left": lambda a, _: a.facing == "left",
    "turned_right": lambda a, _: a.facing == "right",
    "at_center": lambda a, _: abs(a.x - 0.5) < 0.15 and abs(a.y - 0.5) < 0.2,
}


def _foot(thing: Placed) -> float:
    return thing.y + thing.height / 2


def _gap(upper: Placed, lower: Placed) -> float:
    """Free space between one thing's foot and another's top."""
    return (lower.y - lower.height / 2) - (upper.y + upper.height / 2)


def is_worn(a: Placed, b: Placed) -> bool:
    return a.category.group == "clothing" and b.category.group in ("person", "animal")
