"""An event where a passage is shown."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.records import ActionEvent
from midspan.ui.escaping import as_html
from midspan.ui.wording import place


def card(workspace: Workspace, event: ActionEvent, badge: str) -> None:
    span = place("s", event.provenance.start, event.provenance.end)
    words = f"{span}, score {event.score:.2f}"
    st.html(f'{badge}{as_html(event.text)}<div class="ms-meta">{as_html(words)}</div>')
