"""Scenes: a card with the picture, and a page to look through them and to find them by what is where."""

from midspan.records import SceneArrangement
from midspan.ui.kinds.scene import page
from midspan.ui.kinds.scene.card import card
from midspan.ui.kinds.view import KindView, Page

VIEW = KindView(
    title="Scene",
    colour="#a16207",
    record=SceneArrangement,
    card=card,
    page=Page("Scenes", "scenes", ":material/interests:", page.render),
)
