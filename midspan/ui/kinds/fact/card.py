"""A fact inside a passage: its three parts, what they link to, and where they stand."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.records import Fact
from midspan.ui.escaping import as_html


def card(workspace: Workspace, fact: Fact, badge: str) -> None:
    st.html(f'{badge}{_triple(fact)}<div class="ms-meta">{_links(fact)}</div>')


def places(fact: Fact) -> list[tuple[int, int]]:
    """Those of the three parts that stand in the text."""
    slots = (fact.subject, fact.predicate, fact.object)
    return [(slot.start, slot.end) for slot in slots if slot.start < slot.end]


def _triple(fact: Fact) -> str:
    arrow = {"affirmed": "→", "negated": "not →", "hedged": "perhaps →"}[fact.polarity]
    further = " ".join(argument.surface for argument in fact.further)
    return (
        f"<b>{as_html(fact.subject.name)}</b> {as_html(fact.predicate.name)} {arrow} "
        f"<b>{as_html(fact.object.name)}</b> {as_html(further)}"
    )


def _links(fact: Fact) -> str:
    slots = (fact.subject, fact.predicate, fact.object)
    uids = [slot.uid or (slot.literal or "not in the knowledge graph") for slot in slots]
    said = f"{fact.polarity} ({fact.modality})" if fact.modality else fact.polarity
    meant = [f"“{slot.surface}” is {slot.antecedent}" for slot in slots if slot.antecedent]
    return as_html(" · ".join([f"{said}, confidence {fact.score:.2f}", *uids, *meant]))
