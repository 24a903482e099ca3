"""The atlas as a figure: a mesh an organ, a mark a point."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from midspan.platform.answers import BodyView, OrganMesh, Place, PlacedSentence
from midspan.records import AtlasGrounding, Provenance
from midspan.ui.kinds.atlas.body_figure import Mark, Point, colour_of, figure, marks

RIGHT, LEFT = (-60.0, 60.0, 325.0), (60.0, 60.0, 325.0)
CORNERS = np.array([[0, 0, 0], [100, 0, 0], [0, 100, 0], [0, 0, 100]], np.float32)
SIDES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)
HOSTILE = "<a href='javascript:x'>liver</a>"
BODY = BodyView(
    "mird-adult",
    tuple(OrganMesh(name, CORNERS, SIDES) for name in ("body", "kidney", "heart", HOSTILE)),
    {"kidney": 2, HOSTILE: 1},
)


def grounded(organ: str, at: Point | None, laterality: Any = "none") -> Place:
    x, y, z = at or (None, None, None)
    grounding = AtlasGrounding(
        "atlas-1", Provenance("s", "r", "g", "char", 0, 5), "text", "mird-adult",
        "grounded" if at else "abstained", "", x, y, z, organ if at else None, {organ: 1.0},
        laterality, True, False, 1.0,
    )  # fmt: skip
    return Place(grounding, "a.txt", "/a.txt")


def both(organ: str) -> tuple[Point, ...]:
    return (RIGHT, LEFT) if organ == "kidney" else ((-1.0, -1.0, -1.0), (1.0, -1.0, -1.0))


def test_sentences_at_one_point_are_one_mark() -> None:
    heart = grounded("heart", (5.0, -35.0, 497.0))
    assert marks([heart, heart, heart], both) == [Mark("heart", (5.0, -35.0, 497.0), 3)]


def test_a_sentence_that_leaves_the_side_open_stands_on_both() -> None:
    found = marks([grounded("kidney", RIGHT, "both"), grounded("kidney", LEFT, "left")], both)
    assert sorted(found, key=lambda mark: mark.at) == [Mark("kidney", RIGHT, 1), Mark("kidney", LEFT, 2)]


def test_a_part_with_a_point_of_its_own_keeps_it() -> None:
    clavicle = (-80.0, -40.0, 680.0)
    assert marks([grounded("rib cage", clavicle, "both")], both) == [Mark("rib cage", clavicle, 1)]


def test_an_abstention_has_no_mark() -> None:
    assert marks([grounded("kidney", None)], both) == []


def drawn(chosen: str | None = None, *points: Mark) -> Any:
    return figure(BODY, points or (Mark("kidney", RIGHT, 12), Mark(HOSTILE, LEFT, 1)), chosen)


def meshes(chosen: str | None = None) -> dict[str, Any]:
    return {trace.name: trace for trace in drawn(chosen).data if trace.type == "mesh3d"}


def test_each_organ_is_one_mesh_with_its_own_corners() -> None:
    traces = [trace for trace in drawn().data if trace.type == "mesh3d"]
    assert [trace.name for trace in traces] == [mesh.organ for mesh in BODY.meshes]
    assert np.array_equal(np.column_stack([traces[0].x, traces[0].y, traces[0].z]), CORNERS)
    assert np.array_equal(np.column_stack([traces[0].i, traces[0].j, traces[0].k]), SIDES)


def test_the_marks_stand_in_millimetres_where_they_are() -> None:
    (points,) = [trace for trace in drawn().data if trace.type == "scatter3d"]
    assert list(zip(points.x, points.y, points.z, strict=True)) == [RIGHT, LEFT]


def test_more_sentences_make_a_larger_mark() -> None:
    (points,) = [trace for trace in drawn().data if trace.type == "scatter3d"]
    assert points.marker.size[0] > points.marker.size[1]


def test_the_hover_counts_and_escapes() -> None:
    texts = [text for trace in drawn().data for text in np.atleast_1d(trace.text)]
    assert "kidney: 12 sentences" in texts
    assert "&lt;a href=&#x27;javascript:x&#x27;&gt;liver&lt;/a&gt;: 1 sentence" in texts
    assert not any("<" in text for text in texts)


def test_the_chosen_organ_is_the_least_transparent() -> None:
    opacity = {name: trace.opacity for name, trace in meshes("kidney").items()}
    assert max(opacity, key=lambda name: opacity[name]) == "kidney"


@pytest.mark.parametrize("chosen", [None, "kidney"])
def test_the_outline_never_hides_the_organs(chosen: str | None) -> None:
    outline = meshes(chosen)["body"]
    assert outline.opacity <= 0.1
    assert outline.hoverinfo == "skip"


def test_organs_without_a_sentence_do_not_stand_before_others_to_the_pointer() -> None:
    answers = {name: trace.hoverinfo for name, trace in meshes().items()}
    assert answers == {"body": "skip", "kidney": "text", "heart": "skip", HOSTILE: "text"}
    nothing = figure(replace(BODY, counts={}), (), None)
    said = {trace.name: trace.hoverinfo for trace in nothing.data if trace.type == "mesh3d"}
    assert said == {"body": "skip", "kidney": "text", "heart": "text", HOSTILE: "text"}


def test_a_mark_says_what_a_click_on_it_means() -> None:
    traces = drawn(None, Mark("kidney", RIGHT, 2), Mark("kidney", LEFT, 1, named=False)).data
    (points,) = (trace for trace in traces if trace.type == "scatter3d")
    assert list(points.customdata) == [{"organ": "kidney"}, {"point": LEFT}]


def test_the_viewer_stands_before_the_body() -> None:
    eye = drawn().layout.scene.camera.eye
    assert eye.y < 0 and abs(eye.x) < abs(eye.y) / 4


def test_no_marks_are_no_error() -> None:
    assert len(figure(BODY, (), None).data) == len(BODY.meshes) + 1


def test_named_and_inferred_sentences_at_one_point_are_two_marks_with_their_spread() -> None:
    heart = grounded("heart", (5.0, -35.0, 497.0))
    inferred = [
        Place(replace(heart.grounding, named=False, spread_mm=spread), "a.txt", "/a.txt")
        for spread in (10, 30)
    ]
    assert marks([heart, *inferred], both) == [
        Mark("heart", (5.0, -35.0, 497.0), 1),
        Mark("heart", (5.0, -35.0, 497.0), 2, named=False, spread_mm=20.0),
    ]


def test_marks_are_coloured_by_organ_and_show_their_spread() -> None:
    marks = (Mark("kidney", RIGHT, 1), Mark("heart", LEFT, 1, named=False, spread_mm=20.0))
    (points,) = [trace for trace in drawn(None, *marks).data if trace.type == "scatter3d"]
    assert list(points.marker.color) == [colour_of("kidney"), colour_of("heart")]
    assert list(points.marker.symbol) == ["circle", "diamond"]
    for axis in (points.error_x, points.error_y, points.error_z):
        assert list(axis.array) == [0.0, 20.0] and axis.visible
    assert points.text[1] == "heart: 1 sentence, inferred, may be off by 20 mm"


def test_a_typed_sentence_has_a_ball_as_wide_as_its_spread() -> None:
    placed = PlacedSentence("x", "a", "heart", 0.8, (1.0, 2.0, 3.0), 15.0, {}, "none", False, False, "")
    star, ball = figure(BODY, (), None, placed).data[-2:]
    assert (star.x[0], star.y[0], star.z[0]) == (1.0, 2.0, 3.0)
    corners = np.column_stack([ball.x, ball.y, ball.z])
    assert np.linalg.norm(corners - (1.0, 2.0, 3.0), axis=1) == pytest.approx(15.0)


def test_a_sentence_that_is_not_placed_is_not_drawn() -> None:
    nowhere = PlacedSentence("x", "a", None, 0.9, None, None, {}, "none", False, False, "")
    assert len(figure(BODY, (), None, nowhere).data) == len(figure(BODY, (), None).data)
