"""An event where a passage is shown."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.models.action.wording import sentence
from midspan.records import ActionEvent
from midspan.ui.escaping import as_html
from midspan.ui.wording import place

TOLD = 3
"""Answers that are shown."""


def card(workspace: Workspace, event: ActionEvent, badge: str) -> None:
    span = place("s", event.provenance.start, event.provenance.end)
    words = ", ".join([span, f"score {event.score:.2f}", *event.modalities])
    st.html(
        f'{badge}{as_html(event.text)}<div class="ms-meta">{as_html(words)}</div>'
        f'<div class="ms-meta">{as_html(answers_in_words(event))}</div>'
    )


def answers_in_words(event: ActionEvent) -> str:
    """What it may be, as ``puts the star into something 61 %; covers ...``; empty for a motion."""
    return "; ".join(
        f"{sentence(one.verb, [one.noun] if one.noun else [])} {one.probability:.0%}"
        for one in event.answers[:TOLD]
    )
