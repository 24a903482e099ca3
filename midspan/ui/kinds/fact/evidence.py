"""Why a fact is there: its sentences with their parts marked, their runs, and what was weighed."""

from __future__ import annotations

from dataclasses import replace
from typing import cast
from urllib.parse import urlencode

import streamlit as st

from midspan import Workspace
from midspan.errors import NotFound
from midspan.platform.answers import FactEdge, FactFilter, Shown
from midspan.records import Candidate, Fact, FactSlot, Run
from midspan.ui.escaping import Mark, as_html, marked_as, shorten
from midspan.ui.kinds.fact.graph import predicate
from midspan.ui.kinds.view import OpenRecord
from midspan.ui.wording import counted, place

SENTENCES = 5
"""Of the best supported facts, so many sentences are shown at first."""
PARTS = ("subject", "predicate", "object")


def render(workspace: Workspace, where: FactFilter, edge: FactEdge, on_open: OpenRecord) -> None:
    """The sentences of a fact, the surest first; of those that the filter leaves."""
    st.html(
        f'<b>Evidence</b> <span class="ms-meta">{as_html(edge.subject_name)} · {as_html(predicate(edge))} · '
        f"{as_html(edge.object_name)}: {counted(edge.support, 'sentence')}. "
        'Marked: <mark class="ms-subject">subject</mark> <mark class="ms-predicate">predicate</mark> '
        '<mark class="ms-object">object</mark> '
        '<mark class="ms-antecedent">what a word stands for</mark></span>'
    )
    more = f"fact-sentences-{edge.fact}"
    shown = SENTENCES * (1 + st.session_state.get(more, 0))
    for number, view in enumerate(workspace.facts(replace(where, like=edge.fact), shown)):
        try:
            _sentence(workspace, number, workspace.show(view.fact.id, context=0), on_open)
        except NotFound:  # its source has changed since
            continue
    if edge.support > shown:
        st.button(f"{edge.support - shown:,} more", key="fact-sentences", on_click=_more, args=(more,))


def _more(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def _sentence(workspace: Workspace, number: int, shown: Shown, on_open: OpenRecord) -> None:
    fact, segment = cast("Fact", shown.record), shown.segment
    where = place(segment.unit, segment.start, segment.end, segment.page)
    said = f"{fact.polarity} ({fact.modality})" if fact.modality else fact.polarity
    said += "".join(f", {argument.surface}" for argument in fact.further)
    with st.container(border=True):
        body, action = st.columns([8, 1], vertical_alignment="center")
        body.html(
            f'<div class="ms-text" dir="auto">{marked_as(shown.text, _marks(fact, segment.start))}</div>'
            f"{_elsewhere(workspace, fact)}"
            f'<div class="ms-meta">{as_html(shown.source.title)} · {as_html(where)} · '
            f'<a href="{_address(fact.id)}">link to the passage</a></div>'
            f'<div class="ms-meta">{as_html(said)} · confidence {fact.score:.2f} · {as_html(_run(shown.run))}'
            f"</div>{_slots(fact)}"
        )
        if action.button("Open", key=f"evidence-{number}", type="tertiary"):
            on_open(fact.id)


def _address(fact_id: str) -> str:
    """Of the passage, on the page for searching, which stands beside this one."""
    return as_html("./?" + urlencode({"open": fact_id}))


def _marks(fact: Fact, offset: float) -> list[Mark]:
    """The parts, and what they stand for where that is in the same sentence."""
    found = []
    for part in PARTS:
        slot: FactSlot = getattr(fact, part)
        found.append(Mark(slot.start - int(offset), slot.end - int(offset), f"ms-{part}"))
        if slot.antecedent_start is not None and slot.antecedent_segment == fact.provenance.segment_id:
            start, end = slot.antecedent_start, slot.antecedent_end or slot.antecedent_start
            found.append(Mark(start - int(offset), end - int(offset), "ms-antecedent"))
    return found


def _elsewhere(workspace: Workspace, fact: Fact) -> str:
    """HTML of earlier sentences that say what a word stands for."""
    lines = []
    for part in PARTS:
        slot: FactSlot = getattr(fact, part)
        if slot.antecedent_segment in (None, fact.provenance.segment_id):
            continue
        try:
            before = workspace.show(str(slot.antecedent_segment), context=0)
        except NotFound:  # read anew since
            continue
        offset = int(before.segment.start)
        start, end = slot.antecedent_start or 0, slot.antecedent_end or 0
        words = marked_as(before.text, [Mark(start - offset, end - offset, "ms-antecedent")])
        lines.append(
            f'<div class="ms-meta" dir="auto">“{as_html(shorten(slot.surface, 40))}” is in: {words}</div>'
        )
    return "".join(lines)


def _run(run: Run | None) -> str:
    if run is None:
        return ""
    weights = f" ({run.weights_sha256[:12]})" if run.weights_sha256 else ""
    return f"{run.stage} version {run.stage_version}, model {run.model or 'none'}{weights}"


def _slots(fact: Fact) -> str:
    """HTML of a table: what each part says and means, how sure that is, and what it was weighed against."""
    rows = "".join(_slot(part, getattr(fact, part)) for part in PARTS)
    head = "".join(f"<th>{name}</th>" for name in ("", "in the text", "means", "sure", "weighed against"))
    return f'<table class="ms-slots"><tr>{head}</tr>{rows}</table>'


def _slot(part: str, slot: FactSlot) -> str:
    words = shorten(slot.surface, 60) + (f" (for {shorten(slot.antecedent, 40)})" if slot.antecedent else "")
    lost = "<br>".join(_lost(one) for one in slot.candidates) or "nothing"
    cells = (part, words, _means(slot), f"{slot.score:.2f}")
    return f"<tr>{''.join(f'<td>{as_html(cell)}</td>' for cell in cells)}<td>{lost}</td></tr>"


def _means(slot: FactSlot) -> str:
    if slot.literal:
        return f"{slot.value or slot.name} ({slot.literal})"
    return f"{shorten(slot.name, 60)} ({slot.uid})" if slot.uid else "not in the knowledge graph"


def _lost(one: Candidate) -> str:
    return as_html(f"{shorten(one.name, 60)} ({one.uid}), {one.score:.2f}: {one.why}")
