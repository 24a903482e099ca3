"""A box for typed-in Cypher, with examples and the answer as a table."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from midspan import Workspace
from midspan.errors import CypherRefused, MidspanError, QueryTimeout
from midspan.platform.answers import Rows
from midspan.records import BELIEVED
from midspan.ui import style
from midspan.ui.escaping import as_markdown, plain
from midspan.ui.wording import counted

ROW_LIMIT = 500
SECONDS = 10.0

EXAMPLES = {
    "Best supported facts": (
        "MATCH (s:Entity)-[f:FACT]->(o:Entity)\n"
        f"WHERE f.polarity = 'affirmed' AND f.confidence >= {BELIEVED}\n"
        "RETURN s.name AS subject, f.name AS predicate, o.name AS object, f.support AS sentences\n"
        "ORDER BY sentences DESC, subject, predicate, object LIMIT 20"
    ),
    "About a name": (
        "MATCH (e:Entity)-[f:FACT]-(o:Entity)\n"
        "WHERE toLower(e.name) CONTAINS 'curie'\n"
        "RETURN e.name AS entity, f.name AS predicate, o.name AS other, f.polarity AS polarity\n"
        "ORDER BY entity, predicate, other, polarity LIMIT 50"
    ),
    "Two steps away": (
        "MATCH (a:Entity)-[f:FACT]->(b:Entity)-[g:FACT]->(c:Entity)\n"
        "WHERE f.polarity = 'affirmed' AND g.polarity = 'affirmed'\n"
        "  AND a.in_kg AND b.in_kg AND c.in_kg AND a.uid <> c.uid\n"
        "RETURN a.name AS first, f.name AS how, b.name AS middle, g.name AS also, c.name AS last\n"
        "ORDER BY first, how, middle, also, last LIMIT 20"
    ),
    "Affirmed and denied": (
        "MATCH (s:Entity)-[f:FACT {polarity: 'affirmed'}]->(o:Entity)\n"
        "MATCH (s)-[g:FACT {polarity: 'negated'}]->(o) WHERE f.pid = g.pid\n"
        "RETURN s.name AS subject, f.name AS predicate, o.name AS object,\n"
        "       f.support AS affirmed, g.support AS denied\n"
        "ORDER BY subject, predicate, object LIMIT 20"
    ),
    "In no knowledge graph": (
        "MATCH (e:Entity)<-[:SUBJECT|OBJECT]-(a:Assertion) WHERE NOT e.in_kg\n"
        "RETURN e.name AS name, count(a) AS facts ORDER BY facts DESC, name LIMIT 20"
    ),
    "Sentences behind the facts": (
        "MATCH (d:Document)-[:HAS_SENTENCE]->(s:Sentence)-[:HAS_MENTION]->(m:Mention)\n"
        "RETURN d.name AS document, s.text AS sentence, count(m) AS facts\n"
        "ORDER BY facts DESC, document, sentence LIMIT 20"
    ),
}


def render(workspace: Workspace) -> None:
    st.session_state.setdefault("cypher", next(iter(EXAMPLES.values())))
    with st.container(horizontal=True):
        for name, example in EXAMPLES.items():
            st.button(name, key=f"cypher-{name}", on_click=_take, args=(example,))
    with st.form("cypher-form", border=False):
        query = st.text_area("Cypher (reading only)", key="cypher", height=130)
        asked = st.form_submit_button("Run", type="primary", icon=":material/play_arrow:")
    st.caption(
        "Nodes: Document, Sentence, Mention, Assertion, Entity, Predicate. "
        "Short way: (:Entity)-[:FACT {name, polarity, support, confidence}]->(:Entity)."
    )
    if asked or st.session_state.pop("cypher-run", False):
        _answer(workspace, query)


def _take(example: str) -> None:
    st.session_state["cypher"] = example
    st.session_state["cypher-run"] = True


def _answer(workspace: Workspace, query: str) -> None:
    if not query.strip():
        st.info("Type a query, or take an example.")
        return
    try:
        with st.spinner("Asking the graph …"):
            rows = workspace.cypher(query, limit=ROW_LIMIT, seconds=SECONDS)
    except CypherRefused as error:
        st.error(f"Not run: {as_markdown(str(error))}", icon=":material/block:")
    except QueryTimeout as error:
        st.warning(f"Stopped: {as_markdown(str(error))}", icon=":material/timer_off:")
    except MidspanError as error:
        st.error(as_markdown(str(error)), icon=":material/error:")
    else:
        _table(rows)


def _table(rows: Rows) -> None:
    if not rows.rows:
        style.empty("No rows", "The query ran and nothing in the graph matches it.")
        return
    more = f", cut at {ROW_LIMIT}: there are more" if rows.truncated else ""
    st.caption(f"{counted(len(rows.rows), 'row')}{more}")
    st.dataframe(as_frame(rows), hide_index=True, width="stretch")


def as_frame(rows: Rows) -> pd.DataFrame:
    """A table for the browser; a column of mixed or nested values becomes text."""
    columns: dict[str, list[Any]] = {}
    for number, name in enumerate(rows.columns):
        values = [row[number] for row in rows.rows]
        columns[plain(name)] = values if _same_numbers(values) else [_cell(value) for value in values]
    frame: pd.DataFrame = pd.DataFrame(columns)
    return frame


def _same_numbers(values: list[Any]) -> bool:
    kinds = {type(value) for value in values}
    return kinds == {float} or (kinds == {int} and all(abs(value) < 2**53 for value in values))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))
