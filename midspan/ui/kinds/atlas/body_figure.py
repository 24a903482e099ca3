"""The atlas as a Plotly figure: transparent organs, a point at each place where sentences stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from midspan.platform.answers import BodyView, OrganMesh, Place, PlacedSentence
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
OrganPoints = Callable[[str], tuple[Point, ...]]
"""Right and left centre of an organ that has both, else one, as ``Workspace.organ_points`` gives them."""


@dataclass(frozen=True)
class Mark:
    """A point to draw. Frame: LPS, millimetres."""

    organ: str
    at: Point
    count: int
    """Sentences that stand here."""
    named: bool = True
    """They name the organ; otherwise it is inferred."""
    spread_mm: float = 0.0
    """How far the point may be off, in the mean of its sentences."""


def marks(places: Sequence[Place], points: OrganPoints) -> list[Mark]:
    """One mark an organ and point; a sentence that leaves the side open counts on both sides."""
    spreads: dict[tuple[str, Point, bool], list[float]] = {}
    for place in places:
        one = place.grounding
        if one.organ is None or one.x_mm is None or one.y_mm is None or one.z_mm is None:
            continue
        at = (one.x_mm, one.y_mm, one.z_mm)
        sides = points(one.organ) if one.laterality == "both" else ()
        # A part of an organ (a clavicle) has a point of its own, which the organ's sides do not mirror.
        for side in sides if at in sides else (at,):
            spreads.setdefault((one.organ, side, one.named), []).append(one.spread_mm or 0.0)
    return [
        Mark(organ, at, len(found), named, sum(found) / len(found))
        for (organ, at, named), found in spreads.items()
    ]


def figure(
    body: BodyView,
    drawn_marks: Sequence[Mark],
    chosen: str | None,
    placed: PlacedSentence | None = None,
    point: Point | None = None,
) -> Any:
    """A ``plotly.graph_objects.Figure``; the chosen organ stands out, the others fade. A typed sentence
    stands in it with a ball as wide as its spread, the chosen point with a cross.

    Frame: LPS (+x the body's left, +y posterior, +z up), so that the viewer stands at -y, before the
    body's front, with the body's left on the right.
    """
    traces = [_mesh(mesh, body.counts, chosen) for mesh in body.meshes]
    traces.append(_points(drawn_marks))
    if placed is not None and placed.point_mm is not None:
        traces += _placed(placed, placed.point_mm)
    if point is not None:
        traces.append(_star(point, "cross", "the chosen point"))
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
        hoverinfo="text" if _answers(name, counts) else "skip",
        text=_hover(name, count),
        flatshading=False,
        lighting={"ambient": 0.65, "diffuse": 0.6, "specular": 0.1},
    )  # fmt: skip


def _answers(name: str, counts: Any) -> bool:
    """To the pointer: the skin never does, and an organ without a sentence does not stand before one with."""
    return name != BODY and (counts.get(name, 0) > 0 or not any(counts.values()))


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
    return 0.35 if name == chosen else 0.1  # its own points lie within it


def _points(drawn: Sequence[Mark]) -> Any:
    x, y, z = zip(*(mark.at for mark in drawn), strict=True) if drawn else ((), (), ())
    # a line of no length would still be drawn as a dot over the mark
    spread = {"type": "data", "array": [mark.spread_mm for mark in drawn], "thickness": 1, "width": 0}
    spread |= {"color": "rgba(17, 24, 39, .35)", "visible": any(mark.spread_mm for mark in drawn)}
    return go.Scatter3d(
        x=x, y=y, z=z,
        mode="markers",
        name="sentences",
        marker={
            "size": [_size(mark.count) for mark in drawn],
            "color": [colour_of(mark.organ) for mark in drawn],
            "symbol": ["circle" if mark.named else "diamond" for mark in drawn],
            "opacity": 1.0,
            "line": {"color": POINT, "width": 1},
        },
        error_x=spread, error_y=spread, error_z=spread,
        text=[_mark_hover(mark) for mark in drawn],
        hoverinfo="text",
        customdata=[{"organ": mark.organ} if mark.named else {"point": mark.at} for mark in drawn],
    )  # fmt: skip


def _placed(placed: PlacedSentence, at: Point) -> list[Any]:
    organ = placed.organ or ""
    traces = [_star(at, "diamond-open", f"the typed sentence: {organ}")]
    if placed.spread_mm:
        directions = _ball()
        x, y, z = (np.array(at)[:, None] + placed.spread_mm * directions).tolist()
        ball = go.Mesh3d(x=x, y=y, z=z, alphahull=0, color=colour_of(organ), opacity=0.25, hoverinfo="skip")
        traces.append(ball)
    return traces


def _ball() -> npt.NDArray[np.float64]:
    """(3, n) directions over the sphere."""
    turns, heights = np.meshgrid(np.linspace(0, 2 * np.pi, 20), np.linspace(-1, 1, 13))
    flat = np.sqrt(1 - heights**2)
    return np.stack([flat * np.cos(turns), flat * np.sin(turns), heights]).reshape(3, -1)


def _star(at: Point, symbol: str, text: str) -> Any:
    return go.Scatter3d(
        x=[at[0]], y=[at[1]], z=[at[2]],
        mode="markers",
        marker={"size": 12, "symbol": symbol, "color": POINT},
        text=[as_html(text)],
        hoverinfo="text",
    )  # fmt: skip


def _mark_hover(mark: Mark) -> str:
    said = _hover(mark.organ, mark.count) + ("" if mark.named else ", inferred")
    return said + (f", may be off by {mark.spread_mm:.0f} mm" if mark.spread_mm >= 1 else "")


def _size(count: int) -> float:
    """Pixels across: the area grows with the count, up to a hundred sentences."""
    return 4.0 + 1.2 * math.sqrt(min(count, 100))


def _hover(organ: str, count: int) -> str:
    """Plotly reads some HTML in it."""
    return f"{as_html(organ)}: {counted(count, 'sentence')}"
