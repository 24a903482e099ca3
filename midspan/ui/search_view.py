"""Search over documents and videos: hits on the left, the opened one on the right.

A search is in the page's address (``?q=``, ``kind``, ``media``, ``source``, ``verb``, ``noun``, ``group``,
``open``), so that it can be linked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import streamlit as st

from midspan import Workspace
from midspan.errors import MidspanError, NotFound
from midspan.platform.answers import Answer, Group, Hit, Snippet
from midspan.records import ActionEvent, SourceKind
from midspan.ui import passage, style
from midspan.ui.escaping import as_html, as_markdown, marked, shorten
from midspan.ui.kinds import LABELS
from midspan.ui.kinds.event import filtering
from midspan.ui.label import SEGMENTS
from midspan.ui.wording import counted, duration, place, query_spans

MEDIA = {"document": "Documents", "video": "Videos"}
GROUPS: dict[Group, str] = {"document": "by document", "sentence": "each place"}
STEP = 10
SOURCES = 500
EXAMPLES = ("pain caused by stones in the kidney", "who was born in Vienna", "something moving to the right")

FIELDS = ("q", "kind", "media", "source", "verb", "noun", "group")


QUERY = """
Words or a question, found by meaning too. More exactly:
`"left lung"` a phrase · `-heart` or `NOT heart` without it · `liver AND lung` · `liver OR lung` ·
`(groups)` · `hepat*` beginnings · `title:atlas` · `path:pdf` · `kind:event` · `page:3-5`.
A word that nothing has is looked for with one letter changed.
"""


def render(workspace: Workspace) -> None:
    style.heading("Search", "By words and by meaning, across the text of documents and the events of videos.")
    _restore()
    query = _question(workspace)
    opened = st.query_params.get("open", "")
    if workspace.warming_up and not query:
        _loading(workspace)
    if not workspace.counts().get("source"):
        style.empty("Nothing has been ingested yet", "Add files on the page “Sources and jobs”.")
        return
    if not query and not opened:
        _examples()
        return
    left, right = st.columns([6, 7], gap="medium")
    with left:
        hits = _results(workspace, query) if query else []
    if not opened and hits:
        opened = hits[0].record
    with right:
        _opened(workspace, opened)


@st.fragment(run_every=1.0)
def _loading(workspace: Workspace) -> None:
    """Says so as long as it lasts."""
    if not workspace.warming_up:
        st.rerun()
    st.caption(":material/hourglass_top: The text encoder is loading; a search waits for it.")


def _restore() -> None:
    """Give the widgets what the address says, or what they held before another page was looked at."""
    kept = st.session_state.setdefault("search", {})
    state = st.session_state
    for name in FIELDS:
        if name not in state:
            state[name] = st.query_params.get(name, kept.get(name, ""))
    if state["kind"] not in LABELS:
        state["kind"] = None
    if state["media"] not in MEDIA:
        state["media"] = None
    for name in filtering.FIELDS:
        state[name] = state[name] or None
    if state["group"] not in GROUPS:
        state["group"] = None


def _question(workspace: Workspace) -> str:
    """The box and the filters; returns the query."""
    box, kind, media, source, group = st.columns([5, 2, 2, 3, 2], vertical_alignment="bottom")
    query = box.text_input(
        "Search for",
        key="q",
        placeholder="words, a question, or a “phrase”",
        help=QUERY,
        icon=":material/search:",
        on_change=_close,
    )
    kind.selectbox(
        "Kind", list(LABELS), key="kind", format_func=_kind_name, placeholder="any", on_change=_close
    )
    media.selectbox(
        "In", list(MEDIA), key="media", format_func=_media_name, placeholder="all", on_change=_close
    )
    titles = {one.source.id: one.source.title for one in workspace.sources(SOURCES)}
    if st.session_state["source"] not in titles:
        st.session_state["source"] = None
    source.selectbox(
        "Source",
        list(titles),
        key="source",
        format_func=lambda one: shorten(titles[one], 60),
        placeholder="any",
        on_change=_close,
    )
    if st.session_state["kind"] == ActionEvent.kind:
        filtering.boxes(workspace, _close)
    else:
        st.session_state["verb"] = st.session_state["noun"] = None
    group.selectbox(
        "Hits",
        list(GROUPS),
        key="group",
        format_func=_group_name,
        placeholder=GROUPS[_group()],
        help="A document or video with its best places is one hit, or each place by itself. "
        "With a kind each place is one, unless you choose.",
        on_change=_close,
    )
    for name in FIELDS:
        value = st.session_state[name] or ""
        st.session_state["search"][name] = value
        _put(name, value)
    return query.strip()


def _kind_name(kind: str) -> str:
    return LABELS[kind].title


def _media_name(media: str) -> str:
    return MEDIA[media]


def _group_name(group: Group) -> str:
    return GROUPS[group]


def _group() -> Group:
    """As chosen; else as :meth:`Workspace.search` does by itself."""
    chosen = cast("Group | None", st.session_state["group"])
    return chosen or ("sentence" if st.session_state["kind"] else "document")


def _put(name: str, value: str) -> None:
    """Set or remove a part of the address."""
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def _close() -> None:
    """Another question: the opened hit and the number of hits begin anew."""
    _put("open", "")
    st.session_state["limit"] = STEP


def _open(record_id: str) -> None:
    st.query_params["open"] = record_id


def _examples() -> None:
    style.empty("What do you want to find?", "Type above, or begin with one of these.")
    for number, example in enumerate(EXAMPLES):
        st.button(
            example,
            key=f"example-{number}",
            icon=":material/search:",
            type="tertiary",
            on_click=_ask,
            args=(example,),
        )


def _ask(query: str) -> None:
    st.session_state["q"] = query
    _close()


def _results(workspace: Workspace, query: str) -> list[Hit]:
    """The hits, drawn as cards."""
    state = st.session_state
    limit = state.setdefault("limit", STEP)
    with st.spinner("Waiting for the text encoder …" if workspace.warming_up else "Searching …"):
        answer: Answer = workspace.search(
            query,
            kinds=[state["kind"]] if state["kind"] else [],
            source_kind=cast("SourceKind | None", state["media"]),
            source_ids=[state["source"]] if state["source"] else [],
            verb=state["verb"],
            noun=state["noun"],
            limit=limit,
            group=_group(),
        )
    if not answer.close:
        style.empty("Nothing close", "Nothing here means something like it, or has most of its words.")
        return []
    if not answer.hits:
        style.empty("No hits", "Try other words, or take the filters off.")
        return []
    counted_as = "document" if _group() == "document" else "hit"
    st.caption(f"{counted(len(answer.hits), counted_as)} in {duration(answer.milliseconds)}")
    opened = st.query_params.get("open", "") or answer.hits[0].record
    segments = [hit.record for hit in answer.hits if hit.kind in SEGMENTS]
    scenes = workspace.scene_pictures(segments) if segments else {}
    for number, hit in enumerate(answer.hits):
        _card(number, hit, query, hit.record == opened, _picture(workspace, hit, scenes))
    if len(answer.hits) == limit:
        st.button("More hits", icon=":material/expand_more:", on_click=_more)
    return list(answer.hits)


def _more() -> None:
    st.session_state["limit"] += STEP


def _picture(workspace: Workspace, hit: Hit, scenes: Mapping[str, str]) -> str:
    """HTML of a moment of a video, or of the scene that a sentence describes; empty for other hits."""
    if hit.kind == "window":
        jpeg = workspace.thumbnail(hit.record)
        return style.picture(jpeg) if jpeg else ""
    svg = workspace.scene_picture(hit.record) if hit.kind == "scene" else scenes.get(hit.record)
    return style.svg_picture(svg, hit.text) if svg else ""


def _card(number: int, hit: Hit, query: str, chosen: bool, picture: str) -> None:
    """One hit: what it says, where, and why it was found."""
    text = marked(hit.text, query_spans(query, hit.text))
    with st.container(border=True, key=f"{'chosen' if chosen else 'hit'}-{number}"):
        body, action = st.columns([6, 1], vertical_alignment="center")
        body.html(
            f'<div class="ms-hit">{picture}<div>'
            f'{LABELS[hit.kind].badge}<span class="ms-title">{as_html(hit.title)}</span> '
            f'<span class="ms-meta">{as_html(place(hit.unit, hit.start, hit.end, hit.page))}</span>'
            f'<div class="ms-text ms-clip" dir="auto">{text}</div>'
            f'<div class="ms-meta">{as_html(hit.why)}</div></div></div>'
        )
        action.button(
            "Open",
            key=f"open-{number}",
            type="tertiary",
            disabled=chosen,
            on_click=_open,
            args=(hit.record,),
        )
        for place_number, snippet in enumerate(hit.snippets):
            _snippet(f"{number}-{place_number}", snippet, query)


def _snippet(key: str, snippet: Snippet, query: str) -> None:
    """A further place of the hit's document or video."""
    text = marked(snippet.text, query_spans(query, snippet.text))
    body, action = st.columns([6, 1], vertical_alignment="center")
    body.html(
        f'<div class="ms-snippet"><span class="ms-meta">{LABELS[snippet.kind].badge}'
        f"{as_html(place(snippet.unit, snippet.start, snippet.end, snippet.page))}</span>"
        f'<div class="ms-text ms-clip" dir="auto">{text}</div></div>'
    )
    action.button("Open", key=f"open-{key}", type="tertiary", on_click=_open, args=(snippet.record,))


def _opened(workspace: Workspace, record_id: str) -> None:
    if not record_id:
        return
    with st.container(border=True, key="opened"):
        try:
            passage.render(workspace, record_id, _open)
        except NotFound:
            st.warning("This passage is not there any more; its source may have changed since.")
        except MidspanError as error:
            st.error(as_markdown(str(error)))
