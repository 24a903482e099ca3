"""The facts page over facts written by hand into a real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from midspan import Workspace
from midspan.errors import CypherRefused, NotFound, QueryTimeout
from midspan.platform.answers import FactFilter, Rows, words_key
from midspan.records import Candidate, Fact
from midspan.ui.kinds.fact.cypher_box import EXAMPLES
from midspan.ui.kinds.fact.graph import PORTION
from tests.platform.facts_by_hand import BORN_IN, CURIE, SAID, WARSAW, fact, slot, variety, write

NOBEL = slot("prize", "wd:P166")
MANY = PORTION + 5


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def facts(workspace: Workspace) -> list[Fact]:
    return write(workspace, "curie.txt", variety())


def page(workspace: object) -> None:
    from midspan.ui.kinds.fact import page

    page.render(workspace, lambda record_id: None)  # type: ignore[arg-type]


def opened(workspace: object, **address: str | list[str]) -> AppTest:
    app = AppTest.from_function(page, args=(workspace,), default_timeout=20)
    for name, value in address.items():
        app.query_params[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def dot(app: AppTest) -> str:
    (chart,) = app.get("graphviz_chart")
    spec: str = chart.proto.spec
    return spec


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def objects(app: AppTest) -> list[str]:
    """Of the facts that are listed."""
    return list(app.dataframe[0].value["Object"])


# --- which facts ---


def test_an_empty_workspace_says_how_to_get_facts(workspace: Workspace) -> None:
    app = opened(workspace)
    assert "No facts yet" in html(app)
    assert not app.dataframe


def test_believed_facts_alone_are_shown_and_the_hidden_ones_counted(
    workspace: Workspace, facts: list[Fact]
) -> None:
    app = opened(workspace)
    assert "Paris" not in objects(app)
    assert "Paris" not in dot(app)
    assert "7 believed facts; 3 hidden" in captions(app)


def test_the_rest_is_shown_on_request_and_says_what_it_is(workspace: Workspace, facts: list[Fact]) -> None:
    app = opened(workspace)
    checked(app.toggle(key="fact-all").set_value(True).run())
    assert "10 facts, of which 7 are believed" in captions(app)
    assert {"not: place of birth", "perhaps: place of birth (doubted)"} <= set(
        app.dataframe[0].value["Predicate"]
    )
    assert app.query_params["all"] == "1"


def test_facts_that_are_all_hidden_are_counted(workspace: Workspace) -> None:
    write(workspace, "a.txt", [fact(CURIE, BORN_IN, WARSAW, polarity="negated")])
    app = opened(workspace)
    assert "0 believed facts; 1 hidden" in captions(app)
    assert "No such facts" in html(app)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ({"predicate": "wd:P569"}, {"7 November 1867"}),
        ({"links": "unlinked"}, {'a "thing"\\\n\x07with\x00 all', "the 1860s"}),
        ({"score": "0.8"}, {"Warsaw"}),
        ({"all": "1", "polarity": "negated"}, {"Paris"}),
        ({"polarity": "negated", "score": "0.8"}, {"Warsaw"}),
        ({"entity": "wd:Q270"}, {"Warsaw"}),
        ({"source": "SOURCE", "predicate": "wd:P19"}, {"Warsaw"}),
        (
            {"source": "another", "links": "maybe", "score": "nan", "predicate": "wd:P569"},
            {"7 November 1867"},
        ),
    ],
)
def test_a_filter_stands_in_the_address(
    workspace: Workspace, facts: list[Fact], address: dict[str, str], found: set[str]
) -> None:
    source = facts[0].provenance.source_id
    app = opened(workspace, **{name: value.replace("SOURCE", source) for name, value in address.items()})
    assert set(objects(app)) == found


def test_a_filter_goes_into_the_address(workspace: Workspace, facts: list[Fact]) -> None:
    app = opened(workspace)
    assert dict(app.query_params) == {}
    app.selectbox(key="fact-predicate").select("wd:P19")
    app.selectbox(key="fact-source").select(facts[0].provenance.source_id)
    app.slider(key="fact-score").set_value(0.6)
    app.button_group(key="fact-links").set_value("linked")
    checked(app.run())
    assert dict(app.query_params) == {
        "predicate": "wd:P19",
        "source": facts[0].provenance.source_id,
        "score": "0.6",
        "links": "linked",
    }


# --- entities and what is around them ---


def hub(workspace: Workspace) -> list[Fact]:
    """An entity of more facts than are drawn at once, one of which leads on."""
    spokes = [
        fact(CURIE, NOBEL, slot(f"Prize {number:02}", f"wd:Q{number}"), score=1 - number / 64)
        for number in range(MANY)
    ]
    return write(
        workspace, "hub.txt", [*spokes, fact(slot("Alfred", "wd:Q99"), BORN_IN, slot("Prize 00", "wd:Q0"))]
    )


def test_an_entity_has_a_portion_of_its_facts_drawn_and_all_of_them_listed(workspace: Workspace) -> None:
    hub(workspace)
    app = opened(workspace)
    checked(app.selectbox(key="fact-entity").select("wd:Q7186").run())
    assert dot(app).count("prize") == PORTION
    assert f'label="{MANY - PORTION} more"' in dot(app)
    assert len(objects(app)) == MANY
    assert dict(app.query_params) == {"entity": "wd:Q7186"}


def test_each_time_that_an_entity_is_opened_brings_a_portion(workspace: Workspace) -> None:
    hub(workspace)
    app = opened(workspace, entity="wd:Q7186", near=["wd:Q7186", "wd:Q7186"])
    assert dot(app).count("prize") == MANY
    assert " more" not in dot(app)


def test_what_was_opened_beside_the_entity_is_drawn_with_it(workspace: Workspace) -> None:
    hub(workspace)
    app = opened(workspace, entity="wd:Q7186", near=["wd:Q7186", "wd:Q0"])
    assert "Alfred" in dot(app)
    assert "Alfred" not in app.dataframe[0].value["Subject"].tolist()
    checked(app.button(key="fact-only").click().run())
    assert "Alfred" not in dot(app)
    assert dict(app.query_params) == {"entity": "wd:Q7186"}


def test_without_an_entity_those_of_most_facts_are_drawn(workspace: Workspace) -> None:
    hub(workspace)
    assert "Marie Curie" in dot(opened(workspace))


def test_an_entity_that_is_in_no_knowledge_graph_has_an_address(
    workspace: Workspace, facts: list[Fact]
) -> None:
    assert len(objects(opened(workspace, entity=words_key("élan <vital>")))) == 2


def test_an_entity_of_the_address_without_facts_is_no_error(workspace: Workspace, facts: list[Fact]) -> None:
    assert "No such facts" in html(opened(workspace, entity="wd:nobody"))


# --- evidence ---


def test_the_fact_of_the_address_has_its_evidence(workspace: Workspace, facts: list[Fact]) -> None:
    body = html(opened(workspace, fact=facts[2].id))
    assert '<mark class="ms-object">7 November 1867</mark>' in body
    assert "Warsaw" not in body


def test_the_evidence_of_a_fact_beyond_the_list_is_found(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = hub(workspace)[MANY - 1]
    monkeypatch.setattr("midspan.ui.kinds.fact.page.LISTED", 3)
    app = opened(workspace, entity="wd:Q7186", fact=last.id)
    assert last.object.name not in objects(app)
    assert f'<mark class="ms-object">{last.object.name}</mark>' in html(app)


def test_a_fact_of_the_address_that_is_gone_is_no_error(workspace: Workspace, facts: list[Fact]) -> None:
    assert "<mark" in html(opened(workspace, fact="fact-gone"))


def test_the_evidence_marks_each_part_as_what_it_is(workspace: Workspace, facts: list[Fact]) -> None:
    body = html(opened(workspace, fact=facts[0].id))
    for part, words in {"subject": "Marie Curie", "predicate": "place of birth", "object": "Warsaw"}.items():
        assert f'<mark class="ms-{part}">{words}</mark>' in body


def test_the_evidence_names_links_scores_run_and_passage(workspace: Workspace, facts: list[Fact]) -> None:
    body = html(opened(workspace, fact=facts[0].id))
    for words in (
        "wd:Q7186",
        "wd:P19",
        "wd:Q270",
        "0.75",
        "facts version 7",
        SAID.model,
        "page 1",
        "curie.txt",
    ):
        assert words in body
    assert f'href="./?open={facts[0].id}"' in body


def test_the_evidence_has_the_candidates_that_lost_and_why(workspace: Workspace, facts: list[Fact]) -> None:
    body = html(opened(workspace, fact=facts[1].id))
    assert "Irène Joliot-Curie (wd:Q37463), 0.06: less like what the sentence says" in body
    assert "a &quot;namesake&quot; &lt;b&gt; (wd:Q123), 0.02: of another kind" in body


def test_the_evidence_has_further_arguments_and_reserve(workspace: Workspace, facts: list[Fact]) -> None:
    assert "affirmed, in winter · confidence 0.88" in html(opened(workspace, fact=facts[1].id))
    assert "hedged (doubted) · confidence" in html(opened(workspace, fact=facts[8].id, all="1"))


def test_what_a_pronoun_stands_for_is_marked_where_it_stands(workspace: Workspace) -> None:
    first, *_ = write(workspace, "a.txt", [fact(CURIE, BORN_IN, WARSAW)])
    start = first.provenance.start
    she = slot(
        "She",
        "wd:Q7186",
        name="Marie Curie",
        antecedent="Marie Curie",
        antecedent_start=int(start),
        antecedent_end=int(start) + 11,
        antecedent_segment=first.provenance.segment_id,
    )
    write(workspace, "b.txt", [fact(she, slot("spouse", "wd:P26"), slot("Pierre", "wd:Q37463"))])
    body = html(opened(workspace, predicate="wd:P26"))
    assert '<mark class="ms-subject">She</mark>' in body
    assert '“She” is in: <mark class="ms-antecedent">Marie Curie</mark> place of birth Warsaw.' in body


def test_a_pronoun_in_the_sentence_of_its_name(workspace: Workspace) -> None:
    said = fact(slot("her", "wd:Q7186"), BORN_IN, WARSAW, "Marie says her place of birth Warsaw.")
    (placed,) = write(workspace, "a.txt", [said])
    changed = replace(
        placed,
        subject=replace(
            placed.subject,
            antecedent="Marie",
            antecedent_start=0,
            antecedent_end=5,
            antecedent_segment=placed.provenance.segment_id,
        ),
    )

    class Resolved:
        """The workspace, as if the fact had its pronoun resolved: its place is known when it is written."""

        def __getattr__(self, name: str) -> Any:
            return getattr(workspace, name)

        def show(self, record_id: str, context: int) -> Any:
            return replace(workspace.show(record_id, context), record=changed)

    body = html(opened(Resolved()))
    assert '<mark class="ms-antecedent">Marie</mark> says <mark class="ms-subject">her</mark>' in body


def test_more_sentences_are_shown_on_request(workspace: Workspace) -> None:
    write(workspace, "a.txt", [fact(CURIE, BORN_IN, WARSAW) for _ in range(7)])
    app = opened(workspace)
    assert html(app).count('<mark class="ms-object">Warsaw') == 5
    (more,) = [button for button in app.button if button.label == "2 more"]
    checked(more.click().run())
    assert html(app).count('<mark class="ms-object">Warsaw') == 7


def test_evidence_whose_source_is_gone_is_left_out(
    workspace: Workspace, facts: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(record_id: str, context: int = 400) -> None:
        raise NotFound(f"no record {record_id!r}")

    monkeypatch.setattr(workspace, "show", gone)  # between two looks at the store
    assert '<mark class="ms-subject">Marie' not in html(opened(workspace))


def test_text_names_and_titles_are_escaped(workspace: Workspace) -> None:
    bad = "<img src=x onerror=alert(1)>"
    candidate = Candidate(bad, bad, 0.1, bad)
    subject = slot(f"S{bad}", candidates=(candidate,))
    write(workspace, f"{bad}.txt", [fact(subject, slot(f"p{bad}"), slot(f"o{bad}"))])
    app = opened(workspace)
    assert "<img" not in html(app)
    assert html(app).count("&lt;img src=x onerror=alert(1)&gt;") >= 8
    assert "<img" not in captions(app)


# --- Cypher ---


class Answering:
    """A workspace whose typed-in queries have one answer."""

    def __init__(self, workspace: Workspace, answer: Rows | Exception) -> None:
        self.workspace, self.answer = workspace, answer
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.workspace, name)

    def cypher(self, text: str, *, limit: int, seconds: float) -> Rows:
        self.asked.append(text)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


Ask = Callable[[Rows | Exception, str], tuple[AppTest, list[str]]]


@pytest.fixture
def ask(workspace: Workspace, facts: list[Fact]) -> Ask:
    """Type a query; the page, and what was asked."""

    def call(answer: Rows | Exception, query: str) -> tuple[AppTest, list[str]]:
        answering = Answering(workspace, answer)
        app = opened(answering)
        app.text_area(key="cypher").set_value(query)
        (run,) = [button for button in app.button if button.label == "Run"]
        return checked(run.click().run()), answering.asked

    return call


def test_nested_values_are_shown_as_text(ask: Ask) -> None:
    rows = Rows(("n", "count"), (({"name": "x"}, 3), ([1, 2], 4)), truncated=False)
    table = ask(rows, "MATCH (n) RETURN n, 1 AS count")[0].dataframe[-1].value
    assert list(table["n"]) == ['{"name": "x"}', "[1, 2]"]
    assert list(table["count"]) == [3, 4]


def test_an_answer_that_was_cut_says_so(ask: Ask) -> None:
    app, _ = ask(Rows(("n",), ((1,),), truncated=True), "MATCH (n) RETURN 1 AS n")
    assert "there are more" in captions(app)


@pytest.mark.parametrize(
    "error", [CypherRefused("refused 'CREATE' at line 1"), QueryTimeout("took longer than 10 s")]
)
def test_a_query_that_is_not_answered_says_why(ask: Ask, error: Exception) -> None:
    app, _ = ask(error, "CREATE (n)")
    said = "\n".join(element.value for element in [*app.error, *app.warning]).replace("\\", "")
    assert str(error) in said


def test_an_empty_query_is_not_asked(ask: Ask) -> None:
    app, asked = ask(Rows((), (), False), "  ")
    assert app.info
    assert asked == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_asked_of_the_graph_when_clicked(
    workspace: Workspace, facts: list[Fact], name: str
) -> None:
    write(workspace, "poland.txt", [fact(WARSAW, slot("capital of", "wd:P1376"), slot("Poland", "wd:Q36"))])
    assert not workspace.project().problems
    app = opened(workspace)
    (button,) = [button for button in app.button if button.label == name]
    checked(button.click().run())
    assert app.text_area(key="cypher").value == EXAMPLES[name]
    assert not app.error
    assert len(app.dataframe) == 2, "an answer with rows"


def test_hidden_facts_are_counted_within_the_filter(workspace: Workspace, facts: list[Fact]) -> None:
    """What is counted is what the same filter would show besides."""
    app = opened(workspace, entity="wd:Q90")
    assert "0 believed facts; 3 hidden" in captions(app)
    assert workspace.count_facts(FactFilter("wd:Q90", everything=True)) == 3
