"""Events: a card, and a page with a video, what happens in it on a bar that seeks, and a list."""

from midspan.records import ActionEvent
from midspan.ui.kinds.event import page
from midspan.ui.kinds.event.card import card
from midspan.ui.kinds.view import KindView, Page

VIEW = KindView(
    title="Event",
    colour="#0f766e",
    record=ActionEvent,
    card=card,
    page=Page("Videos", "videos", ":material/movie:", page.render),
)
