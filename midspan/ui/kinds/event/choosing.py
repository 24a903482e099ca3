"""What the page of videos looks at: a video, which of its events, and one of them.

All of it is in the page's address (``?video=``, ``verb``, ``noun``, ``score``, ``event``), so that a link
opens the same view again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import EventFilter, Video
from midspan.ui.address import share
from midspan.ui.escaping import shorten
from midspan.ui.kinds.event.term_box import LISTED, term_box
from midspan.ui.wording import clock, counted

DEFAULTS: dict[str, Any] = {"video": None, "verb": None, "noun": None, "score": 0.0, "event": ""}


@dataclass(frozen=True)
class Choice:
    video: Video
    where: EventFilter
    """Of the video's events."""
    event: str
    """Id of an event; empty where none was chosen."""


def choose(workspace: Workspace) -> Choice | None:
    """Draw the boxes; what they and the clicks have chosen. None where there is no video."""
    _restore()
    video, verb, noun, score = st.columns([5, 3, 3, 4], vertical_alignment="bottom")
    with score:
        least = st.slider("Score at least", 0.0, 1.0, step=0.05, key=_key("score"))
    where = EventFilter(least_score=least)
    with video:
        chosen = _video(workspace.videos(where))
    if chosen is None:
        return None
    where = replace(where, source_ids=frozenset({chosen.source_id}))
    with verb:
        said = term_box(
            "Verb", _key("verb"), workspace.event_verbs(replace(where, noun=_get("noun")), LISTED)
        )
    where = replace(where, verb=said)
    with noun:
        where = replace(where, noun=term_box("Thing", _key("noun"), workspace.event_nouns(where, LISTED)))
    choice = Choice(chosen, where, _get("event"))
    _remember()
    return choice


def look_at(event: str) -> None:
    """For a click on an event."""
    _set("event", event)


def _video(videos: Sequence[Video]) -> Video | None:
    """The one of the address, else the first in which something happens."""
    known = {one.source_id: one for one in videos}
    if not known:
        return None
    if _get("video") not in known:
        _set("video", next((one.source_id for one in videos if one.events), videos[0].source_id))

    def named(source_id: str) -> str:
        one = known[source_id]
        return shorten(f"{one.title} ({clock(one.seconds)}, {counted(one.events, 'event')})", 80)

    st.selectbox("Video", list(known), key=_key("video"), format_func=named, on_change=look_at, args=("",))
    return known[_get("video")]


def _key(name: str) -> str:
    return f"video-{name}"


def _get(name: str) -> Any:
    return st.session_state[_key(name)]


def _set(name: str, value: Any) -> None:
    st.session_state[_key(name)] = value


def _restore() -> None:
    """Take from the address what it says, when the page is come to."""
    if _key("video") in st.session_state:
        return
    asked = st.query_params
    for name, default in DEFAULTS.items():
        _set(name, asked.get(name) or default)
    _set("score", share(asked.get("score", "")))


def _remember() -> None:
    """Put into the address what differs from a page that was just opened."""
    st.query_params.from_dict({name: str(_get(name)) for name in DEFAULTS if _get(name) != DEFAULTS[name]})
