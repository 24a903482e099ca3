"""The browser UI: four pages over one workspace. Run with ``midspan ui``."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError
from midspan.ui import atlas_view, facts_view, search_view, sources_view, style, workspace
from midspan.ui.escaping import as_markdown


def page(render: Callable[[Workspace], None]) -> Callable[[], None]:
    """A page that shows an expected error as a message and goes on when it is gone."""

    def run() -> None:
        try:
            render(workspace.open_workspace())
        except MidspanError as error:
            st.error(as_markdown(str(error)), icon=":material/error:")
            st.button("Try again", icon=":material/refresh:")

    return run


def main() -> None:
    st.set_page_config(page_title="midspan", page_icon=style.ICON, layout="wide")
    style.apply_style()
    pages = (
        ("Search", "search", ":material/search:", search_view.render),
        ("Facts", "facts", ":material/graph_2:", facts_view.render),
        ("Atlas", "atlas", ":material/accessibility_new:", atlas_view.render),
        ("Sources and jobs", "sources", ":material/folder_open:", sources_view.render),
    )
    st.navigation(
        [
            st.Page(page(render), title=title, icon=icon, url_path=path, default=path == "search")
            for title, path, icon, render in pages
        ],
        position="top",
    ).run()


main()
