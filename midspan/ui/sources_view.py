"""Sources and jobs: what was ingested, and ingesting more from the browser."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st

from midspan import Workspace
from midspan.platform.answers import SourceSummary
from midspan.ui import adding, jobs_panel, style
from midspan.ui.escaping import as_html, plain
from midspan.ui.kinds import KINDS
from midspan.ui.wording import byte_size, clock, counted

PAGE = 100


def render(workspace: Workspace) -> None:
    style.heading("Sources and jobs", "What is in this workspace, and how more gets into it.")
    counts = workspace.counts()
    headings = {"source": "Sources", "segment": "Segments"}
    headings |= {kind: view.heading for kind, view in KINDS.items()}
    with st.container(horizontal=True):
        for name, heading in headings.items():
            st.metric(heading, f"{counts[name]:,}", width=150)
    sources, jobs = st.tabs(["Sources", "Add and follow jobs"], key="sources-tab")
    with sources:
        _sources(workspace, counts["source"])
    with jobs:
        adding.render(workspace)
        jobs_panel.render(workspace)


def _sources(workspace: Workspace, total: int) -> None:
    if not total:
        style.empty("No sources yet", "Add files or a folder under “Add and follow jobs”.")
        return
    box, pager = st.columns([4, 2], vertical_alignment="bottom")
    contains = box.text_input("Title or path contains", key="contains", icon=":material/filter_alt:")
    pages = 1 if contains else -(-total // PAGE)
    page = pager.number_input("Page", 1, pages, key="page") if pages > 1 else 1
    found = workspace.sources(PAGE, (page - 1) * PAGE, contains)
    if not found:
        style.empty("No source with this in its title or path", "Try a shorter piece of its name.")
        return
    chosen = _table(found)
    if chosen is not None:
        _detail(workspace, chosen)
    else:
        st.caption("Choose a row to see the source.")


def _table(found: list[SourceSummary]) -> SourceSummary | None:
    """The sources as a table; returns the chosen one."""
    table = pd.DataFrame(
        {
            "Title": [plain(one.source.title) for one in found],
            "Kind": [one.source.kind for one in found],
            "Size": [byte_size(one.source.byte_count) for one in found],
            "Length": [_length(one) for one in found],
            "Segments": [one.segments for one in found],
            **{view.heading: [one.records[kind] for one in found] for kind, view in KINDS.items()},
            "State": [_state(one) for one in found],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(38 + 35 * len(found), 420),
        on_select="rerun",
        selection_mode="single-row",
        key="sources-table",
    )
    rows = [row for row in event["selection"]["rows"] if row < len(found)]
    return found[rows[0]] if rows else None


def _length(one: SourceSummary) -> str:
    return clock(one.seconds) if one.source.kind == "video" else f"{one.characters:,} characters"


def _found(one: SourceSummary) -> str:
    return ", ".join(KINDS[kind].counted(count) for kind, count in one.records.items() if count)


def _state(one: SourceSummary) -> str:
    """Complete, or at how many of its sentences or windows a stage failed."""
    if one.complete:
        return "complete"
    return f"partial: failed at {counted(one.failed, 'place')}" if one.failed else "not complete"


def _detail(workspace: Workspace, one: SourceSummary) -> None:
    with st.container(border=True):
        here = workspace.media_path(one.source.id)
        st.html(f'<span class="ms-title">{as_html(one.source.title)}</span>')
        style.pairs(
            {
                "Path": "\n".join(one.paths),
                "File": "as it was ingested" if here else "moved or changed since; ingest it again",
                "Media type": one.source.media_type,
                "SHA-256": one.source.id,
                "Added": datetime.fromtimestamp(one.source.added_at).strftime("%Y-%m-%d %H:%M"),
                "Found": _found(one),
                "State": _state(one) if one.complete else f"{_state(one)}; see its job, or ingest it again",
            }
        )
