"""The atlas as a Plotly figure: transparent organs, a point for each grounded sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from midspan.platform.answers import BodyView, OrganMesh, Place
from midspan.ui.escaping import as_html, shorten

BODY = "body"
PALE, BODY_COLOUR = "#b6bec9", "#d6b8a4"
PALETTE = (
    "#d1495b", "#00798c", "#edae49", "#5b5fc7", "#3a7d44", "#c2410c",
    "#8e4585", "#0e7490", "#a16207", "#be185d", "#4d7c0f", "#7c3aed",
)  # fmt: skip
POINT = "#111827"


def figure(body: BodyView, places: Sequence[Place], chosen: str | None) -> Any:
    """A ``plotly.graph_objects.Figure``; the chosen organ stands out, the others fade.

    Frame: LPS (+x the body's left, +y posterior, +z up), so that the viewer stands at -y, before the
    body's front, with the body's left on the right.
    """
    traces = [_mesh(mesh, body.counts, chosen) for mesh in body.meshes]
    traces.append(_points(places))
    drawn = go.Figure(traces)
    axis = {"visible": False, "showspikes": False}
    drawn.update_layout(
        scene={
            "xaxis": axis,
            "yaxis": axis,
            "zaxis": axis | {"range": _reach(body)},
            "aspectmode": "data",
            "camera": {
                "eye": {"x": 0.4, "y": -3.6, "z": 0.25},
                "up": {"x": 0, "y": 0, "z": 1},
                "center": {"x": 0, "y": 0, "z": 0},
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
        text=f"{as_html(name)}: {count} sentence{'' if count == 1 else 's'}",
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


def _points(places: Sequence[Place]) -> Any:
    at = [place.grounding for place in places if place.grounding.x_mm is not None]
    return go.Scatter3d(
        x=[one.x_mm for one in at],
        y=[one.y_mm for one in at],
        z=[one.z_mm for one in at],
        mode="markers",
        name="sentences",
        marker={"size": 3.5, "color": POINT, "opacity": 0.9},
        text=[f"<b>{as_html(one.organ or '')}</b><br>{as_html(shorten(one.text, 90))}" for one in at],
        hoverinfo="text",
    )
