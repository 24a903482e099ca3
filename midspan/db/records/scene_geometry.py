"""Relations between two things of a scene, judged on their boxes in SQL.

These are the rules by which layouts are judged (``models/scene/placed.py``), for things in general: which
things are areas, clothes or in the sky is not known here, so that "on", "under" and "inside" are any of the
ways in which a thing may be so. What is found is judged once more by those who ask.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from midspan.errors import UnknownName

Columns = Any
"""The columns of a row of ``scene_object``."""
SIZE = 0.1
"""Of a thing whose box was not noted."""


def holds(predicate: str, a: Columns, b: Columns) -> ColumnElement[bool]:
    """Raises ``UnknownName`` for a predicate that is not judged on two boxes."""
    if predicate not in _RULES:
        raise UnknownName("relation", predicate, sorted(_RULES))
    return _RULES[predicate](a, b)


def between(a: Columns, b: Columns, c: Columns) -> ColumnElement[bool]:
    low = case((b.x < c.x, b.x), else_=c.x)
    high = case((b.x < c.x, c.x), else_=b.x)
    return and_(a.x > low + 0.02, a.x < high - 0.02, func.abs(a.y - (b.y + c.y) / 2) < 0.25)


def _width(a: Columns) -> ColumnElement[float]:
    return func.coalesce(a.width, SIZE)


def _height(a: Columns) -> ColumnElement[float]:
    return func.coalesce(a.height, SIZE)


def _dx(a: Columns, b: Columns) -> ColumnElement[float]:
    return func.abs(a.x - b.x)


def _dy(a: Columns, b: Columns) -> ColumnElement[float]:
    return func.abs(a.y - b.y)


def _square(a: Columns, b: Columns) -> ColumnElement[float]:
    """Distance of the centres, squared."""
    found: ColumnElement[float] = (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)
    return found


def _both(a: Columns, b: Columns) -> tuple[ColumnElement[float], ColumnElement[float]]:
    """Half of the widths and half of the heights together."""
    return (_width(a) + _width(b)) / 2, (_height(a) + _height(b)) / 2


def _apart(a: Columns, b: Columns, less: float) -> ColumnElement[bool]:
    """The free space between the boxes is less than this."""
    wide, high = _both(a, b)
    return and_(_dx(a, b) - wide < less, _dy(a, b) - high < less)


def _on(a: Columns, b: Columns) -> ColumnElement[bool]:
    wide, high = _both(a, b)
    gap = b.y - a.y - high
    upon = and_(a.y < b.y - 0.02, _dx(a, b) < wide, gap < 0.06, gap >= -_height(b) / 2 - 0.02)
    foot = func.abs(a.y + _height(a) / 2 - b.y)
    covered = or_(foot <= _height(b) / 2 + 0.01, _dy(a, b) <= _height(b) / 2)
    return or_(upon, and_(_dx(a, b) <= _width(b) / 2, covered))


def _looks_at(a: Columns, b: Columns) -> ColumnElement[bool]:
    return or_(and_(a.facing == "right", a.x < b.x), and_(a.facing == "left", a.x > b.x))


_RULES: dict[str, Callable[[Columns, Columns], ColumnElement[bool]]] = {
    "left_of": lambda a, b: a.x < b.x - 0.04,
    "right_of": lambda a, b: a.x > b.x + 0.04,
    "above": lambda a, b: a.y < b.y - 0.04,
    "below": lambda a, b: a.y > b.y + 0.04,
    "on": _on,
    "under": lambda a, b: and_(a.y > b.y + 0.02, _dx(a, b) < _both(a, b)[0]),
    "inside": lambda a, b: and_(_dx(a, b) <= _width(b) / 2 + 0.01, _dy(a, b) <= _height(b) / 2 + 0.01),
    "outside": lambda a, b: or_(
        _dx(a, b) - _both(a, b)[0] >= -0.01, _dy(a, b) - _both(a, b)[1] >= -0.01
    ),
    "next_to": lambda a, b: or_(_square(a, b) < 0.25**2, _apart(a, b, 0.05)),
    "touching": lambda a, b: _apart(a, b, 0.02),
    "behind": lambda a, b: and_(a.depth > b.depth, _dx(a, b) < 0.3),
    "in_front_of": lambda a, b: and_(a.depth < b.depth, _dx(a, b) < 0.3),
    "around": lambda a, b: _apart(a, b, 0.08),
    "across_from": lambda a, b: and_(_dx(a, b) > 0.3, _dy(a, b) < 0.3),
    "far_from": lambda a, b: _square(a, b) > 0.4**2,
    "facing": _looks_at,
    "facing_away": lambda a, b: ~_looks_at(a, b),
    "at_left": lambda a, _: a.x < 0.4,
    "at_right": lambda a, _: a.x > 0.6,
    "at_top": lambda a, _: a.y < 0.4,
    "at_bottom": lambda a, _: a.y > 0.6,
    "turned_left": lambda a, _: a.facing == "left",
    "turned_right": lambda a, _: a.facing == "right",
    "at_center": lambda a, _: and_(func.abs(a.x - 0.5) < 0.15, func.abs(a.y - 0.5) < 0.2),
}  # fmt: skip
