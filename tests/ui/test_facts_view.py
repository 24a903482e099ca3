"""The facts page over a stand-in workspace: empty, full, refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from midspan.errors import CypherRefused, NotFound, QueryTimeout
from midspan.platform.answers import Rows, Shown
from midspan.records import Fact, FactSlot, Provenance, Run, Segment, Source

TEXT = "Marie Curie <b>was born</b> in Warsaw."
START = 1000


def slot(surface: str, uid: str | None) -> FactSlot:
    start = START + TEXT.index(surface)
    return FactSlot(surface, start, start + len(surface), uid, surface, 0.8)


def shown() -> Shown:
    place = Provenance("source-1", "run-1", "seg-1", "char", START, START + len(TEXT))
    fact = Fact(
        "fact-1", place, TEXT, slot("Marie Curie", "wd:Q7186"), slot("in", "wd:P19"),
        slot("Warsaw", "wd:Q270"), "affirmed", "linked", 0.72,
    )  # fmt: skip
    return Shown(
        id=fact.id,
        kind="fact",
        record=fact,
        segment=Segment("seg-1", "source-1", 3, "sentence", "char", START, START + len(TEXT), TEXT, page=2),
        source=Source("source-1", "document", "text/plain", "curie <i>.txt", 10, 0.0),
        paths=("/papers/curie.txt",),
        run=Run("facts", 1, "facts.rules"),
        before="",
        text=TEXT,
        after="",
        siblings=(),
    )


class StandIn:
    """Answers the page's queries from two assertions; ``typed`` answers the Cypher box."""

    def __init__(
        self,
        count: int = 2,
        typed: Rows | Exception | None = None,
        error: Exception | None = None,
        name: str = "Marie Curie",
        gone: bool = False,
    ) -> None:
        self.count, self.typed, self.error, self.name, self.gone = count, typed, error, name, gone
        self.asked: list[str] = []

    def counts(self) -> dict[str, int]:
        return {"fact": self.count}

    def cypher(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, limit: int = 9, seconds: float = 9.0
    ) -> Rows:
        if parameters is None:
            return self.answer_typed(text)
        if self.error is not None:
            raise self.error
        if "linked" in parameters:
            return Rows(("a",), self.edges(parameters["uid"], parameters["linked"]), False)
        if "uid" in parameters:
            return Rows(("uid",), (("fact-1",),), False)
        return Rows(("uid", "name", "n"), (("wd:Q7186", self.name, 2), ("local:1", "radium", 1)), False)

    def answer_typed(self, text: str) -> Rows:
        self.asked.append(text)
        if isinstance(self.typed, Exception):
            raise self.typed
        assert self.typed is not None
        return self.typed

    def edges(self, uid: str, linked: bool) -> tuple[tuple[Any, ...], ...]:
        marie = ("wd:Q7186", self.name, True)
        warsaw = ("a1", *marie, "place of birth", "wd:Q270", "Warsaw", True, None, "affirmed", 2, 0.72)
        radium = ("a2", *marie, "found", "local:1", "radium", False, None, "negated", 1, 0.4)
        found = [warsaw] if linked else [warsaw, radium]
        return tuple(row for row in found if uid in ("", row[1], row[5]))

    def show(self, record_id: str, context: int = 400) -> Shown:
        if self.gone:
            raise NotFound(f"no record {record_id!r}")
        return shown()


def page(workspace: object) -> None:
    from midspan.ui.kinds.fact import page

    page.render(workspace, lambda record_id: None)  # type: ignore[arg-type]


def opened(workspace: StandIn) -> AppTest:
    app = AppTest.from_function(page, args=(workspace,), default_timeout=20).run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def dot(app: AppTest) -> str:
    (chart,) = app.get("graphviz_chart")
    spec: str = chart.proto.spec
    return spec


def errors(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.error, *app.warning]).replace("\\", "")


def test_an_empty_workspace_says_how_to_get_facts() -> None:
    app = opened(StandIn(count=0))
    assert "No facts yet" in html(app)
    assert not app.dataframe


def test_the_overview_draws_linked_facts_only() -> None:
    app = opened(StandIn())
    assert "Warsaw" in dot(app)
    assert "radium" not in dot(app)


def test_an_entity_shows_all_its_facts() -> None:
    app = opened(StandIn())
    app.selectbox(key="entity").select("wd:Q7186").run()
    assert not app.exception
    assert "radium" in dot(app)
    assert list(app.dataframe[0].value["Object"]) == ["Warsaw", "radium"]


def test_a_denied_fact_says_so_in_the_table() -> None:
    app = opened(StandIn())
    app.selectbox(key="entity").select("wd:Q7186").run()
    assert list(app.dataframe[0].value["Predicate"]) == ["place of birth", "not: found"]


def test_an_entity_without_linked_facts_is_no_error() -> None:
    app = opened(StandIn())
    app.selectbox(key="entity").select("local:1").run()
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert "No such facts" in html(app)


def test_the_evidence_marks_the_three_parts_of_the_fact() -> None:
    body = html(opened(StandIn()))
    for part in ("Marie Curie", "in", "Warsaw"):
        assert f"<mark>{part}</mark>" in body


def test_the_evidence_names_model_and_links() -> None:
    body = html(opened(StandIn()))
    for words in ("facts.rules", "wd:Q7186", "wd:P19", "wd:Q270", "page 2"):
        assert words in body


def test_text_and_titles_of_documents_are_escaped() -> None:
    body = html(opened(StandIn(name="<img src=x>")))
    assert "&lt;b&gt;was born&lt;/b&gt;" in body
    assert "curie &lt;i&gt;.txt" in body
    assert "<img" not in body


def test_evidence_whose_source_is_gone_is_left_out() -> None:
    assert "<mark>" not in html(opened(StandIn(gone=True)))


def typed(workspace: StandIn, query: str) -> AppTest:
    app = opened(workspace)
    app.text_area(key="cypher").set_value(query)
    (run,) = [button for button in app.button if button.label == "Run"]
    run.click().run()
    assert not app.exception
    return app


def test_nested_values_are_shown_as_text() -> None:
    rows = Rows(("n", "count"), (({"name": "x"}, 3), ([1, 2], 4)), truncated=False)
    app = typed(StandIn(typed=rows), "MATCH (n) RETURN n, 1 AS count")
    table = app.dataframe[-1].value
    assert list(table["n"]) == ['{"name": "x"}', "[1, 2]"]
    assert list(table["count"]) == [3, 4]


def test_an_answer_that_was_cut_says_so() -> None:
    app = typed(StandIn(typed=Rows(("n",), ((1,),), truncated=True)), "MATCH (n) RETURN 1 AS n")
    assert any("there are more" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    "error", [CypherRefused("refused 'CREATE' at line 1"), QueryTimeout("took longer than 10 s")]
)
def test_a_query_that_is_not_answered_says_why(error: Exception) -> None:
    app = typed(StandIn(typed=error), "CREATE (n)")
    assert str(error) in errors(app)


def test_an_empty_query_is_not_asked() -> None:
    workspace = StandIn()
    app = typed(workspace, "  ")
    assert app.info
    assert workspace.asked == []


def test_each_example_is_asked_when_clicked() -> None:
    from midspan.ui.kinds.fact.cypher_box import EXAMPLES

    for name, query in EXAMPLES.items():
        workspace = StandIn(typed=Rows(("n",), (), truncated=False))
        app = opened(workspace)
        (button,) = [button for button in app.button if button.label == name]
        button.click().run()
        assert not app.exception
        assert workspace.asked == [query]
