"""A box to choose a verb or a thing from, with how many events have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from midspan.platform.answers import EventTerm
from midspan.ui.escaping import shorten

LISTED = 300
"""Names in a box; one that is chosen is there besides."""


def term_box(
    label: str, key: str, terms: Sequence[EventTerm], on_change: Callable[[], None] | None = None
) -> str | None:
    """What is chosen stands in the session under ``key``."""
    names = {one.name: f"{one.name} ({one.events:,})" for one in terms}
    chosen: str | None = st.session_state.get(key)
    if chosen is not None:
        names.setdefault(chosen, chosen)
    picked: str | None = st.selectbox(
        label,
        list(names),
        key=key,
        format_func=lambda one: shorten(names.get(str(one), str(one)), 60),
        placeholder="any",
        on_change=on_change,
    )
    return picked
