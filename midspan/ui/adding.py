"""Add sources: upload files from the browser, or name a path on the server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError
from midspan.ui.escaping import as_markdown


def render(workspace: Workspace) -> None:
    if workspace.read_only:
        st.info("This workspace is read-only: nothing can be added.", icon=":material/lock:")
        return
    _outcome()
    upload, path = st.columns(2, gap="medium")
    with upload, st.form("upload", clear_on_submit=True):
        files = st.file_uploader("Files from this computer", accept_multiple_files=True, key="files")
        if st.form_submit_button("Upload and ingest", icon=":material/upload:", type="primary"):
            _take(workspace, files)
    with path, st.form("path", clear_on_submit=True):
        named = st.text_input("A file or folder on the server", placeholder="/data/papers", key="path")
        if st.form_submit_button("Ingest", icon=":material/folder_open:", type="primary"):
            _submit(
                workspace, [Path(named.strip())] if named.strip() else [], "Name a path first.", named=True
            )


def _take(workspace: Workspace, files: Sequence[st.runtime.uploaded_file_manager.UploadedFile]) -> None:
    paths = []
    for file in files:
        with st.spinner("Keeping the upload …"):
            paths.append(workspace.upload(file.name, file))
    _submit(workspace, paths, "Choose files first.")


def _submit(workspace: Workspace, paths: list[Path], otherwise: str, *, named: bool = False) -> None:
    """Hand the paths to a worker; the outcome is told after the rerun. Those that somebody ``named`` must lie
    where the browser may look."""
    state = st.session_state
    if not paths:
        state["added"] = (False, otherwise)
    else:
        try:
            with st.spinner("Handing over to a worker …"):
                job_id = workspace.submit(list(map(workspace.nameable, paths)) if named else paths)
            state["added"] = (True, f"Job {job_id} was handed to a worker.")
        except MidspanError as error:
            state["added"] = (False, str(error))
    st.rerun()


def _outcome() -> None:
    """What became of the last form, said once."""
    place = st.container()  # always there, so that nothing below moves when the message goes
    if "added" in st.session_state:
        ok, message = st.session_state.pop("added")
        (place.success if ok else place.warning)(as_markdown(message))
