"""One record or segment, opened: its place in the source, pictures, and who says what about it."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError
from midspan.platform.answers import Shown
from midspan.records import ActionEvent, AtlasGrounding, Fact, Record, SceneArrangement
from midspan.ui import style
from midspan.ui.escaping import as_html, as_markdown, marked
from midspan.ui.wording import clock, place

OpenRecord = Callable[[str], None]

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
        f'{style.badge(shown.kind)}<span class="ms-title">{as_html(shown.source.title)}</span>'
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
    """HTML of the text around, with the sentence plain and its place marked (for a fact its three parts)."""
    offset = int(shown.segment.start)
    if isinstance(shown.record, Fact):
        slots = (shown.record.subject, shown.record.predicate, shown.record.object)
        places = [(slot.start, slot.end) for slot in slots if slot.start < slot.end]
    elif shown.record is not None:
        places = [(int(shown.record.provenance.start), int(shown.record.provenance.end))]
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
    with st.container(border=True):
        if isinstance(record, SceneArrangement):
            satisfied = sum(relation.satisfied for relation in record.relations)
            words = f"{satisfied} of {len(record.relations)} stated relations hold in the layout"
            st.html(f'{style.badge("scene")}<span class="ms-meta">{as_html(words)}</span>')
            st.image(workspace.scene_picture(record.id), width="stretch")
        elif isinstance(record, AtlasGrounding):
            where = record.organ if record.status == "grounded" and record.organ else "abstained"
            st.html(
                f'{style.badge("atlas")}<b>{as_html(where)}</b><div class="ms-meta">{_point(record)}</div>'
            )
        elif isinstance(record, Fact):
            st.html(f"{style.badge('fact')}{triple(record)}<div class='ms-meta'>{_link(record)}</div>")
        elif isinstance(record, ActionEvent):
            st.html(f'{style.badge("event")}{as_html(record.text)}<div class="ms-meta">{_span(record)}</div>')


def triple(fact: Fact) -> str:
    """HTML of a fact's three parts."""
    arrow = {"affirmed": "→", "negated": "not →", "hedged": "perhaps →"}[fact.polarity]
    return (
        f"<b>{as_html(fact.subject.name)}</b> {as_html(fact.predicate.name)} {arrow} "
        f"<b>{as_html(fact.object.name)}</b>"
    )


def _link(fact: Fact) -> str:
    slots = (fact.subject, fact.predicate, fact.object)
    uids = [slot.uid or (slot.literal or "not in the knowledge graph") for slot in slots]
    return as_html(f"{fact.polarity}, confidence {fact.score:.2f} · {' · '.join(uids)}")


def _point(grounding: AtlasGrounding) -> str:
    words = [grounding.reason]
    if grounding.x_mm is not None and grounding.y_mm is not None and grounding.z_mm is not None:
        words.append(f"({grounding.x_mm:.0f}, {grounding.y_mm:.0f}, {grounding.z_mm:.0f}) mm")
    if grounding.laterality != "none":
        words.append(grounding.laterality)
    words.append(f"probability {grounding.score:.2f}")
    return as_html(" · ".join(words))


def _span(event: ActionEvent) -> str:
    span = place("s", event.provenance.start, event.provenance.end)
    return as_html(f"{span}, score {event.score:.2f}")


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
