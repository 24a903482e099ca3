"""Facts: a card with the three parts, and a page with the graph, the evidence and a Cypher box."""

from midspan.records import Fact
from midspan.ui.kinds.fact import page
from midspan.ui.kinds.fact.card import card, places
from midspan.ui.kinds.view import KindView, Page

VIEW = KindView(
    title="Fact",
    colour="#4338ca",
    record=Fact,
    card=card,
    places=places,
    page=Page("Facts", "facts", ":material/graph_2:", page.render),
)
