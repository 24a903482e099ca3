"""Jobs: progress while they run, failures with their reasons, retry and cancel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Literal

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError
from midspan.platform.answers import JobView
from midspan.records import Failure
from midspan.ui import style
from midspan.ui.escaping import as_html, as_markdown
from midspan.ui.wording import ago, counted

SHOWN = 10
LISTED = 50
REASONS = 5
"""So many failures of a file are told."""
SECONDS = 1.0
OPEN = ("queued", "running")
ICONS = {
    "queued": "○",
    "running": "●",
    "done": "✓",
    "failed": "✗",
    "cancelled": "–",
    "interrupted": "!",
}
ENDS = {"failed": ("failed", ":material/error:"), "partial": ("done in part", ":material/warning:")}
"""Words and icon for items that did not end well."""


def render(workspace: Workspace) -> None:
    """The latest jobs; looked at again every second while one of them runs."""
    running = any(job.state in OPEN for job in workspace.jobs(SHOWN))
    st.fragment(_list, run_every=SECONDS if running else None)(workspace, running)


def _list(workspace: Workspace, was_running: bool) -> None:
    jobs = workspace.jobs(SHOWN)
    if not jobs:
        style.empty("No jobs yet", "What you add above appears here with its progress.")
        return
    for job in jobs:
        _job(workspace, job)
    if was_running and not any(job.state in OPEN for job in jobs):
        st.rerun()  # the whole page: the counts have changed, and there is no need to look again


def _job(workspace: Workspace, job: JobView) -> None:
    with st.container(border=True, key=f"job-{job.id}"):
        head, action = st.columns([6, 1], vertical_alignment="center")
        name = ", ".join(PurePath(path).name or path for path in job.paths[:3])
        more = f" and {len(job.paths) - 3} more" if len(job.paths) > 3 else ""
        head.html(
            f'<span class="ms-title">{ICONS.get(job.state, "")} {as_html(name + more)}</span> '
            f'<span class="ms-meta">{as_html(job.state)} · {_tally(job)} · {ago(job.created_at)} · '
            f"{as_html(job.id)}</span>"
        )
        if not workspace.read_only:
            _buttons(workspace, job, action)
        if job.state in OPEN:
            share = (job.done + job.failed) / job.total if job.total else 0.0
            st.progress(min(1.0, share), text="Looking for files …" if job.discovering else None)
        if job.message:
            st.html(f'<div class="ms-meta">{as_html(job.message)}</div>')
        if job.state in OPEN and st.toggle("Why is it not done?", key=f"why-{job.id}"):
            _why(workspace, job)
        if job.failed:
            _failures(workspace, job, "failed")
        if job.partial:
            _failures(workspace, job, "partial")


def _why(workspace: Workspace, job: JobView) -> None:
    """What it waits for, and what to do about it."""
    found = workspace.why(job.id)
    lines = [*found.reasons, *(f"To do: {advice}" for advice in found.advice)]
    st.html("".join(f'<div class="ms-text">{as_html(line)}</div>' for line in lines))


def _tally(job: JobView) -> str:
    partial = f" ({job.partial:,} in part)" if job.partial else ""
    failed = f", {job.failed:,} failed" if job.failed else ""
    return f"{job.done:,} of {counted(job.total, 'file')} done{partial}{failed}"


def _buttons(workspace: Workspace, job: JobView, column: st.delta_generator.DeltaGenerator) -> None:
    if job.state in OPEN:
        if column.button("Cancel", key=f"cancel-{job.id}"):
            _do(lambda: workspace.cancel(job.id), "Asked to stop; what is done stays done.")
    elif _worth_a_retry(workspace, job) and column.button("Retry", key=f"retry-{job.id}"):
        _do(lambda: workspace.retry(job.id), "Put back in the queue.")


def _worth_a_retry(workspace: Workspace, job: JobView) -> bool:
    """Whether the same files may come to another end; where none may, what is to be mended is said."""
    if job.state in ("cancelled", "interrupted"):
        return True
    return bool(job.failed or job.partial) and any(
        group.retryable for group in workspace.why(job.id).failures
    )


def _failures(workspace: Workspace, job: JobView, state: Literal["failed", "partial"]) -> None:
    items = workspace.job_items(job.id, state=state)
    words, icon = ENDS[state]
    with st.expander(f"{counted(len(items), 'file')} {words}", icon=icon, expanded=True):
        for item in items[:LISTED]:
            reasons = "".join(_reason(failure) for failure in item.failures[:REASONS])
            if len(item.failures) > REASONS:
                reasons += f'<div class="ms-meta">and {len(item.failures) - REASONS:,} more</div>'
            st.html(f'<span class="ms-title">{as_html(PurePath(item.path).name)}</span>{reasons}')
        if len(items) > LISTED:
            st.caption(f"The first {LISTED} are listed; `midspan jobs show {job.id}` lists all.")


def _reason(failure: Failure) -> str:
    """HTML of what went wrong in one stage."""
    again = "worth a retry" if failure.retryable else "a retry will not help"
    place = f"{failure.place} · " if failure.place else ""
    return (
        f'<div class="ms-text">{as_html(failure.message)}</div>'
        f'<div class="ms-meta">{place}{as_html(failure.kind)} in {as_html(failure.stage)} · {again}</div>'
    )


def _do(action: Callable[[], object], done: str) -> None:
    """Carry out a button's wish and look again."""
    try:
        action()
    except MidspanError as error:
        st.error(as_markdown(str(error)))
    else:
        st.toast(done)
        st.rerun()
