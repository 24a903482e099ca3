"""The atlas as a Plotly figure: transparent organs, a point at each place with grounded sentences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from midspan.platform.answers import BodyView, OrganMesh, Place
from midspan.ui.escaping import as_html
from midspan.ui.wording import counted

BODY = "body"
PALE, BODY_COLOUR = "#b6bec9", "#d6b8a4"
PALETTE = (
    "#d1495b", "#00798c", "#edae49", "#5b5fc7", "#3a7d44", "#c2410c",
    "#8e4585", "#0e7490", "#a16207", "#be185d", "#4d7c0f", "#7c3aed",
)  # fmt: skip
POINT = "#111827"

Point = tuple[float, float, float]
OrganPoints = Callable[[str, Literal["both"]], tuple[Point, ...]]
"""Right and left centre of an organ, as ``Workspace.organ_points`` gives them."""


@dataclass(frozen=True)
class Mark:
    """A point to draw. Frame: LPS, millimetres."""

    organ: str
    at: Point
    count: int
    """Sentences that stand here."""


def marks(places: Sequence[Place], points: OrganPoints) -> list[Mark]:
    """One mark an organ and point; a sentence that leaves the side open counts on both sides."""
    counts: Counter[tuple[str, Point]] = Counter()
    for place in places:
        one = place.grounding
        if one.organ is None or one.x_mm is None or one.y_mm is None or one.z_mm is None:
            continue
        at = (one.x_mm, one.y_mm, one.z_mm)
        sides = points(one.organ, "both") if one.laterality == "both" else ()
        # A part of an organ (a clavicle) has a point of its own, which the organ's sides do not mirror.
        counts.update((one.organ, side) for side in (sides if at in sides else (at,)))
    return [Mark(organ, at, count) for (organ, at), count in counts.items()]


def figure(body: BodyView, drawn_marks: Sequence[Mark], chosen: str | None) -> Any:
    """A ``plotly.graph_objects.Figure``; the chosen organ stands out, the others fade.

    Frame: LPS (+x the body's left, +y posterior, +z up), so that the viewer stands at -y, before the
    body's front, with the body's left on the right.
    """
    traces = [_mesh(mesh, body.counts, chosen) for mesh in body.meshes]
    traces.append(_points(drawn_marks))
    drawn = go.Figure(traces)
    axis = {"visible": False, "showspikes": False}
    drawn.update_layout(
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis | {"range": _reach(body)},
            "aspectmode": "data",
            "camera": {
                "eye": {"x": 0.4, "y": -3.9, "z": 0.35},
                "up": {"x": 0, "y": 0, "z": 1},
                "center": {"x": 0, "y": 0, "z": 0.12},
            },
            "dragmode": "turntable",
        },
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        height=600,
        uirevision="body",
    )
    return drawn


def _reach(body: BodyView) -> list[float]:
    """Heights to draw: the organs with some room, so that the legs do not take the picture."""
    organs = [mesh for mesh in body.meshes if mesh.organ != BODY]
    if not organs:
        return [-1000.0, 1000.0]
    low = min(float(mesh.vertices[:, 2].min()) for mesh in organs)
    high = max(float(mesh.vertices[:, 2].max()) for mesh in organs)
    return [low - 60, high + 30]


def _mesh(mesh: OrganMesh, counts: Any, chosen: str | None) -> Any:
    name, count = mesh.organ, counts.get(mesh.organ, 0)
    x, y, z = mesh.vertices.T
    i, j, k = mesh.triangles.T
    return go.Mesh3d(
        x=x, y=y, z=z, i=i, j=j, k=k,
        name=name,
        color=_colour(name, count),
        opacity=_opacity(name, count, chosen),
        hoverinfo="skip" if name == BODY else "text",
        text=_hover(name, count),
        flatshading=False,
        lighting={"ambient": 0.65, "diffuse": 0.6, "specular": 0.1},
    )  # fmt: skip


def colour_of(organ: str) -> str:
    """The organ's own colour, the same on every machine."""
    return PALETTE[sum(organ.encode()) % len(PALETTE)]


def _colour(name: str, count: int) -> str:
    if name == BODY:
        return BODY_COLOUR
    return colour_of(name) if count else PALE


def _opacity(name: str, count: int, chosen: str | None) -> float:
    if name == BODY:
        return 0.08
    if chosen is None:
        return 0.4 if count else 0.12
    return 0.75 if name == chosen else 0.1


def _points(drawn: Sequence[Mark]) -> Any:
    x, y, z = zip(*(mark.at for mark in drawn), strict=True) if drawn else ((), (), ())
    return go.Scatter3d(
        x=x, y=y, z=z,
        mode="markers",
        name="sentences",
        marker={
            "size": [_size(mark.count) for mark in drawn],
            "color": POINT,
            "opacity": 0.9,
            "line": {"color": "#ffffff", "width": 1},
        },
        text=[_hover(mark.organ, mark.count) for mark in drawn],
        hoverinfo="text",
    )  # fmt: skip


def _size(count: int) -> float:
    """Pixels across: the area grows with the count, up to a hundred sentences."""
    return 4.0 + 1.2 * math.sqrt(min(count, 100))


def _hover(organ: str, count: int) -> str:
    """Plotly reads some HTML in it."""
    return f"{as_html(organ)}: {counted(count, 'sentence')}"
