"""One record or segment, opened: its place in the source, pictures, and who says what about it."""

from __future__ import annotations

import re

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError
from midspan.platform.answers import Shown
from midspan.records import Record
from midspan.ui import style
from midspan.ui.escaping import as_html, as_markdown, marked
from midspan.ui.kinds import KINDS, LABELS
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import clock, place

CONTEXT = 280
"""Characters on either side of a place."""
WORD = 30
"""A word that is cut by the context's border is left out if no longer than this."""
ALIKE = 0.3
"""Cosine from which on another sentence is offered as one like this."""


def render(workspace: Workspace, record_id: str, on_open: OpenRecord | None = None) -> None:
    """Draw it; with ``on_open`` the moments and sentences like it can be opened in turn."""
    shown = workspace.show(record_id, context=CONTEXT)
    segment, record = shown.segment, shown.record
    start, end = (record.provenance.start, record.provenance.end) if record else (segment.start, segment.end)
    st.html(
        f'{LABELS[shown.kind].badge}<span class="ms-title">{as_html(shown.source.title)}</span>'
        f'<div class="ms-meta">{as_html(place(segment.unit, start, end, segment.page))}</div>'
    )
    if segment.unit == "s":
        _video(workspace, shown, start, end)
    else:
        st.html(f'<div class="ms-passage" dir="auto">{_context(shown)}</div>')
    if segment.page is not None:
        _page(workspace, shown, start, end)
    records = [*([record] if record else []), *shown.siblings]
    for one in records:
        _record(workspace, one)
    _similar(workspace, segment.id, segment.unit == "s", on_open)
    _provenance(shown)


@st.dialog("Passage", width="large")
def in_dialog(workspace: Workspace, record_id: str) -> None:
    """The same over the page that one is on."""
    try:
        render(workspace, record_id)
    except MidspanError as error:
        st.error(as_markdown(str(error)))


def _context(shown: Shown) -> str:
    """HTML of the text around, with the sentence plain and its places marked."""
    offset = int(shown.segment.start)
    if shown.record is not None:
        places = KINDS[shown.record.kind].places(shown.record)
    else:
        places = [(offset, int(shown.segment.end))]
    here = marked(_flowing(shown.text), [(start - offset, end - offset) for start, end in places])
    return (
        f'<span class="ms-around">{as_html(_from_a_word(_flowing(shown.before)))}</span>{here}'
        f'<span class="ms-around">{as_html(_to_a_word(_flowing(shown.after)))}</span>'
    )


def _from_a_word(before: str) -> str:
    """Text that was cut at its beginning, from the next whole word on."""
    if len(before) < CONTEXT:
        return before
    cut, _, rest = before.partition(" ")
    return "… " + (rest if len(cut) <= WORD else before)


def _to_a_word(after: str) -> str:
    """Text that was cut at its end, up to the last whole word."""
    if len(after) < CONTEXT:
        return after
    rest, _, cut = after.rpartition(" ")
    return (rest if len(cut) <= WORD else after) + " …"


def _flowing(text: str) -> str:
    """With a space for each single line break, which in stored text means no more than that."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", text)


def _page(workspace: Workspace, shown: Shown, start: float, end: float) -> None:
    number = shown.segment.page or 1
    try:
        with st.spinner("Drawing the page …"):
            png = workspace.page_picture(shown.source.id, number, start, end)
    except MidspanError as error:
        st.warning(f"No picture of page {number}: {as_markdown(str(error))}", icon=":material/draft:")
    else:
        st.image(png, caption=f"Page {number}", width="stretch")


def _video(workspace: Workspace, shown: Shown, start: float, end: float) -> None:
    path = workspace.media_path(shown.source.id)
    if path is not None:
        st.video(str(path), start_time=start, end_time=end, muted=True)
        st.caption(f"Plays from {clock(start)}.")
        return
    st.warning("The video has moved or changed; ingest it again where it is now.", icon=":material/movie:")
    jpeg = workspace.thumbnail(shown.segment.id)
    if jpeg is not None:
        st.image(jpeg, caption="What was kept of this moment")


def _record(workspace: Workspace, record: Record) -> None:
    """What one model says here."""
    view = KINDS[record.kind]
    with st.container(border=True):
        view.card(workspace, record, view.badge)


def _similar(workspace: Workspace, segment_id: str, visual: bool, on_open: OpenRecord | None) -> None:
    try:
        hits = workspace.similar(segment_id, limit=4).hits
    except MidspanError:  # no vector: nothing to compare with
        return
    hits = tuple(hit for hit in hits if visual or hit.score >= ALIKE)
    if not hits:
        return
    st.markdown("**Moments that look like this**" if visual else "**Sentences like this**")
    for number, hit in enumerate(hits):
        text, action = st.columns([5, 1], vertical_alignment="center")
        jpeg = workspace.thumbnail(hit.record) if visual else None
        words = hit.text if not visual else ""
        text.html(
            f'<div class="ms-hit">{style.picture(jpeg) if jpeg else ""}<div>'
            f'<div class="ms-clip">{as_html(words)}</div><div class="ms-meta">{as_html(hit.title)} · '
            f"{as_html(place(hit.unit, hit.start, hit.end, hit.page))} · {as_html(hit.why)}</div></div></div>"
        )
        if on_open is not None:
            action.button("Open", key=f"similar-{number}", on_click=on_open, args=(hit.record,))


def _provenance(shown: Shown) -> None:
    run = shown.run
    with st.expander("Provenance", icon=":material/history:"):
        style.pairs(
            {
                "Source": shown.source.title,
                "Path": "\n".join(shown.paths) or "gone",
                "Media type": shown.source.media_type,
                "SHA-256": shown.source.id,
                "Said by": f"{run.stage} version {run.stage_version}" if run else "",
                "Model": run.model if run else "",
                "Weights": run.weights_sha256 if run else "",
                "Record": shown.id,
                "Segment": shown.segment.id,
            }
        )
