"""Scenes: their pictures in a grid, found by words, by a drawing or by another scene, or all with a thing."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from midspan import Workspace
from midspan.errors import NotFound, WrongUse
from midspan.ui import style
from midspan.ui.escaping import as_html, as_markdown
from midspan.ui.kinds.scene import board, choosing
from midspan.ui.kinds.scene.choosing import Choice
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import counted, duration, place

COLUMNS = 3
PORTION = 12
"""Scenes on a page."""
LEAD = "What sentences say of where things are, as small pictures. Red: stated, and not so in the layout."


@dataclass(frozen=True)
class Shown:
    """A scene in the grid."""

    id: str
    text: str
    title: str
    where: str
    why: str = ""


def render(workspace: Workspace, on_open: OpenRecord) -> None:
    style.heading("Scenes", LEAD)
    if not workspace.counts().get("scene"):
        style.empty("No scenes yet", "Ingest documents that say where things are, as “A mug is on the desk.”")
        return
    choice = choosing.choose(workspace)
    left, right = st.columns([4, 9], gap="medium")
    with left:
        st.markdown("**Drawing board**")
        board.render(workspace, choice.drawn, choosing.draw)
    with right:
        shown = _found(workspace, choice) if choice.asks else _all(workspace, choice)
        _grid(workspace, shown, choice, on_open)


def _found(workspace: Workspace, choice: Choice) -> list[Shown]:
    """What is asked for, the best first."""
    said, action = st.columns([5, 2], vertical_alignment="center")
    action.button("All scenes", key="scene-leave", type="tertiary", on_click=choosing.leave)
    try:
        answer = workspace.find_scenes(
            choice.query,
            like=choice.like or None,
            drawn=choice.drawn,
            limit=PORTION,
        )
    except (WrongUse, NotFound) as error:
        said.caption(as_markdown(str(error)))
        return []
    what = "like the chosen one" if choice.like else "as drawn" if choice.drawn else "as asked"
    said.caption(f"{counted(len(answer.hits), 'scene')} {what}, in {duration(answer.milliseconds)}")
    if not answer.hits:
        style.empty("No such scene", "Move things, take some away, or name them more broadly.")
    return [
        Shown(hit.record, hit.text, hit.title, place(hit.unit, hit.start, hit.end, hit.page), hit.why)
        for hit in answer.hits
    ]


def _all(workspace: Workspace, choice: Choice) -> list[Shown]:
    """A portion of the scenes that pass the filters, and the way to the others."""
    total = workspace.count_scenes(choice.thing, choice.relation)
    last = max(0, (total - 1) // PORTION)
    part = min(choice.part, last)
    if not total:
        style.empty("No such scene", "Loosen the filters.")
        return []
    first = part * PORTION
    said, back, on = st.columns([4, 1, 1], vertical_alignment="center")
    said.caption(f"{first + 1:,} to {min(total, first + PORTION):,} of {counted(total, 'scene')}")
    if total > PORTION:
        _turning(back, "Before", -1, part == 0)
        _turning(on, "After", 1, part >= last)
    found = workspace.scenes(choice.thing, choice.relation, limit=PORTION, offset=first)
    return [
        Shown(
            one.scene.id,
            one.scene.text,
            one.title,
            place(one.scene.provenance.unit, one.scene.provenance.start, one.scene.provenance.end),
        )
        for one in found
    ]


def _turning(where: DeltaGenerator, label: str, by: int, disabled: bool) -> None:
    where.button(
        label, key=f"scene-{label}", type="tertiary", disabled=disabled, on_click=choosing.turn, args=(by,)
    )


def _grid(workspace: Workspace, shown: list[Shown], choice: Choice, on_open: OpenRecord) -> None:
    for start in range(0, len(shown), COLUMNS):
        for column, one in zip(st.columns(COLUMNS), shown[start : start + COLUMNS], strict=False):
            with column.container(border=True):
                _card(workspace, one, choice, on_open)


def _card(workspace: Workspace, one: Shown, choice: Choice, on_open: OpenRecord) -> None:
    try:
        svg = workspace.scene_picture(one.id)
    except NotFound:  # its source was taken out meanwhile
        return
    st.html(
        f'<div class="ms-scene">{style.svg_picture(svg, one.text)}'
        f'<div class="ms-clip" dir="auto">{as_html(one.text)}</div>'
        f'<div class="ms-meta">{as_html(one.title)} · {as_html(one.where)}</div>'
        f'<div class="ms-meta">{as_html(one.why)}</div></div>'
    )
    opened, like = st.columns(2)
    if opened.button("Open", key=f"scene-open-{one.id}", type="tertiary"):
        on_open(one.id)
    like.button(
        "Like this",
        key=f"scene-like-{one.id}",
        type="tertiary",
        disabled=choice.like == one.id,
        on_click=choosing.look_like,
        args=(one.id,),
    )
