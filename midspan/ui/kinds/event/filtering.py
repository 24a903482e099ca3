"""Verb and thing, to filter a search for events by; in the page's address as ``verb`` and ``noun``."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from midspan import Workspace
from midspan.platform.answers import EventFilter
from midspan.ui.kinds.event.term_box import LISTED, term_box

FIELDS = ("verb", "noun")


def boxes(workspace: Workspace, on_change: Callable[[], None]) -> None:
    """Draw them; what is chosen stands in the session's ``verb`` and ``noun``."""
    verb, noun = st.columns(2)
    state = st.session_state
    with verb:
        term_box("Verb", "verb", workspace.event_verbs(EventFilter(noun=state["noun"]), LISTED), on_change)
    with noun:
        term_box("Thing", "noun", workspace.event_nouns(EventFilter(verb=state["verb"]), LISTED), on_change)
