"""The atlas: a body in 3D with points where sentences stand; an organ lists its sentences."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import BodyView, Place
from midspan.ui import passage, style
from midspan.ui.body_figure import BODY, figure, marks
from midspan.ui.escaping import as_html, marked
from midspan.ui.wording import counted, place

POINTS = 2000
LISTED = 50


def render(workspace: Workspace) -> None:
    style.heading(
        "Atlas",
        "Medical sentences at the organ they speak of. A stylised adult phantom (MIRD-5, Cristy and "
        "Eckerman), not a person's anatomy; a point is an organ's centre, found by a dictionary baseline.",
    )
    with st.spinner("Building the body …"):
        body = workspace.body()
    if not sum(body.counts.values()):
        style.empty("No sentence is grounded yet", "Ingest documents that speak of organs.")
        _abstained(workspace)
        return
    organ = _organ(body)
    with st.spinner("Reading the points …"):
        places = workspace.places(organ, POINTS)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _body(workspace, body, places, organ)
    with right:
        _sentences(workspace, body, places, organ)
    _abstained(workspace)


def _organ(body: BodyView) -> str | None:
    """The organ that is looked at: from the address or the box, as Streamlit reports no clicks in 3D."""
    counts = {mesh.organ: body.counts.get(mesh.organ, 0) for mesh in body.meshes if mesh.organ != BODY}
    known = sorted((organ for organ in counts if counts[organ]), key=lambda organ: (-counts[organ], organ))
    if "organ" not in st.session_state:
        asked = st.query_params.get("organ", "")
        st.session_state["organ"] = asked if asked in known else None
    box, _ = st.columns([4, 7])
    organ: str | None = box.selectbox(
        "Organ",
        known,
        key="organ",
        format_func=lambda organ: f"{organ} ({counts[organ]})",
        placeholder="all organs",
    )
    if organ:
        st.query_params["organ"] = organ
    elif "organ" in st.query_params:
        del st.query_params["organ"]
    return organ


def _body(workspace: Workspace, body: BodyView, places: list[Place], organ: str | None) -> None:
    st.plotly_chart(
        figure(body, marks(places, workspace.organ_points), organ),
        width="stretch",
        key="body",
        theme=None,
        config={"displaylogo": False, "displayModeBar": False},
    )
    st.caption(
        "Seen from the front: the body's left is on your right. Drag to turn, scroll to zoom, hover to read."
    )


def _sentences(workspace: Workspace, body: BodyView, places: list[Place], organ: str | None) -> None:
    count = body.counts.get(organ, 0) if organ else sum(body.counts.values())
    st.html(
        f"<b>{as_html(organ or 'all organs')}</b> <span class='ms-meta'>{counted(count, 'sentence')}</span>"
    )
    with st.container(height=570, border=False):
        for number, one in enumerate(places[:LISTED]):
            _sentence(workspace, number, one)
        if count > LISTED:
            st.caption(f"The first {LISTED} are listed; search finds the others.")


def _sentence(workspace: Workspace, number: int, one: Place) -> None:
    grounding = one.grounding
    with st.container(border=True):
        body, action = st.columns([6, 1], vertical_alignment="center")
        body.html(_words(one))
        if action.button("Open", key=f"place-{number}", type="tertiary"):
            passage.in_dialog(workspace, grounding.id)


def _words(one: Place) -> str:
    """HTML of a sentence with the deciding words marked, where it stands, and what the model says of it."""
    grounding = one.grounding
    where = grounding.provenance
    said = [grounding.organ or "not placed"]
    if grounding.laterality in ("left", "right"):
        said.append(f"{grounding.laterality} side")
    if grounding.negated:
        said.append("negated")
    said.append(grounding.reason)
    return (
        f'<div class="ms-text" dir="auto">{marked(grounding.text, [one.mention])}</div>'
        f'<div class="ms-meta">{as_html(one.title)} · '
        f"{as_html(place(where.unit, where.start, where.end))} · {as_html(', '.join(said))}</div>"
    )


def _abstained(workspace: Workspace) -> None:
    """What the model would not place, so that an empty organ is no false comfort."""
    found = workspace.abstentions(LISTED)
    if not found:
        return
    more = "at least " if len(found) == LISTED else ""
    with st.expander(f"{more}{counted(len(found), 'sentence')} with anatomical words, not placed"):
        for one in found:
            st.html(_words(one))
