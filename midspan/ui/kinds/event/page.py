"""Videos: the player, a bar of events that seeks it, and the events as a list with pictures."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.records import ActionEvent
from midspan.ui import style
from midspan.ui.escaping import as_html
from midspan.ui.kinds.event import boxes, choosing, timeline
from midspan.ui.kinds.event.choosing import Choice
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import counted, place

DRAWN = 500
"""Events on the bar."""
PORTION = 30
"""Events in the list."""
HEIGHT = 560
LEAD = "What happens in a video, and when. Click an event on the bar, or in the list, to see it."


def render(workspace: Workspace, on_open: OpenRecord) -> None:
    style.heading("Videos", LEAD)
    choice = choosing.choose(workspace)
    if choice is None:
        style.empty("No videos yet", "Videos come from ingested files; add some under “Sources and jobs”.")
        return
    events = workspace.events(choice.where, DRAWN)
    total = workspace.count_events(choice.where)
    picture, listed = st.columns([7, 5], gap="medium")
    with picture:
        _player(workspace, choice)
        boxes.render(events)
        timeline.render(events, choice.video.seconds, choice.event, choosing.look_at)
        cut = f"; the first {DRAWN} are drawn" if total > DRAWN else ""
        st.caption(f"{counted(total, 'event')}{cut}. Red: where the player stands.")
    with listed:
        _list(workspace, choice, events, on_open)


def _player(workspace: Workspace, choice: Choice) -> None:
    path = workspace.media_path(choice.video.source_id)
    with st.container(key=timeline.PLAYER):
        if path is not None:
            st.video(str(path), muted=True)
            return
        st.warning(
            "The video has moved or changed; ingest it again where it is now.", icon=":material/movie:"
        )
        jpeg = workspace.thumbnail(choice.video.first_segment) if choice.video.first_segment else None
        if jpeg is not None:
            st.image(jpeg, caption="What was kept of its beginning")


def _list(workspace: Workspace, choice: Choice, events: list[ActionEvent], on_open: OpenRecord) -> None:
    """A portion of the events, the chosen one among them."""
    if not events:
        style.empty("No such events", "Nothing was seen to happen, or the filters leave none.")
        return
    at = next((number for number, one in enumerate(events) if one.id == choice.event), 0)
    first = max(0, min(at - PORTION // 2, len(events) - PORTION))
    with st.container(height=HEIGHT, border=False):
        for number, one in enumerate(events[first : first + PORTION]):
            _row(workspace, number, one, one.id == choice.event, on_open)
    if len(events) > PORTION:
        shown = min(PORTION, len(events) - first)
        st.caption(f"Events {first + 1} to {first + shown}; choose one on the bar to see those around it.")


def _row(workspace: Workspace, number: int, event: ActionEvent, chosen: bool, on_open: OpenRecord) -> None:
    jpeg = workspace.thumbnail(event.provenance.segment_id)
    words = f"{place('s', event.provenance.start, event.provenance.end)} · score {event.score:.2f}"
    with st.container(border=True, key=f"{'chosen' if chosen else 'event'}-{number}"):
        body, actions = st.columns([5, 2], vertical_alignment="center")
        body.html(
            f'<div class="ms-hit">{style.picture(jpeg) if jpeg else ""}<div>'
            f'<div class="ms-clip">{as_html(event.text)}</div>'
            f'<div class="ms-meta">{as_html(words)}</div></div></div>'
        )
        actions.button("Show", key=f"show-{event.id}", on_click=choosing.look_at, args=(event.id,))
        actions.button("Details", key=f"open-{event.id}", on_click=on_open, args=(event.id,), type="tertiary")
