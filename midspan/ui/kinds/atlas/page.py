"""The atlas: a body in 3D with points where sentences stand; an organ or a distance lists its sentences."""

from __future__ import annotations

from functools import partial

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import BodyView, NearPlace, Place, PlacedSentence
from midspan.records import DoubtKind
from midspan.ui import style
from midspan.ui.escaping import as_html, marked
from midspan.ui.kinds.atlas import body_clicks, choosing, query
from midspan.ui.kinds.atlas.body_figure import BODY, figure, marks
from midspan.ui.kinds.atlas.choosing import Choice
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import counted, place

PLACES = 2000
LISTED = 50
DOUBTS: dict[DoubtKind, str] = {
    "negated": "Negated",
    "hypothetical": "Hypothetical",
    "family": "Of a relative",
}
LEAD = (
    "Medical sentences at the organ they speak of; what no word names is inferred, and says so. The "
    "phantom is a stylised adult (MIRD-5, Cristy and Eckerman), not a person's anatomy."
)


def render(workspace: Workspace, on_open: OpenRecord) -> None:
    style.heading("Atlas", LEAD)
    atlas = choosing.atlas(workspace)
    with st.spinner("Building the body …"):
        body = workspace.body(atlas)
    placed = query.ask(workspace, atlas)
    if not sum(body.counts.values()):
        style.empty("No atlas places yet", "Ingest documents that speak of organs.")
        if placed is not None:
            _body(workspace, body, [], Choice(None, None, 0), placed)
        _abstained(workspace, atlas)
        return
    choice = choosing.around(body, _organs(body))
    with st.spinner("Reading the atlas places …"):
        found = _chosen(workspace, atlas, choice)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _body(workspace, body, [one.place for one in found], choice, placed)
    with right:
        _sentences(body, found, choice, on_open)
    _abstained(workspace, atlas)


def _organs(body: BodyView) -> list[str]:
    return [mesh.organ for mesh in body.meshes if mesh.organ != BODY]


def _chosen(workspace: Workspace, atlas: str, choice: Choice) -> list[NearPlace]:
    """What is drawn and listed; distances are 0 where none was asked for."""
    if choice.point is not None:
        return workspace.near(point=choice.point, radius_mm=choice.radius_mm, atlas=atlas, limit=PLACES)
    if choice.organ is not None and choice.radius_mm:
        return workspace.near(organ=choice.organ, radius_mm=choice.radius_mm, atlas=atlas, limit=PLACES)
    return [NearPlace(one, 0.0) for one in workspace.places(choice.organ, PLACES, atlas)]


def _body(
    workspace: Workspace, body: BodyView, places: list[Place], choice: Choice, placed: PlacedSentence | None
) -> None:
    drawn = marks(places, lambda organ: workspace.organ_points(organ, body.atlas))
    st.plotly_chart(
        figure(body, drawn, choice.organ, placed, choice.point),
        width="stretch",
        key=body_clicks.CHART,
        theme=None,
        config={"displaylogo": False, "displayModeBar": False},
    )
    body_clicks.listen(partial(choosing.look_at, _organs(body)), choosing.look_around)
    st.caption(
        "Seen from the front: the body's left is on your right. Drag to turn, scroll to zoom, hover to read, "
        "click an organ or a point for its sentences. Grey organs have none. Diamonds are inferred; lines "
        "show how far a point may be off."
    )


def _sentences(body: BodyView, found: list[NearPlace], choice: Choice, on_open: OpenRecord) -> None:
    count, more = len(found), "at least " if len(found) == PLACES else ""
    if choice.point is None and not choice.radius_mm:
        count, more = body.counts.get(choice.organ, 0) if choice.organ else sum(body.counts.values()), ""
    what = as_html(_what(choice))
    st.html(f"<b>{what}</b> <span class='ms-meta'>{more}{counted(count, 'sentence')}</span>")
    with st.container(height=570, border=False):
        for number, one in enumerate(found[:LISTED]):
            _sentence(number, one, choice, on_open)
        if count > LISTED:
            st.caption(f"The first {LISTED} are listed; search finds the others.")


def _what(choice: Choice) -> str:
    if choice.point is not None:
        return "within {} mm of ({:.0f}, {:.0f}, {:.0f})".format(choice.radius_mm, *choice.point)
    if choice.organ is None:
        return "all organs"
    return f"within {choice.radius_mm} mm of {choice.organ}" if choice.radius_mm else choice.organ


def _sentence(number: int, one: NearPlace, choice: Choice, on_open: OpenRecord) -> None:
    grounding = one.place.grounding
    with st.container(border=True):
        body, action = st.columns([6, 1], vertical_alignment="center")
        asked = choice.point is not None or bool(choice.radius_mm)
        body.html(_words(one.place, one.distance_mm if asked else None))
        if action.button("Open", key=f"place-{number}", type="tertiary"):
            on_open(grounding.id)
        if grounding.x_mm is not None and grounding.y_mm is not None and grounding.z_mm is not None:
            action.button(
                "Around",
                key=f"around-{number}",
                type="tertiary",
                help="What else stands near this point",
                on_click=choosing.look_around,
                args=((grounding.x_mm, grounding.y_mm, grounding.z_mm),),
            )


def _words(one: Place, distance_mm: float | None = None) -> str:
    """HTML of a sentence with the deciding words marked, where it stands, and what the model says of it."""
    grounding = one.grounding
    where = grounding.provenance
    said = [grounding.organ or "not placed"]
    if grounding.laterality in ("left", "right"):
        said.append(f"{grounding.laterality} side")
    said.append(grounding.reason)
    if not grounding.named:
        said.append(f"probability {grounding.score:.2f}")
    if distance_mm is not None:
        said.append(f"{distance_mm:.0f} mm away")
    mention = [one.mention] if grounding.named else []
    return (
        f'<div class="ms-text" dir="auto">{marked(grounding.text, mention)}</div>'
        f'<div class="ms-meta">{as_html(one.title)} · '
        f"{as_html(place(where.unit, where.start, where.end))} · {as_html(', '.join(said))}</div>"
    )


def _abstained(workspace: Workspace, atlas: str) -> None:
    """What the model would not place, so that an empty organ is no false comfort."""
    found = workspace.abstentions(LISTED, atlas)
    if not found:
        return
    more = "at least " if len(found) == LISTED else ""
    with st.expander(f"{more}{counted(len(found), 'sentence')} with anatomical words, not placed"):
        doubt = st.segmented_control("Only those", list(DOUBTS), format_func=DOUBTS.__getitem__, key="doubt")
        chosen = workspace.abstentions(LISTED, atlas, doubt) if doubt else found
        if not chosen:
            st.caption("None.")
        for one in chosen:
            st.html(_words(one))
