"""What the atlas page looks at: which atlas, which organ or point of it, and how far around.

An organ is chosen in a box or by a click on the body, a point by a click or by the button beside a sentence.
Atlas and organ are in the page's address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import AtlasView, BodyView
from midspan.ui.escaping import plain, shorten
from midspan.ui.kinds.atlas.body_figure import Point

WIDEST_MM = 300
POINT = "atlas_point"
POINT_RADIUS_MM = 50
"""Around a sentence, until the slider is moved."""


@dataclass(frozen=True)
class Choice:
    organ: str | None
    point: Point | None
    """Not together with an organ."""
    radius_mm: int


def atlas(workspace: Workspace) -> str:
    """The name of the atlas; the phantom where there is no other."""
    views = workspace.atlases()
    if len(views) == 1:
        return views[0].name
    names = {view.name: view for view in views}
    if "atlas" not in st.session_state:
        asked = st.query_params.get("atlas", "")
        st.session_state["atlas"] = asked if asked in names else views[0].name
    box, _ = st.columns([4, 7])
    chosen: str | None = box.selectbox(
        "Atlas", list(names), key="atlas", format_func=lambda name: _titled(names[name]), on_change=_leave
    )
    name = chosen or views[0].name
    st.query_params["atlas"] = name
    return name


def around(body: BodyView, organs: list[str]) -> Choice:
    """The organ and the distance, or the point that a button has set."""
    order = sorted(organs, key=lambda organ: (-body.counts.get(organ, 0), organ))
    if "organ" not in st.session_state:
        asked = st.query_params.get("organ", "")
        st.session_state["organ"] = asked if asked in order else None
    box, slider, leave = st.columns([4, 5, 2], vertical_alignment="bottom")
    organ: str | None = box.selectbox(
        "Organ",
        order,
        key="organ",
        format_func=lambda name: f"{plain(name)} ({body.counts.get(name, 0)})",
        placeholder="all organs",
        on_change=_leave_point,
    )
    if organ:
        st.query_params["organ"] = organ
    elif "organ" in st.query_params:
        del st.query_params["organ"]
    point: Point | None = st.session_state.get(POINT)
    if organ is None and point is None:
        return Choice(None, None, 0)
    radius = slider.slider(
        "Within (mm of the organ; 0: its own sentences)" if organ else "Within (mm of the point)",
        0,
        WIDEST_MM,
        step=5,
        key="radius-organ" if organ else "radius-point",
        value=0 if organ else POINT_RADIUS_MM,
    )
    if point is not None:
        leave.button("Leave the point", on_click=_leave_point)
    return Choice(organ, point, radius)


def look_at(organs: Sequence[str], organ: str) -> None:
    """For a click: look at an organ, if it is one of the page's."""
    if organ in organs:
        _leave_point()
        st.session_state["organ"] = organ


def look_around(point: Point) -> None:
    """For a button or a click: look at what stands around a point."""
    st.session_state["organ"] = None
    st.session_state[POINT] = point


def _leave_point() -> None:
    st.session_state.pop(POINT, None)


def _leave() -> None:
    """Another atlas has other organs and another frame."""
    _leave_point()
    st.session_state["organ"] = None


def _titled(view: AtlasView) -> str:
    return f"{shorten(view.name, 40)} ({len(view.organs)} organs)"
