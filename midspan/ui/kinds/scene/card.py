"""A scene in a passage: the picture of the layout, and whether what is stated holds in it."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.records import SceneArrangement, SceneRelation
from midspan.ui.escaping import as_html, shorten


def card(workspace: Workspace, scene: SceneArrangement, badge: str) -> None:
    satisfied = sum(relation.satisfied for relation in scene.relations)
    words = f"{satisfied} of {len(scene.relations)} stated relations hold in the layout"
    st.html(f'{badge}<span class="ms-meta">{as_html(words)}</span>')
    chosen = st.selectbox(
        "Where else it might be",
        range(len(scene.objects)),
        index=None,
        key=f"scene-heat-{scene.id}",
        format_func=lambda number: shorten(scene.objects[number].surface, 60),
        placeholder="choose a thing",
    )
    svg = workspace.scene_picture(scene.id) if chosen is None else workspace.scene_heat(scene.id, chosen)
    st.image(svg, width="stretch")
    st.html(f'<table class="ms-slots">{"".join(_row(scene, one) for one in scene.relations)}</table>')


def _row(scene: SceneArrangement, relation: SceneRelation) -> str:
    """A relation in words, by which words it is stated, and whether it holds."""
    subject, other = scene.objects[relation.subject].surface, scene.objects[relation.object].surface
    name = relation.predicate.replace("_", " ")
    said = f"{subject} {name}" if relation.subject == relation.object else f"{subject} {name} {other}"
    how = "stated as" if relation.explicit else "implied by"
    holds = "holds" if relation.satisfied else "does not hold"
    return f"<tr><td>{as_html(said)}</td><td>{how} “{as_html(relation.trigger)}”</td><td>{holds}</td></tr>"
