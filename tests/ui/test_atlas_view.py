"""The atlas page over a stand-in workspace: empty, all organs, one organ, abstentions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from midspan.errors import StoreUnavailable
from midspan.platform.answers import AtlasView, BodyView, NearPlace, OrganMesh, Place, PlacedSentence
from midspan.records import AtlasGrounding, Provenance

CORNERS = np.array([[0, 0, 0], [100, 0, 0], [0, 100, 0], [0, 0, 100]], np.float32)
SIDES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], np.int32)


def grounded(text: str, word: str, organ: str | None, **more: Any) -> Place:
    start = text.index(word)
    values: dict[str, Any] = {
        "id": f"atlas-{text}",
        "provenance": Provenance("s1", "run-1", "seg-1", "char", 100 + start, 100 + start + len(word)),
        "text": text,
        "atlas": "mird-adult",
        "status": "grounded" if organ else "abstained",
        "reason": f"names {word!r}",
        "x_mm": 1.0 if organ else None,
        "y_mm": 2.0 if organ else None,
        "z_mm": 3.0 if organ else None,
        "organ": organ,
        "organs": {organ: 1.0} if organ else {},
        "laterality": "none",
        "named": True,
        "negated": False,
        "score": 1.0,
    }
    return Place(AtlasGrounding(**(values | more)), "paper <i>.txt", "/p", (start, start + len(word)))


LIVER = grounded("The <b>liver</b> is large.", "liver", "liver")
KIDNEY = grounded("A stone in the left kidney.", "kidney", "kidney", laterality="left")
NEGATED = grounded("There is no sign in the spleen.", "spleen", None, negated=True, reason="negated: 'no'")


class StandIn:
    """The verbs that the page calls."""

    def __init__(
        self,
        places: tuple[Place, ...] = (),
        abstained: tuple[Place, ...] = (),
        error: Exception | None = None,
        atlases: tuple[str, ...] = ("mird-adult",),
    ) -> None:
        self.found, self.abstained, self.error, self.names = places, abstained, error, atlases
        self.asked: list[dict[str, Any]] = []

    def atlases(self) -> list[AtlasView]:
        return [AtlasView(name, "labels", {"liver": 1}, 2.0, "", "", 0, None) for name in self.names]

    def near(self, **asked: Any) -> list[NearPlace]:
        self.asked.append(asked)
        return [NearPlace(place, 12.0) for place in self.found]

    def place(self, sentence: str, atlas: str) -> PlacedSentence:
        if "rain" in sentence:
            said = (None, 0.9, None, None, {}, "none", False, False, "no anatomy")
        else:
            said = (
                "heart",
                0.8,
                (1.0, 2.0, 3.0),
                15.0,
                {"lung": 0.2, "heart": 0.8},
                "none",
                False,
                False,
                "inferred",
            )
        return PlacedSentence(sentence, atlas, *said)  # type: ignore[arg-type]

    def body(self, atlas: str) -> BodyView:
        if self.error is not None:
            raise self.error
        counts: dict[str, int] = {}
        for place in self.found:
            organ = place.grounding.organ or ""
            counts[organ] = counts.get(organ, 0) + 1
        names = ("body", "liver", "kidney", "heart")
        return BodyView(atlas, tuple(OrganMesh(name, CORNERS, SIDES) for name in names), counts)

    def places(self, organ: str | None, limit: int, atlas: str) -> list[Place]:
        return [place for place in self.found if organ in (None, place.grounding.organ)][:limit]

    def abstentions(self, limit: int, atlas: str, doubt: str = "") -> list[Place]:
        return [one for one in self.abstained if not doubt or getattr(one.grounding, doubt)][:limit]

    def organ_points(self, organ: str, atlas: str) -> tuple[tuple[float, float, float], ...]:
        return ((-1.0, 2.0, 3.0), (1.0, 2.0, 3.0))


def page(workspace: object) -> None:
    from midspan.ui.kinds.atlas import page

    page.render(workspace, lambda record_id: None)  # type: ignore[arg-type]


def opened(workspace: StandIn, organ: str = "") -> AppTest:
    app = AppTest.from_function(page, args=(workspace,), default_timeout=20)
    if organ:
        app.query_params["organ"] = organ
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def test_an_empty_workspace_has_no_body_and_says_why() -> None:
    app = opened(StandIn())
    assert "No atlas places yet" in html(app)
    assert not app.get("plotly_chart")


def test_abstentions_alone_are_shown_with_their_reason() -> None:
    app = opened(StandIn(abstained=(NEGATED,)))
    assert "negated: &#x27;no&#x27;" in html(app)
    assert [box.label for box in app.expander] == ["1 sentence with anatomical words, not placed"]


def test_abstentions_are_narrowed_to_a_doubt() -> None:
    relative = grounded("His mother had a large spleen.", "spleen", None, family=True, reason="a relative")
    app = opened(StandIn(abstained=(NEGATED, relative)))
    app.button_group[0].set_value("family").run()
    assert "His mother" in html(app)
    assert "no sign" not in html(app)
    assert [box.label for box in app.expander] == ["2 sentences with anatomical words, not placed"]
    app.button_group[0].set_value("hypothetical").run()
    assert "mother" not in html(app)
    assert [caption.value for caption in app.caption][-1] == "None."


def test_all_organs_are_drawn_and_all_sentences_listed() -> None:
    app = opened(StandIn((LIVER, KIDNEY)))
    assert len(app.get("plotly_chart")) == 1
    assert "<mark>liver</mark>" in html(app)
    assert "<mark>kidney</mark>" in html(app)


def test_organs_with_most_sentences_come_first() -> None:
    app = opened(StandIn((LIVER, KIDNEY, KIDNEY)))
    assert app.selectbox[0].options == ["kidney (2)", "liver (1)", "heart (0)"]


def test_choosing_an_organ_lists_its_sentences_alone() -> None:
    app = opened(StandIn((LIVER, KIDNEY)))
    app.selectbox[0].select("liver").run()
    assert not app.exception
    assert "<mark>liver</mark>" in html(app)
    assert "kidney" not in html(app)


def test_an_organ_can_be_linked_to() -> None:
    assert opened(StandIn((LIVER, KIDNEY)), organ="kidney").selectbox[0].value == "kidney"


@pytest.mark.parametrize("organ", ["<script>", "tail"])
def test_a_link_to_an_unknown_organ_shows_all(organ: str) -> None:
    assert opened(StandIn((LIVER,)), organ=organ).selectbox[0].value is None


def test_a_stated_side_is_said() -> None:
    assert "kidney, left side" in html(opened(StandIn((KIDNEY,))))


def test_text_and_titles_of_documents_are_escaped() -> None:
    body = html(opened(StandIn((LIVER,))))
    assert "&lt;b&gt;<mark>liver</mark>&lt;/b&gt;" in body
    assert "paper &lt;i&gt;.txt" in body


def test_a_distance_around_an_organ_lists_what_stands_within() -> None:
    """The page's workspace is a copy for each run, so the question is seen by its answer."""
    app = opened(StandIn((LIVER, KIDNEY)), organ="heart")
    assert "<mark>" not in html(app)
    app.slider[0].set_value(40).run()
    assert not app.exception
    assert "within 40 mm of heart" in html(app)
    assert "<mark>liver</mark>" in html(app) and "12 mm away" in html(app)


def test_a_sentences_point_can_be_looked_around_and_left() -> None:
    app = opened(StandIn((LIVER,)), organ="liver")
    next(button for button in app.button if button.label == "Around").click().run()
    assert "within 50 mm of (1, 2, 3)" in html(app)
    assert app.selectbox[0].value is None
    next(button for button in app.button if button.label == "Leave the point").click().run()
    assert "all organs" in html(app) and not app.slider


def test_an_inferred_sentence_says_so_and_marks_no_word() -> None:
    inferred = grounded("He is on dialysis.", "dialysis", "kidney", named=False, score=0.7, reason="inferred")
    body = html(opened(StandIn((inferred,))))
    assert "inferred, probability 0.70" in body and "<mark>" not in body


def test_a_typed_sentence_is_placed_with_its_shares() -> None:
    app = opened(StandIn((LIVER,)))
    app.text_input[0].set_value("Beats <b>fast</b>.").run()
    assert not app.exception
    body = html(app)
    assert "<b>heart</b> (0.80)" in body and "expected to be off by 15 mm" in body
    assert body.index("width:80%") < body.index("width:20%")


def test_a_typed_sentence_without_anatomy_is_not_placed() -> None:
    app = opened(StandIn())
    app.text_input[0].set_value("The rain fell.").run()
    assert "<b>not placed</b> (0.90)" in html(app) and "no anatomy" in html(app)


def test_one_atlas_is_no_choice_and_several_are() -> None:
    assert [box.label for box in opened(StandIn((LIVER,))).selectbox] == ["Organ"]
    app = opened(StandIn((LIVER,), atlases=("mird-adult", "torso")))
    assert app.selectbox[0].options == ["mird-adult (1 organs)", "torso (1 organs)"]
    app.selectbox[0].select("torso").run()
    assert not app.exception and app.selectbox[0].value == "torso"


def test_an_error_of_the_store_reaches_the_page_around() -> None:
    app = AppTest.from_function(page, args=(StandIn(error=StoreUnavailable("locked")),), default_timeout=20)
    assert "locked" in app.run().exception[0].message
