"""Facts: the graph as a picture and a table, the sentences behind an edge, and a Cypher box."""

from __future__ import annotations

from typing import cast

import pandas as pd
import streamlit as st

from midspan import Workspace
from midspan.errors import NotFound
from midspan.platform.answers import Shown
from midspan.records import Fact
from midspan.ui import style
from midspan.ui.escaping import as_html, marked, plain, shorten
from midspan.ui.kinds.fact import cypher_box, graph
from midspan.ui.kinds.fact.card import places
from midspan.ui.kinds.fact.graph import Edge
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import counted, place


def render(workspace: Workspace, on_open: OpenRecord) -> None:
    style.heading(
        "Facts", "What sentences state, merged over all sources. Blue: known to the knowledge graph."
    )
    if not workspace.counts().get("fact"):
        style.empty("No facts yet", "Facts come from ingested documents; add some under “Sources and jobs”.")
        return
    drawing, console = st.tabs(["Graph", "Cypher"])
    with drawing:
        _graph(workspace, on_open)
    with console:
        cypher_box.render(workspace)


def _graph(workspace: Workspace, on_open: OpenRecord) -> None:
    who, known, _ = st.columns([4, 3, 3], vertical_alignment="bottom")
    with st.spinner("Reading the graph …"):
        names = graph.entities(workspace)
    entity = who.selectbox(
        "Entity",
        list(names),
        index=None,
        format_func=lambda uid: shorten(names[uid], 80),
        placeholder="all; type a name",
        key="entity",
    )
    linked = known.toggle("Only fully linked facts", value=entity is None, key=f"linked-{entity is None}")
    with st.spinner("Reading the facts …"):
        found = graph.edges(workspace, entity or "", linked)
    if not found:
        style.empty("No such facts", "Choose another entity, or show facts that are not fully linked too.")
        return
    drawn = _drawn(found, entity is None)
    picture, table = st.columns([6, 5], gap="medium")
    with table:
        chosen = _choose(found)
    with picture, st.container(border=True, height=470):
        st.graphviz_chart(graph.as_graphviz(drawn, chosen.assertion), width="stretch")
    picture.caption(f"{counted(len(drawn), 'fact')} drawn of {len(found)} listed, the best supported first.")
    _evidence(workspace, chosen, on_open)


def _drawn(found: list[Edge], overview: bool) -> list[Edge]:
    """Few enough to be read; in the overview those that join two entities."""
    if not overview:
        return found[: graph.DRAWN_LIMIT]
    joining = [edge for edge in found if edge.object is not None]
    return (joining or found)[: graph.DRAWN_LIMIT // 2]


def _choose(found: list[Edge]) -> Edge:
    """The table of facts; the first one is chosen until another is."""
    table = pd.DataFrame(
        {
            "Subject": [plain(edge.subject_name) for edge in found],
            "Predicate": [_predicate(edge) for edge in found],
            "Object": [plain(edge.object_name) for edge in found],
            "×": [edge.support for edge in found],
            "Conf.": [round(edge.confidence, 2) for edge in found],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=470,
        on_select="rerun",
        selection_mode="single-row",
        key="edges",
        column_config={
            "×": st.column_config.NumberColumn(help="Sentences that say so", width=40),
            "Conf.": st.column_config.NumberColumn(help="Confidence of the best of them", width=60),
            "Predicate": st.column_config.TextColumn(width=110),
        },
    )
    st.caption("Choose a row to read the sentences behind it.")
    rows = [row for row in event["selection"]["rows"] if row < len(found)]
    return found[rows[0]] if rows else found[0]


def _predicate(edge: Edge) -> str:
    words = {"negated": "not: ", "hedged": "perhaps: "}.get(edge.polarity, "")
    return plain(f"{words}{edge.predicate}")


def _evidence(workspace: Workspace, edge: Edge, on_open: OpenRecord) -> None:
    st.html(
        f'<b>Evidence</b> <span class="ms-meta">{as_html(edge.subject_name)} · {as_html(_predicate(edge))} · '
        f"{as_html(edge.object_name)}</span>"
    )
    for number, fact_id in enumerate(graph.mentions(workspace, edge.assertion)):
        try:
            shown = workspace.show(fact_id, context=0)
        except NotFound:  # its source changed since the graph was read
            continue
        _sentence(number, shown, on_open)


def _sentence(number: int, shown: Shown, on_open: OpenRecord) -> None:
    """A sentence with the fact's three parts marked, and where it comes from."""
    fact, segment = cast("Fact", shown.record), shown.segment
    offset = int(segment.start)
    spans = [(start - offset, end - offset) for start, end in places(fact)]
    model = f"{shown.run.stage} {shown.run.model}".strip() if shown.run else ""
    where = place(segment.unit, segment.start, segment.end, segment.page)
    with st.container(border=True):
        body, action = st.columns([8, 1], vertical_alignment="center")
        body.html(
            f'<div class="ms-text" dir="auto">{marked(shown.text, spans)}</div>'
            f'<div class="ms-meta">{as_html(shown.source.title)} · {as_html(where)} · '
            f"confidence {fact.score:.2f} · {as_html(model)}</div>"
            f'<div class="ms-meta">{as_html(_links(fact))}</div>'
        )
        if action.button("Open", key=f"evidence-{number}", type="tertiary"):
            on_open(fact.id)


def _links(fact: Fact) -> str:
    """What the three parts link to: ids of the knowledge graph, or why there is none."""
    return " · ".join(
        f"{shorten(slot.surface, 40)}: {slot.uid or slot.literal or 'not in the knowledge graph'}"
        for slot in (fact.subject, fact.predicate, fact.object)
    )
