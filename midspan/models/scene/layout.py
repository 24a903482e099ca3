"""Places for the things of a description: the usual ones, moved until the stated relations hold.

Frame: canvas with the origin at top left, x to the right, y down, both 0..1, centres. No learning: the
start is each category's mean, and a few rounds of projection enforce one relation after the other.
Statements that contradict each other cannot all hold; ``holds`` tells on the final layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from midspan.models.scene.lexicon import Category
from midspan.models.scene.relations import Predicate

SCALE = (1.0, 0.7, 0.49)
"""Size of a thing by depth."""
_ROUNDS = 120


@dataclass(frozen=True)
class Placed:
    """A thing on the canvas."""

    category: Category
    x: float
    y: float
    depth: int
    facing: Literal["left", "right"]

    @property
    def width(self) -> float:
        return self.category.width * SCALE[self.depth]

    @property
    def height(self) -> float:
        return self.category.height * SCALE[self.depth]


@dataclass(frozen=True)
class Constraint:
    """A relation between placed things, by index; ``other`` is the second one of between."""

    subject: int
    predicate: Predicate
    object: int
    other: int | None = None


def arrange(categories: Sequence[Category], constraints: Sequence[Constraint]) -> list[Placed]:
    """One place for each category, inside the canvas; the same input gives the same layout."""
    things = _start(categories, constraints)
    for number in range(_ROUNDS):
        before = things
        if number < _ROUNDS // 2:
            things = _spread(things, constraints)
        for constraint in constraints:
            things = _enforce(things, constraint)
        things = [_inside_canvas(thing) for thing in things]
        if things == before:
            break
    return [replace(thing, x=round(thing.x, 4), y=round(thing.y, 4)) for thing in things]


def holds(things: Sequence[Placed], constraint: Constraint) -> bool:
    """Whether a layout satisfies a relation."""
    a, b = things[constraint.subject], things[constraint.object]
    dx, dy = abs(a.x - b.x), abs(a.y - b.y)
    match constraint.predicate:
        case "left_of":
            return a.x < b.x - 0.04
        case "right_of":
            return a.x > b.x + 0.04
        case "above":
            return a.y < b.y - 0.04
        case "below":
            return a.y > b.y + 0.04
        case "on":
            return a.y < b.y - 0.02 and dx < (a.width + b.width) / 2 and _gap(a, b) < 0.06
        case "under":
            return a.y > b.y + 0.02 and dx < (a.width + b.width) / 2
        case "inside":
            return dx <= b.width / 2 and dy <= b.height / 2
        case "next_to":
            return dx**2 + dy**2 < 0.25**2
        case "behind":
            return a.depth > b.depth and dx < 0.3
        case "in_front_of":
            return a.depth < b.depth and dx < 0.3
        case "between":
            c = things[constraint.object if constraint.other is None else constraint.other]
            low, high = sorted((b.x, c.x))
            return low + 0.02 < a.x < high - 0.02 and abs(a.y - (b.y + c.y) / 2) < 0.25
        case "far_from":
            return dx**2 + dy**2 > 0.4**2


def _start(categories: Sequence[Category], constraints: Sequence[Constraint]) -> list[Placed]:
    """The means; things of one group stand side by side in order of mention."""
    depths = _depths(categories, constraints)
    things = []
    for k, (category, depth) in enumerate(zip(categories, depths, strict=True)):
        peers = [i for i, other in enumerate(categories) if other.group == category.group]
        shift = (peers.index(k) - (len(peers) - 1) / 2) * min(0.2, 0.7 / len(peers))
        things.append(
            _inside_canvas(Placed(category, category.x + shift, category.y, depth, category.facing))
        )
    return things


def _depths(categories: Sequence[Category], constraints: Sequence[Constraint]) -> list[int]:
    """Depths that put what is behind farther away, as far as three levels and the text allow."""
    depths = [category.depth for category in categories]
    for _ in range(len(categories) + 1):
        for constraint in constraints:
            near, far = constraint.object, constraint.subject
            if constraint.predicate == "in_front_of":
                near, far = far, near
            elif constraint.predicate != "behind":
                continue
            if depths[far] <= depths[near]:
                depths[far] = min(2, depths[near] + 1)
                depths[near] = min(depths[near], depths[far] - 1)
    return depths


def _enforce(things: list[Placed], constraint: Constraint) -> list[Placed]:
    """The things with subject and object moved, half the way each, to where the relation holds."""
    a, b = things[constraint.subject], things[constraint.object]
    dx, dy = a.x - b.x, a.y - b.y
    match constraint.predicate:
        case "left_of":
            dx = min(dx, -_beside(a, b))
        case "right_of":
            dx = max(dx, _beside(a, b))
        case "above":
            dy = min(dy, -0.15)
        case "below":
            dy = max(dy, 0.15)
        case "on":
            reach = abs(b.width - a.width) / 2
            dx, dy = _clip(dx, reach), -(a.height + b.height) / 2 + 0.01
        case "under":
            dx, dy = _clip(dx, b.width / 4), max(dy, min((a.height + b.height) / 2, 0.4))
        case "inside":
            dx, dy = _clip(dx, b.width / 4), _clip(dy, b.height / 4)
        case "next_to":
            reach = min(_beside(a, b), 0.2)
            side = -1.0 if dx < 0 else 1.0
            dx, dy = side * min(max(abs(dx), 0.7 * reach), 0.22), _clip(dy, 0.08)
        case "behind" | "in_front_of":
            dx = _clip(dx, 0.12)
        case "between":
            return _between(things, constraint)
        case "far_from":
            if dx**2 + dy**2 < 0.45**2:
                dx = (-1.0 if dx < 0 else 1.0) * 0.45
    return _moved(things, constraint.subject, constraint.object, dx, dy)


def _moved(things: list[Placed], first: int, second: int, dx: float, dy: float) -> list[Placed]:
    """The first thing at (dx, dy) from the second, with their middle where it was, or pushed inside."""
    a, b = things[first], things[second]
    x, y = (a.x + b.x) / 2, (a.y + b.y) / 2
    x = _pushed(x, (dx / 2, a.width), (-dx / 2, b.width))
    y = _pushed(y, (dy / 2, a.height), (-dy / 2, b.height))
    moved = list(things)
    moved[first] = replace(a, x=x + dx / 2, y=y + dy / 2)
    moved[second] = replace(b, x=x - dx / 2, y=y - dy / 2)
    return moved


def _pushed(middle: float, *spans: tuple[float, float]) -> float:
    """A middle from which no span (offset, size) sticks out of 0..1, as far as they fit."""
    low = max(size / 2 - offset for offset, size in spans)
    high = min(1 - size / 2 - offset for offset, size in spans)
    return min(max(middle, low), high) if low <= high else (low + high) / 2


def _between(things: list[Placed], constraint: Constraint) -> list[Placed]:
    b, c = constraint.object, constraint.object if constraint.other is None else constraint.other
    left, right = (b, c) if (things[b].x, b) <= (things[c].x, c) else (c, b)
    apart = things[left].x - things[right].x
    moved = _moved(things, left, right, min(apart, -0.3), things[left].y - things[right].y)
    x = (moved[left].x + moved[right].x) / 2
    y = (moved[left].y + moved[right].y) / 2
    moved[constraint.subject] = replace(moved[constraint.subject], x=x, y=y)
    return moved


def _beside(a: Placed, b: Placed) -> float:
    """Distance of the centres of two things side by side; large ones may overlap."""
    return min((a.width + b.width) / 2, 0.3)


def _gap(upper: Placed, lower: Placed) -> float:
    """Free space between one thing's foot and another's top."""
    return (lower.y - lower.height / 2) - (upper.y + upper.height / 2)


def _clip(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)


def _spread(things: list[Placed], constraints: Sequence[Constraint]) -> list[Placed]:
    """Things that cover each other though nothing relates them, moved a little apart to the sides."""
    related = {frozenset((c.subject, c.object)) for c in constraints}
    moved = list(things)
    for i, j in combinations(range(len(things)), 2):
        a, b = moved[i], moved[j]
        covered = abs(a.x - b.x) < 0.4 * (a.width + b.width) and abs(a.y - b.y) < 0.4 * (a.height + b.height)
        if covered and frozenset((i, j)) not in related:
            step = -0.03 if a.x <= b.x else 0.03
            moved[i], moved[j] = replace(a, x=a.x + step), replace(b, x=b.x - step)
    return moved


def _inside_canvas(thing: Placed) -> Placed:
    x = min(max(thing.x, thing.width / 2), 1 - thing.width / 2)
    y = min(max(thing.y, thing.height / 2), 1 - thing.height / 2)
    return replace(thing, x=x, y=y)
