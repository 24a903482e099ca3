"""Gauges on the pages."""

from __future__ import annotations

import streamlit as st
from midspan.records.kinds.gauge import Gauge

from midspan import Workspace
from midspan.ui.escaping import as_html
from midspan.ui.kinds.view import KindView


def card(workspace: Workspace, gauge: Gauge, badge: str) -> None:
    st.html(f"{badge}reads <b>{gauge.value:g} {as_html(gauge.unit_symbol)}</b>")


VIEW = KindView(title="Gauge", colour="#7c3aed", record=Gauge, card=card)
