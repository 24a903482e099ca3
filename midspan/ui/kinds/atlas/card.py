"""An atlas place inside a passage: the organ, the point in mm, and how sure that is."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.records import AtlasGrounding
from midspan.ui.escaping import as_html


def card(workspace: Workspace, place: AtlasGrounding, badge: str) -> None:
    where = place.organ if place.status == "grounded" and place.organ else "abstained"
    st.html(f'{badge}<b>{as_html(where)}</b><div class="ms-meta">{as_html(_words(place))}</div>')


def _words(place: AtlasGrounding) -> str:
    words = [place.reason]
    if place.x_mm is not None and place.y_mm is not None and place.z_mm is not None:
        words.append(f"({place.x_mm:.0f}, {place.y_mm:.0f}, {place.z_mm:.0f}) mm")
    if place.laterality != "none":
        words.append(place.laterality)
    words.append(f"probability {place.score:.2f}")
    return " · ".join(words)
