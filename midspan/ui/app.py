"""The browser UI: a few pages over one workspace. Run with ``midspan ui``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError
from midspan.ui import passage, search_view, sources_view, style, workspace
from midspan.ui.escaping import as_markdown
from midspan.ui.kinds import KINDS
from midspan.ui.kinds.view import Page


def page(render: Callable[[Workspace], None]) -> Callable[[], None]:
    """A page that shows an expected error as a message and goes on when it is gone."""

    def run() -> None:
        try:
            render(workspace.open_workspace())
        except MidspanError as error:
            st.error(as_markdown(str(error)), icon=":material/error:")
            st.button("Try again", icon=":material/refresh:")

    return run


def of_kind(page: Page) -> Callable[[Workspace], None]:
    """A kind's page, which opens its records over itself."""
    return lambda workspace: page.render(workspace, partial(passage.in_dialog, workspace))


def main() -> None:
    st.set_page_config(page_title="midspan", page_icon=style.ICON, layout="wide")
    style.apply_style()
    kinds = [view.page for view in KINDS.values() if view.page is not None]
    pages = (
        ("Search", "search", ":material/search:", search_view.render),
        *((one.title, one.address, one.icon, of_kind(one)) for one in kinds),
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
