"""Verb and thing, to filter a search for events by; in the page's address as ``verb`` and ``noun``."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import EventFilter, EventTerm
from midspan.ui.escaping import shorten

LISTED = 300
"""Names in a box."""
FIELDS = ("verb", "noun")


def boxes(workspace: Workspace, on_change: Callable[[], None]) -> None:
    """Draw them; what is chosen stands in the session's ``verb`` and ``noun``."""
    verb, noun = st.columns(2)
    state = st.session_state
    with verb:
        _box("Verb", "verb", workspace.event_verbs(EventFilter(noun=state["noun"]), LISTED), on_change)
    with noun:
        _box("Thing", "noun", workspace.event_nouns(EventFilter(verb=state["verb"]), LISTED), on_change)


def _box(label: str, name: str, terms: list[EventTerm], on_change: Callable[[], None]) -> None:
    names = {one.name: f"{one.name} ({one.events:,})" for one in terms}
    if st.session_state[name] not in names:
        st.session_state[name] = None
    st.selectbox(
        label,
        list(names),
        key=name,
        format_func=lambda one: shorten(names.get(str(one), str(one)), 60),
        placeholder="any",
        on_change=on_change,
    )
