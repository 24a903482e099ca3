"""Points of an atlas by where they lie: the nearest ones, and those in a box.

PostgreSQL has a GiST index of cubes; SQLite an R*Tree of 32-bit floats, which says where to look only:
what is found there is judged by the real coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Select, cast, func, literal, select, text
from sqlalchemy import literal_column as verbatim

from midspan.db.records import dialect
from midspan.db.records.kinds.atlas import atlas_grounding
from midspan.errors import WrongUse

Point = tuple[float, float, float]

c = atlas_grounding.c
RINGS_MM = (4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0)
"""How far SQLite looks, one after the other, before it looks at everything."""
ROUNDING = 1e-9
"""Share by which a box is made wider than a radius, so that no rounding leaves out what is on its rim."""
TINY_MM = 1e-30
"""Smaller numbers are 0 as 32-bit floats or when squared; a box is made wider by so much."""

CUBE: ColumnElement[Any] = func.cube(func.cube(func.cube(c.x_mm), c.y_mm), c.z_mm)
"""As the index has it."""
GROUNDED = c.status == verbatim("'grounded'")

SQUARE = "(g.x_mm - :x) * (g.x_mm - :x) + (g.y_mm - :y) * (g.y_mm - :y) + (g.z_mm - :z) * (g.z_mm - :z)"
ALL = "atlas_grounding g WHERE g.status = 'grounded'"
IN_BOX = (
    "atlas_point_box b CROSS JOIN atlas_point p ON p.key = b.key CROSS JOIN atlas_grounding g ON g.id = p.id "
    f"WHERE b.x1 >= :x0 - {TINY_MM} AND b.x0 <= :x1 + {TINY_MM} "
    f"AND b.y1 >= :y0 - {TINY_MM} AND b.y0 <= :y1 + {TINY_MM} "
    f"AND b.z1 >= :z0 - {TINY_MM} AND b.z0 <= :z1 + {TINY_MM} "
    "AND g.x_mm BETWEEN :x0 AND :x1 AND g.y_mm BETWEEN :y0 AND :y1 AND g.z_mm BETWEEN :z0 AND :z1"
)
NEAREST = (
    f"SELECT g.id, {SQUARE} AS square FROM {{}} AND g.atlas = :atlas AND square <= :most "  # noqa: S608
    "ORDER BY square, g.id LIMIT :limit"
)


def near(
    connection: Connection, atlas: str, point: Point, limit: int, radius: float | None
) -> list[tuple[str, float]]:
    """(id, distance in mm), the nearest first, at the same distance by id."""
    _finite("point_mm", point)
    if radius is not None and not radius >= 0:
        raise WrongUse(f"expected a radius_mm of 0 or more, got {radius}")
    if dialect.is_postgres(connection):
        return _near_cube(connection, atlas, point, limit, radius)
    return _near_boxes(connection, atlas, point, limit, radius)


def inside(connection: Connection, atlas: str, low: Point, high: Point, limit: int, offset: int) -> list[str]:
    """Ids of the points with ``low <= point <= high`` on every axis."""
    _finite("low_mm", low)
    _finite("high_mm", high)
    if any(least > most for least, most in zip(low, high, strict=True)):
        raise WrongUse(f"expected low_mm to be at most high_mm on each axis, got {low} and {high}")
    if dialect.is_postgres(connection):
        found = _of(atlas, c.id).where(CUBE.op("<@")(_box(low, high)))
        return list(connection.scalars(found.order_by(c.id).limit(limit).offset(offset)))
    statement = f"SELECT g.id FROM {IN_BOX} AND g.atlas = :atlas ORDER BY g.id LIMIT :limit OFFSET :offset"  # noqa: S608
    wanted = {"atlas": atlas, "limit": limit, "offset": offset, **_corners(low, high)}
    return list(connection.scalars(text(statement), wanted))


def _finite(name: str, point: Sequence[float]) -> None:
    if len(point) != 3 or not all(math.isfinite(number) for number in point):
        raise WrongUse(f"expected {name} to be three finite numbers, got {tuple(point)}")


def _around(point: Point, radius: float) -> tuple[Point, Point]:
    """The corners of a box that holds everything within the radius."""
    wide = radius * (1 + ROUNDING)
    low = [math.nextafter(number - wide, -math.inf) - TINY_MM for number in point]
    high = [math.nextafter(number + wide, math.inf) + TINY_MM for number in point]
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


# --- PostgreSQL ---


def _of(atlas: str, *columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).where(c.atlas == atlas, GROUNDED)


def _near_cube(
    connection: Connection, atlas: str, point: Point, limit: int, radius: float | None
) -> list[tuple[str, float]]:
    distance = CUBE.op("<->", return_type=Float())(func.cube(_numbers(point)))
    found = _of(atlas, c.id, distance.label("distance"))
    if radius is not None:
        found = found.where(CUBE.op("<@")(_box(*_around(point, radius))), distance <= radius)
    rows = connection.execute(found.order_by(distance, c.id).limit(limit))
    return [(row.id, float(row.distance)) for row in rows]


def _box(low: Point, high: Point) -> ColumnElement[Any]:
    return func.cube(_numbers(low), _numbers(high))


def _numbers(point: Point) -> ColumnElement[Any]:
    from sqlalchemy.dialects.postgresql import ARRAY

    return cast(literal([float(number) for number in point], ARRAY(Float)), ARRAY(Float))


# --- SQLite ---


def _near_boxes(
    connection: Connection, atlas: str, point: Point, limit: int, radius: float | None
) -> list[tuple[str, float]]:
    """Within a ring that holds enough of them, the nearest are the nearest of all."""
    for ring in RINGS_MM:
        if radius is not None and ring >= radius:
            break
        found = _in_ring(connection, atlas, point, limit, ring)
        if len(found) == limit:
            return found
    if radius is not None:
        return _in_ring(connection, atlas, point, limit, radius)
    return _by_square(connection, ALL, atlas, point, limit, math.inf, {})


def _in_ring(
    connection: Connection, atlas: str, point: Point, limit: int, radius: float
) -> list[tuple[str, float]]:
    corners = _corners(*_around(point, radius))
    most = (radius * (1 + ROUNDING)) ** 2
    found = _by_square(connection, IN_BOX, atlas, point, limit, most, corners)
    return [(grounding, distance) for grounding, distance in found if distance <= radius]


def _by_square(
    connection: Connection,
    where: str,
    atlas: str,
    point: Point,
    limit: int,
    most: float,
    corners: dict[str, float],
) -> list[tuple[str, float]]:
    x, y, z = point
    wanted = {"x": x, "y": y, "z": z, "atlas": atlas, "limit": limit, "most": most, **corners}
    rows = connection.execute(text(NEAREST.format(where)), wanted)
    return [(row.id, math.sqrt(row.square)) for row in rows]


def _corners(low: Point, high: Point) -> dict[str, float]:
    return dict(zip(("x0", "y0", "z0", "x1", "y1", "z1"), (*low, *high), strict=True))
