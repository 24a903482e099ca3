"""Atlas places: a card with organ and point, and a page with the body in 3D."""

from midspan.records import AtlasGrounding
from midspan.ui.kinds.atlas import page
from midspan.ui.kinds.atlas.card import card
from midspan.ui.kinds.view import KindView, Page

VIEW = KindView(
    title="Atlas place",
    colour="#be123c",
    record=AtlasGrounding,
    card=card,
    page=Page("Atlas", "atlas", ":material/accessibility_new:", page.render),
)
