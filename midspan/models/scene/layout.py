"""Places for the things of a description: the usual ones, moved until the stated relations hold.

Frame: canvas with the origin at top left, x to the right, y down, both 0..1, centres. No learning: the
start is each category's mean, or what a model says (``learned``), and a few rounds of projection enforce one
relation after the other. What is in a thing fits into it: the one grows and the other shrinks.
Statements that contradict each other cannot all hold; ``placed.holds`` tells on the final layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from midspan.models.scene.lexicon import Category
from midspan.models.scene.placed import HIGH, Constraint, Placed, apart, is_worn
from midspan.models.scene.wordings import IN_PICTURE

ROOM = 0.9
"""What lies in a thing takes at most this share of its width and height."""
_ROUNDS = 60
_CONTACT = frozenset({"on", "inside", "under", "touching"})


@dataclass(frozen=True)
class Start:
    """Where a thing is to begin, what of it is not None."""

    x: float
    y: float
    depth: int | None = None
    facing: Literal["left", "right"] | None = None


def arrange(
    categories: Sequence[Category],
    constraints: Sequence[Constraint],
    start: Sequence[Start] | None = None,
) -> list[Placed]:
    """One place for each category, inside the canvas; the same input gives the same layout.

    ``start`` is where to begin from instead of the usual places.
    """
    things = _start(categories, constraints) if start is None else _begun(categories, constraints, start)
    things = [_inside_canvas(thing) for thing in _fitting(things, constraints)]
    touching = {frozenset((c.subject, c.object)) for c in constraints if c.predicate in _CONTACT}
    for spread in (True, False):  # at the end nothing pulls against what is stated
        for _ in range(_ROUNDS):
            before = things
            if spread:
                things = _spread(things, constraints)
            for constraint in constraints:
                pair = frozenset((constraint.subject, constraint.object))
                things = _enforce(things, constraint, pair in touching)
            things = [_inside_canvas(thing) for thing in things]
            if things == before:
                break
    rounded = [replace(thing, x=round(thing.x, 4), y=round(thing.y, 4)) for thing in things]
    return _turned(rounded, constraints)


def _start(categories: Sequence[Category], constraints: Sequence[Constraint]) -> list[Placed]:
    """The means; things of one group stand side by side in order of mention."""
    depths = _depths([category.depth for category in categories], constraints)
    things = []
    for k, (category, depth) in enumerate(zip(categories, depths, strict=True)):
        peers = [i for i, other in enumerate(categories) if other.group == category.group]
        shift = (peers.index(k) - (len(peers) - 1) / 2) * min(0.2, 0.7 / len(peers))
        things.append(
            _inside_canvas(Placed(category, category.x + shift, category.y, depth, category.facing))
        )
    return things


def _begun(
    categories: Sequence[Category], constraints: Sequence[Constraint], start: Sequence[Start]
) -> list[Placed]:
    pairs = list(zip(categories, start, strict=True))
    usual = [category.depth if one.depth is None else one.depth for category, one in pairs]
    depths = _depths(usual, constraints)
    return [
        Placed(category, one.x, one.y, depth, one.facing or category.facing)
        for (category, one), depth in zip(pairs, depths, strict=True)
    ]


def _fitting(things: Sequence[Placed], constraints: Sequence[Constraint]) -> list[Placed]:
    """The things with what is in another one small enough for it, which grows by the same factor."""
    fitted = list(things)
    for constraint in constraints:
        a, b = fitted[constraint.subject], fitted[constraint.object]
        if constraint.predicate != "inside" or a.is_area or b.is_area:
            continue
        tight = max(a.width / b.width, a.height / b.height) / ROOM
        if tight > 1:
            fitted[constraint.subject] = replace(a, grown=a.grown / tight**0.5)
            fitted[constraint.object] = replace(b, grown=b.grown * tight**0.5)
    return fitted


def _depths(usual: Sequence[int], constraints: Sequence[Constraint]) -> list[int]:
    """Depths that put what is behind farther away, as far as three levels and the text allow."""
    depths = list(usual)
    for _ in range(len(usual) + 1):
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


def _enforce(things: list[Placed], constraint: Constraint, loose: bool) -> list[Placed]:
    """The things with subject and object moved, half the way each, to where the relation holds.

    ``loose``: the two are in contact as well, so that a little to the side is enough.
    """
    if constraint.predicate in IN_PICTURE:
        return _in_picture(things, constraint)
    if constraint.predicate == "between":
        return _between(things, constraint)
    a, b = things[constraint.subject], things[constraint.object]
    dx, dy = a.x - b.x, a.y - b.y
    side = -1.0 if dx < 0 else 1.0
    beside = 0.06 if loose else _beside(a, b)
    match constraint.predicate:
        case "left_of":
            dx = min(dx, -beside)
        case "right_of":
            dx = max(dx, beside)
        case "above":
            dy = min(dy, -0.05 if loose else -_over(a, b))
        case "below":
            dy = max(dy, 0.05 if loose else _over(a, b))
        case "on":
            dx, dy = _resting(a, b, dx, dy)
        case "under":
            dx, dy = _clip(dx, b.width / 4), _below(a, b, dy)
        case "inside":
            dx, dy = _within(a.width, b.width, b.is_area, dx), _within(a.height, b.height, b.is_area, dy)
        case "outside":
            if max(apart(a, b)) < 0:
                dx = side * ((a.width + b.width) / 2 + 0.02)
        case "next_to":
            if a.is_area or b.is_area:
                dx = side * (a.width + b.width) / 2
                return _moved(things, constraint.subject, constraint.object, dx, _clip(dy, 0.15))
            reach = min(_beside(a, b), 0.2)
            dx, dy = side * min(max(abs(dx), 0.7 * reach), 0.22), _level(a, b, dy)
        case "touching":
            dx, dy = side * min(max(abs(dx), 0.02), 0.45 * (a.width + b.width)), _clip(dy, 0.3 * b.height)
        case "behind" | "in_front_of":
            dx = _clip(dx, 0.12)
        case "around":
            reach = 0.5 * (a.width + b.width)
            dx, dy = side * min(max(abs(dx), 0.7 * reach), reach), _clip(dy, 0.3 * b.height)
        case "across_from":
            dx, dy = side * max(abs(dx), 0.4), _clip(dy, 0.1)
        case "facing" | "facing_away":
            dx = side * max(abs(dx), beside)
        case "far_from":
            if dx**2 + dy**2 < 0.45**2:
                dx = side * 0.45
    return _moved(things, constraint.subject, constraint.object, dx, dy)


def _resting(a: Placed, b: Placed, dx: float, dy: float) -> tuple[float, float]:
    if b.is_area:
        reach = max(b.height / 2 - 0.02, 0)
        return _clip(dx, max(b.width - a.width, 0.0) / 2), _clip(dy + a.height / 2, reach) - a.height / 2
    if is_worn(a, b):
        return _clip(dx, 0.01), -0.42 * b.height if a.category.name != "clothing" else -0.05 * b.height
    return _clip(dx, abs(b.width - a.width) / 2), -(a.height + b.height) / 2 + 0.01


def _below(a: Placed, b: Placed, dy: float) -> float:
    """At its foot; under the sky anywhere."""
    touching = min((a.height + b.height) / 2, 0.4)
    return max(dy, touching) if b.category.group in HIGH else min(max(dy, touching), touching + 0.05)


def _within(inner: float, outer: float, area: bool, offset: float) -> float:
    return _clip(offset, outer / 4 if area else max(outer - inner, 0.0) / 2)


def _over(a: Placed, b: Placed) -> float:
    """Distance of the centres of two things above each other: apart if the canvas has room for it."""
    return min((a.height + b.height) / 2 + 0.03, 0.42)


def _level(a: Placed, b: Placed, dy: float) -> float:
    """Things side by side stand on one ground, unless one hangs in the air or is an area."""
    if a.is_area or b.is_area or "sky" in (a.category.group, b.category.group):
        return _clip(dy, 0.08)
    return _clip(dy - (b.height - a.height) / 2, 0.02) + (b.height - a.height) / 2


_MARGINS: dict[str, tuple[float, float, float, float]] = {
    # place in the picture: least and most x and y of the centre
    "at_left": (0.0, 0.25, 0.0, 1.0),
    "at_right": (0.75, 1.0, 0.0, 1.0),
    "at_top": (0.0, 1.0, 0.0, 0.25),
    "at_bottom": (0.0, 1.0, 0.75, 1.0),
    "at_center": (0.42, 0.58, 0.38, 0.62),
    "turned_left": (0.0, 1.0, 0.0, 1.0),
    "turned_right": (0.0, 1.0, 0.0, 1.0),
}


def _in_picture(things: list[Placed], constraint: Constraint) -> list[Placed]:
    left, right, top, bottom = _MARGINS[constraint.predicate]
    thing = things[constraint.subject]
    moved = list(things)
    moved[constraint.subject] = replace(
        thing, x=min(max(thing.x, left), right), y=min(max(thing.y, top), bottom)
    )
    return moved


def _turned(things: list[Placed], constraints: Sequence[Constraint]) -> list[Placed]:
    """Each thing that looks somewhere, turned there."""
    turned = list(things)
    for constraint in constraints:
        if constraint.predicate in ("turned_left", "turned_right"):
            side: Literal["left", "right"] = "left" if constraint.predicate == "turned_left" else "right"
            turned[constraint.subject] = replace(turned[constraint.subject], facing=side)
        if constraint.predicate in ("facing", "facing_away"):
            a, b = turned[constraint.subject], turned[constraint.object]
            right = (a.x < b.x) == (constraint.predicate == "facing")
            turned[constraint.subject] = replace(a, facing="right" if right else "left")
    return turned


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


def _clip(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)


def _spread(things: list[Placed], constraints: Sequence[Constraint]) -> list[Placed]:
    """Things that cover each other though nothing relates them, moved a little apart to the sides."""
    related = {frozenset((c.subject, c.object)) for c in constraints}
    moved = list(things)
    for i, j in combinations(range(len(things)), 2):
        a, b = moved[i], moved[j]
        if a.is_area or b.is_area:
            continue
        covered = abs(a.x - b.x) < 0.4 * (a.width + b.width) and abs(a.y - b.y) < 0.4 * (a.height + b.height)
        if covered and frozenset((i, j)) not in related:
            step = -0.03 if a.x <= b.x else 0.03
            moved[i], moved[j] = replace(a, x=a.x + step), replace(b, x=b.x - step)
    return moved


def _inside_canvas(thing: Placed) -> Placed:
    x = min(max(thing.x, thing.width / 2), 1 - thing.width / 2)
    y = min(max(thing.y, thing.height / 2), 1 - thing.height / 2)
    return replace(thing, x=x, y=y)
