"""Atlas points by where they lie, on both engines, against looking at every one of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, text

from midspan.db.record_store import Commit, RecordStore
from midspan.db.records.engine import writing
from midspan.errors import WrongUse
from midspan.records import AtlasGrounding, digest

Point = tuple[float, float, float]

few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

halves = st.integers(-8, 8).map(lambda number: number / 2)
"""So few places that many points share one, and distances without any rounding."""
anywhere = st.floats(-3e3, 3e3, allow_nan=False, width=64)
near_32_bits = st.integers(-5, 5).map(lambda step: 1000.1 + step * 1e-6)
"""Closer to each other than 32-bit floats can tell."""
tiny = st.sampled_from([0.0, 5e-324, -1e-235, 1e-160, 1e-100, -1e-45, 3e-39, 1e-30])
"""0 when squared, or as 32-bit floats, or less exact there."""
axes = (halves, anywhere, near_32_bits, tiny)
places = st.one_of(*(st.lists(st.tuples(axis, axis, axis), max_size=25) for axis in axes))


def fill(store: RecordStore, made: Any, points: list[Point], atlas: str = "adult") -> list[AtlasGrounding]:
    """A document of its own for each call, with a grounding a point."""
    name = digest(atlas, repr(points))
    segments = made.segments(name, *(f"{i}." for i in range(len(points))))
    groundings = [
        replace(made.atlas(segment), atlas=atlas, x_mm=x, y_mm=y, z_mm=z)
        for segment, (x, y, z) in zip(segments, points, strict=True)
    ]
    store.commit(
        Commit(runs=made.runs, sources=[made.source(name)], segments=segments, products=[*groundings])
    )
    return groundings


def distance(grounding: AtlasGrounding, point: Point) -> float:
    there = (grounding.x_mm, grounding.y_mm, grounding.z_mm)
    x, y, z = (mine - its for mine, its in zip(there, point, strict=True))
    return math.sqrt(x * x + y * y + z * z)


def by_hand(
    groundings: list[AtlasGrounding], point: Point, limit: int, radius: float | None = None
) -> list[tuple[str, float]]:
    found = sorted((distance(grounding, point), grounding.id) for grounding in groundings)
    return [(name, far) for far, name in found if radius is None or far <= radius][:limit]


@few
@given(points=places, data=st.data())
def test_the_nearest_are_those_that_looking_at_all_finds(
    store: RecordStore, made: Any, points: list[Point], data: st.DataObject
) -> None:
    point = data.draw(st.sampled_from(points) if points else st.just((0.0, 0.0, 0.0)))
    if data.draw(st.booleans()):
        point = data.draw(st.tuples(halves, halves, halves))
    limit = data.draw(st.integers(1, 30))
    radius = data.draw(st.none() | st.sampled_from([0.0, 0.5, 1.0, 2.0, 1e-6, 5000.0]))
    groundings = fill(store, made, points, atlas := digest("near", repr(points)))
    found = store.near_points(atlas, point, limit, radius)
    wanted = by_hand(groundings, point, limit, radius)
    assert [grounding.id for grounding, _ in found] == [name for name, _ in wanted]
    assert [far for _, far in found] == pytest.approx([far for _, far in wanted])
    assert all(grounding in groundings for grounding, _ in found)


def within(grounding: AtlasGrounding, low: Point, high: Point) -> bool:
    there = (grounding.x_mm, grounding.y_mm, grounding.z_mm)
    return all(least <= its <= most for least, its, most in zip(low, there, high, strict=True))


@few
@given(points=places, corners=st.tuples(*[st.tuples(halves, halves)] * 3), data=st.data())
def test_in_a_box_are_those_that_looking_at_all_finds(
    store: RecordStore, made: Any, points: list[Point], corners: Any, data: st.DataObject
) -> None:
    low, high = (tuple(bound(pair) for pair in corners) for bound in (min, max))
    if points and data.draw(st.booleans()):
        one, other = data.draw(st.sampled_from(points)), data.draw(st.sampled_from(points))
        low, high = (tuple(map(bound, one, other)) for bound in (min, max))
    groundings = fill(store, made, points, atlas := digest("box", repr(points)))
    wanted = sorted((g for g in groundings if within(g, low, high)), key=lambda grounding: grounding.id)
    assert store.points_in_box(atlas, low, high, 100) == wanted
    assert store.points_in_box(atlas, low, high, 3, offset=2) == wanted[2:5]


def test_an_atlas_does_not_see_the_points_of_another(store: RecordStore, made: Any) -> None:
    fill(store, made, [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)], "child")
    (far,) = fill(store, made, [(900.0, -900.0, 900.0)], "adult")
    ((found, away),) = store.near_points("adult", (0, 0, 0), 5)
    assert (found, away) == (far, pytest.approx(900 * math.sqrt(3)))
    assert store.points_in_box("adult", (-1, -1, -1), (1, 1, 1), 5) == []
    assert store.near_points("giant", (0, 0, 0), 5) == []


def test_what_was_superseded_is_found_no_more(store: RecordStore, made: Any) -> None:
    gone = fill(store, made, [(1.0, 2.0, 3.0)])
    (kept,) = fill(store, made, [(5.0, 5.0, 5.0)])
    store.retire(gone[0].provenance.source_id, None)
    assert [grounding for grounding, _ in store.near_points("adult", (1, 2, 3), 9)] == [kept]
    assert store.points_in_box("adult", (0, 0, 0), (9, 9, 9), 9) == [kept]


def test_abstentions_have_no_place(store: RecordStore, made: Any) -> None:
    one, two = segments = made.segments("a", "One.", "Two.")
    there = made.atlas(two)
    store.commit(
        Commit(
            runs=made.runs,
            sources=[made.source("a")],
            segments=segments,
            products=[made.atlas(one, None), there],
        )
    )
    assert [g for g, _ in store.near_points("stylised-adult", (0, 0, 0), 9)] == [there]


def test_a_changed_row_is_found_where_it_is_now(engine: Engine, store: RecordStore, made: Any) -> None:
    fill(store, made, [(1.0, 1.0, 1.0)])
    with writing(engine) as connection:
        connection.execute(text("UPDATE atlas_grounding SET x_mm = 50"))
    assert store.points_in_box("adult", (0, 0, 0), (2, 2, 2), 9) == []
    assert len(store.points_in_box("adult", (49, 0, 0), (51, 2, 2), 9)) == 1


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda store: store.near_points("adult", (math.nan, 0, 0), 1), "point_mm"),
        (lambda store: store.near_points("adult", (0, math.inf, 0), 1), "point_mm"),
        (lambda store: store.near_points("adult", (0, 0), 1), "point_mm"),
        (lambda store: store.near_points("adult", (0, 0, 0), 1, -1.0), "radius_mm"),
        (lambda store: store.near_points("adult", (0, 0, 0), 1, math.nan), "radius_mm"),
        (lambda store: store.points_in_box("adult", (0, 0, 1), (1, 1, 0), 1), "at most high_mm"),
        (lambda store: store.points_in_box("adult", (0, 0, 0), (1, 1, -math.inf), 1), "high_mm"),
    ],
)
def test_what_is_no_place_is_refused(store: RecordStore, call: Any, complaint: str) -> None:
    with pytest.raises(WrongUse, match=complaint):
        call(store)


def test_the_index_is_used(engine: Engine, store: RecordStore, made: Any) -> None:
    """What the engine says it would do for the statements that are sent, over a few thousand points."""
    fill(store, made, [(float(i % 17), float(i % 131), float(i)) for i in range(3000)])
    postgres = engine.dialect.name == "postgresql"
    if postgres:  # SQLite is told by the statement in which order to look
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE atlas_grounding"))
    sent: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        sent.append((statement, values))

    store.near_points("adult", (1.0, 2.0, 3.0), 5)
    store.points_in_box("adult", (0.0, 0.0, 0.0), (3.0, 3.0, 30.0), 5)
    event.remove(engine, "before_cursor_execute", note)
    explain, used = (
        ("EXPLAIN", "ix_atlas_grounding_point") if postgres else ("EXPLAIN QUERY PLAN", "INDEX 2:")
    )
    index = "CUBE(" if postgres else "atlas_point_box"
    looked = [(sql, values) for sql, values in sent if index in sql]
    assert len(looked) > 1
    for sql, values in looked:
        with engine.connect() as connection:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {sql}", values))
        assert used in plan, plan
