"""The scenes page over a stand-in workspace: empty, browsed, asked, drawn; and what a browser may say."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from midspan.errors import WrongUse
from midspan.models.scene.asking import Label
from midspan.platform.answers import Answer, Hit, SceneTerm, SceneView
from midspan.records import Provenance, SceneArrangement
from midspan.ui.kinds.scene.choosing import placed_of


def scene(number: int) -> SceneArrangement:
    place = Provenance("s1", "run", "seg", "char", number, number + 5)
    return SceneArrangement(f"scene-{number}", place, f"A <b>dog</b> {number}.", (), (), 1.0)


class StandIn:
    """The verbs that the page calls; each search is said in its hit's reason."""

    def __init__(self, total: int) -> None:
        self.total = total

    def counts(self) -> dict[str, int]:
        return {"scene": self.total}

    def scene_nouns(self, limit: int) -> list[SceneTerm]:
        return [SceneTerm("dog", 2), SceneTerm("tree", 1)]

    def scene_predicates(self) -> list[SceneTerm]:
        return [SceneTerm("left_of", 2)]

    def count_scenes(self, thing: str | None, predicate: str | None) -> int:
        return self.total if thing is None else 1

    def scenes(self, thing: str | None, predicate: str | None, *, limit: int, offset: int) -> list[SceneView]:
        last = min(self.count_scenes(thing, predicate), offset + limit)
        return [SceneView(scene(number), "a <i>.txt", "/a") for number in range(offset, last)]

    def find_scenes(self, text: str, *, like: str | None, drawn: Any, limit: int) -> Answer:
        if text == "blorp":
            raise WrongUse("no thing of a *scene* in 'blorp'")
        why = f"asked {text!r}, like {like}, drawn {[(one.text, one.x, one.y) for one in drawn]}"
        return Answer(
            (Hit("scene-1", "scene", 1, "s1", "/a", "a.txt", "Found.", 0, 5, "char", None, why),), 3.0
        )

    def scene_picture(self, record_id: str) -> str:
        return "<svg/>"

    def thing_picture(self, label: str) -> str:
        return ""


def page(workspace: object) -> None:
    from midspan.ui.kinds.scene import page

    page.render(workspace, lambda record_id: None)  # type: ignore[arg-type]


def opened(total: int = 30, **address: Any) -> AppTest:
    app = AppTest.from_function(page, args=(StandIn(total),), default_timeout=20)
    for name, value in address.items():
        app.query_params[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].message
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.value for element in app.html)


def cards(app: AppTest) -> int:
    return html(app).count("ms-scene")


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return checked(app.run())


def test_a_workspace_without_scenes_says_so() -> None:
    assert "No scenes yet" in html(opened(0))


def test_scenes_are_turned_over_in_portions() -> None:
    app = opened(30)
    assert cards(app) == 12 and "1 to 12 of 30 scenes" in app.caption[0].value
    app = press(press(app, "After"), "After")
    assert cards(app) == 6 and "25 to 30 of 30 scenes" in app.caption[0].value
    assert app.query_params["part"] == "2"
    assert cards(press(app, "Before")) == 12


def test_a_portion_that_is_not_there_is_the_last_one() -> None:
    assert "25 to 30" in opened(30, part="99").caption[0].value
    assert "1 to 12" in opened(30, part="-1").caption[0].value


def test_text_of_documents_is_escaped() -> None:
    body = html(opened(1))
    assert "A &lt;b&gt;dog&lt;/b&gt; 0." in body and "a &lt;i&gt;.txt" in body and "<b>dog" not in body


def test_a_thing_narrows_what_is_listed_and_is_in_the_address() -> None:
    app = opened(30)
    app.selectbox[0].select("dog")
    assert cards(checked(app.run())) == 1
    assert app.query_params["thing"] == "dog"
    assert cards(opened(30, thing="dog")) == 1


def test_a_question_is_asked_and_left() -> None:
    app = opened()
    app.text_input[0].set_value("dog left of tree")
    checked(app.run())
    assert "asked &#x27;dog left of tree&#x27;, like None, drawn []" in html(app)
    assert app.query_params["q"] == "dog left of tree"
    assert cards(press(app, "All scenes")) == 12 and "q" not in app.query_params


def test_a_question_that_is_none_says_why() -> None:
    app = opened(q="blorp")
    assert "no thing of a \\*scene\\*" in app.caption[0].value and cards(app) == 0


def test_a_scene_leads_to_those_like_it() -> None:
    app = press(opened(1), "Like this")
    assert "like scene-0, drawn []" in html(app) and app.query_params["like"] == "scene-0"


def test_a_drawing_can_be_linked_to() -> None:
    app = opened(at=["dog@0.2,0.5", "a@b@0.8,0.5", "broken", "dog@x,1", "dog@nan,0"])
    assert "drawn [(&#x27;dog&#x27;, 0.2, 0.5), (&#x27;a@b&#x27;, 0.8, 0.5)]" in html(app)
    assert app.query_params["at"] == ["dog@0.2,0.5", "a@b@0.8,0.5"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "dog",
        {"text": "dog"},
        ["dog"],
        [{"text": "dog", "x": 0.5}],
        [{"text": 3, "x": 0.5, "y": 0.5}],
        [{"text": "  ", "x": 0.5, "y": 0.5}],
        [{"text": "dog", "x": float("nan"), "y": 0.5}],
    ],
)
def test_what_is_no_label_is_left_out(value: Any) -> None:
    assert placed_of(value) == []


def test_labels_are_kept_on_the_board() -> None:
    assert placed_of([{"text": " a \n dog ", "x": 7, "y": -1}]) == [Label("a dog", 1.0, 0.0)]
    assert len(placed_of([{"text": "dog", "x": 0, "y": 0}] * 99)) == 12
