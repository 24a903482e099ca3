"""Scenes: the picture of the layout, and whether what is stated holds in it."""

from __future__ import annotations

import streamlit as st

from midspan import Workspace
from midspan.records import SceneArrangement
from midspan.ui.escaping import as_html
from midspan.ui.kinds.view import KindView


def card(workspace: Workspace, scene: SceneArrangement, badge: str) -> None:
    satisfied = sum(relation.satisfied for relation in scene.relations)
    words = f"{satisfied} of {len(scene.relations)} stated relations hold in the layout"
    st.html(f'{badge}<span class="ms-meta">{as_html(words)}</span>')
    st.image(workspace.scene_picture(scene.id), width="stretch")


VIEW = KindView(title="Scene", colour="#a16207", record=SceneArrangement, card=card)
