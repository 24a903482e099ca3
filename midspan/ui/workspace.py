"""The one workspace of the process that serves the UI; tests put another in its place."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace


@st.cache_resource(show_spinner="Opening the workspace …")
def open_workspace() -> Workspace:
    """The workspace that the environment names, opened once for all browser tabs; the models that searches
    take are loaded while the first page is looked at."""
    workspace = Workspace.open()
    workspace.warm_up()
    return workspace
