"""Facts: entities that bring their neighbours, a table, the evidence of a fact, and a Cypher box."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from midspan import Workspace
from midspan.platform.answers import FactEdge, FactEdges
from midspan.records import digest
from midspan.ui import style
from midspan.ui.escaping import plain
from midspan.ui.kinds.fact import choosing, clicks, cypher_box, evidence, graph
from midspan.ui.kinds.fact.choosing import Choice
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import counted

LISTED = 200
HEIGHT = 500
"""Pixels of the drawing and of the table."""
LEAD = "What sentences state, merged over all sources. Blue: known to the knowledge graph."


def render(workspace: Workspace, on_open: OpenRecord) -> None:
    style.heading("Facts", LEAD)
    if not workspace.counts().get("fact"):
        style.empty("No facts yet", "Facts come from ingested documents; add some under “Sources and jobs”.")
        return
    drawing, console = st.tabs(["Graph", "Cypher"])
    with drawing:
        _graph(workspace, on_open)
    with console:
        cypher_box.render(workspace)


def _graph(workspace: Workspace, on_open: OpenRecord) -> None:
    choice = choosing.choose(workspace)
    with st.spinner("Reading the facts …"):
        listed = workspace.fact_edges(choice.listed, LISTED)
        drawn = _drawn(workspace, choice)
    if not drawn.edges:
        style.empty("No such facts", "Choose another entity, or loosen the filters.")
        return
    chosen = _chosen(workspace, choice, (*listed.edges, *drawn.edges))
    picture, table = st.columns([6, 5], gap="medium")
    with picture:
        _picture(choice, drawn, chosen)
    with table:
        _table(listed)
    evidence.render(workspace, choice.where, chosen, on_open)


def _drawn(workspace: Workspace, choice: Choice) -> graph.Drawn:
    if choice.opened:
        return graph.around(workspace, choice.where, choice.opened)
    return graph.overview(workspace, choice.where)


def _chosen(workspace: Workspace, choice: Choice, there: tuple[FactEdge, ...]) -> FactEdge:
    """The fact of the address, also where it is neither listed nor drawn; the first one without."""
    if choice.fact:
        for edge in there:
            if edge.fact == choice.fact:
                return edge
        from_link = workspace.fact_edges(choice.chosen, 1).edges
        if from_link:
            return from_link[0]
    return there[0]


def _picture(choice: Choice, drawn: graph.Drawn, chosen: FactEdge) -> None:
    with st.container(border=True, height=HEIGHT, key=clicks.CHART):
        st.graphviz_chart(graph.as_graphviz(drawn, chosen.fact, choice.entity), width="stretch")
    said, action = st.columns([5, 2])
    said.caption(
        f"{counted(len(drawn.edges), 'fact')} drawn. Click an entity to bring its neighbours, a fact to read "
        "its sentences. Dashed: denied or said with reserve."
    )
    if choice.entity and set(drawn.opened) != {choice.entity}:
        action.button(
            "Only this entity",
            key="fact-only",
            type="tertiary",
            on_click=choosing.only,
            args=(choice.entity,),
        )
    clicks.listen(partial(choosing.clicked, drawn))


def _table(listed: FactEdges) -> None:
    """The facts that are listed; a row that is chosen opens its evidence."""
    found = listed.edges
    table = pd.DataFrame(
        {
            "Subject": [plain(edge.subject_name) for edge in found],
            "Predicate": [plain(graph.predicate(edge)) for edge in found],
            "Object": [plain(edge.object_name) for edge in found],
            "×": [edge.support for edge in found],
            "Conf.": [round(edge.confidence, 2) for edge in found],
        }
    )
    facts = [edge.fact for edge in found]
    # A table of other facts is another table: a row that was chosen in one is none of the other's.
    key = f"fact-rows-{digest(*facts)[:12]}"
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=HEIGHT,
        on_select=partial(_selected, key, facts),
        selection_mode="single-row",
        key=key,
        column_config={
            "Subject": st.column_config.TextColumn(width=118),
            "Predicate": st.column_config.TextColumn(width=96),
            "Object": st.column_config.TextColumn(width=112),
            "×": st.column_config.NumberColumn(help="Sentences that say so", width=32),
            "Conf.": st.column_config.NumberColumn(help="Confidence of the best of them", width=48),
        },
    )
    st.caption(f"{len(found):,} of {counted(listed.total, 'fact')}, the best supported first.")


def _selected(key: str, facts: list[str]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    choosing.look_into(facts[rows[0]] if rows and rows[0] < len(facts) else "")
