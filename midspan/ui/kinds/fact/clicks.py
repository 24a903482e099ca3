"""Clicks on the drawing of facts: Streamlit reports none, so a listener on the page takes the browser's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

KEY = "fact-clicks"
CHART = "fact-graph"
"""Key of the container whose drawing is listened to."""

LISTENER = """
export default function ({ data, setTriggerValue }) {
  const told = ({ target }) => {
    const hit = target.closest?.(`.st-key-${data} :is(g.node, g.edge)`);
    if (hit?.id) setTriggerValue("clicked", hit.id);
  };
  document.addEventListener("click", told);
  return () => document.removeEventListener("click", told);
}
"""


@cache
def _component() -> Any:
    return st.components.v2.component("midspan_fact_clicks", js=LISTENER)


def listen(on_click: Callable[[str], None]) -> None:
    """Call it, before the page is drawn anew, with the id of the thing in the drawing that is clicked."""

    def clicked() -> None:
        value = st.session_state[KEY].clicked
        if isinstance(value, str):  # it comes from a browser
            on_click(value)

    _component()(key=KEY, data=CHART, on_clicked_change=clicked)
