"""The views over hand-made answers: hostile text, empty and failing states, what a workspace is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from midspan.errors import StoreUnavailable
from midspan.platform.answers import JobItemView, JobView, Rows, Snippet
from midspan.records import Failure

HOSTILE_PICTURE = "<img src=x"


def _script(view: str, workspace: object) -> None:
    from importlib import import_module

    more = [lambda record_id: None] if view.startswith("kinds.") else []
    import_module(f"midspan.ui.{view}").render(workspace, *more)


def run(view: str, workspace: Any, **address: str) -> AppTest:
    """A view with this address, run once; fails on an exception in it."""
    app = AppTest.from_function(_script, args=(view, workspace), default_timeout=30)
    for name, value in address.items():
        app.query_params[name] = value
    return checked(app.run())


def checked(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].message
    return app


def page(app: AppTest) -> str:
    """All HTML that a page shows."""
    return "\n".join(element.value for element in app.html)


# --- search ---


def test_search_in_an_empty_workspace_says_how_to_begin(stand_in: Any) -> None:
    stand_in.totals = {"source": 0}
    assert "Nothing has been ingested yet" in page(run("search_view", stand_in))


def test_search_without_a_query_offers_examples(stand_in: Any) -> None:
    app = run("search_view", stand_in)
    app.button(key="example-0").click()
    checked(app.run())
    assert stand_in.asked[-1][1] == app.text_input(key="q").value != ""


def test_a_sentence_that_describes_a_scene_has_its_picture(stand_in: Any) -> None:
    assert "data:image/svg" not in page(run("search_view", stand_in, q="zebra"))
    stand_in.depicted = "seg-1"
    assert "data:image/svg" in page(run("search_view", stand_in, q="zebra"))


def test_the_page_says_that_the_encoder_is_loading_until_it_is(stand_in: Any) -> None:
    def said(app: AppTest) -> bool:
        return any("The text encoder is loading" in caption.value for caption in app.caption)

    stand_in.warming_up = True
    assert said(run("search_view", stand_in))
    assert not said(run("search_view", stand_in, q="warsaw"))  # the spinner says it
    stand_in.warming_up = False
    assert not said(run("search_view", stand_in))


def test_a_search_can_be_linked(stand_in: Any) -> None:
    app = run("search_view", stand_in, q="warsaw", kind="fact", media="document", source="s1")
    assert app.text_input(key="q").value == "warsaw"
    (_, query, options) = stand_in.asked[0]
    assert (query, options["kinds"], options["source_kind"], options["source_ids"]) == (
        "warsaw",
        ["fact"],
        "document",
        ["s1"],
    )


def test_nonsense_in_the_address_is_left_out(stand_in: Any) -> None:
    run("search_view", stand_in, q="warsaw", kind="teapot", media="radio", source="nobody")
    options = stand_in.asked[0][2]
    assert (options["kinds"], options["source_kind"], options["source_ids"]) == ([], None, [])


def test_a_query_gets_into_the_address(stand_in: Any) -> None:
    app = run("search_view", stand_in)
    app.text_input(key="q").set_value("warsaw")
    checked(app.run())
    assert app.query_params["q"] == "warsaw"


def test_hits_mark_the_words_of_the_query(stand_in: Any) -> None:
    assert "<mark>Warsaw</mark>" in page(run("search_view", stand_in, q="in warsaw"))


def test_text_of_documents_is_never_markup(stand_in: Any) -> None:
    app = run("search_view", stand_in, q="curie")
    assert HOSTILE_PICTURE not in page(app)
    assert "&lt;img src=x" in page(app)
    assert not any("example.org" in element.value for element in app.markdown)


def test_the_best_hit_is_open_with_the_text_around_it(stand_in: Any) -> None:
    assert "&lt;i&gt;before&lt;/i&gt;" in page(run("search_view", stand_in, q="curie"))


def test_a_page_that_cannot_be_drawn_says_why(stand_in: Any) -> None:
    app = run("search_view", stand_in, q="curie")
    assert "has moved" in app.warning[0].value


def test_no_hits_says_what_to_try(stand_in: Any) -> None:
    stand_in.hits = []
    assert "No hits" in page(run("search_view", stand_in, q="curie"))


def test_a_question_that_nothing_is_close_to_is_told(stand_in: Any) -> None:
    stand_in.hits, stand_in.close = [], False
    shown = page(run("search_view", stand_in, q="curie"))
    assert "Nothing close" in shown and "No hits" not in shown


def test_further_places_of_a_document_are_shown_and_opened(stand_in: Any) -> None:
    further = Snippet("fact-1", "fact", "<b>Curie</b> was here", 90, 110, "char", 2, "words (rank 2)")
    stand_in.hits = [replace(stand_in.hits[0], snippets=(further,))]
    app = run("search_view", stand_in, q="curie")
    assert "&lt;b&gt;<mark>Curie</mark>&lt;/b&gt; was here" in page(app)
    app.button(key="open-0-0").click()
    checked(app.run())
    assert app.query_params["open"] == "fact-1"


def test_hits_are_documents_or_places_as_chosen(stand_in: Any) -> None:
    run("search_view", stand_in, q="curie")
    run("search_view", stand_in, q="curie", kind="fact")
    run("search_view", stand_in, q="curie", kind="fact", group="document")
    run("search_view", stand_in, q="curie", group="nonsense")
    groups = [options["group"] for _, _, options in stand_in.asked]
    assert groups == ["document", "sentence", "document", "document"]


def test_an_opened_record_that_is_gone_is_told(stand_in: Any) -> None:
    app = run("search_view", stand_in, q="curie", open="seg-old")
    assert "not there any more" in app.warning[0].value


def test_another_query_closes_the_opened_record(stand_in: Any) -> None:
    app = run("search_view", stand_in, q="curie", open="fact-1")
    app.text_input(key="q").set_value("warsaw")
    checked(app.run())
    assert "open" not in app.query_params


# --- facts ---


def test_facts_in_an_empty_workspace(stand_in: Any) -> None:
    stand_in.totals = {"fact": 0}
    assert "No facts yet" in page(run("kinds.fact.page", stand_in))


def ask(stand_in: Any, query: str) -> AppTest:
    app = run("kinds.fact.page", stand_in)
    app.text_area(key="cypher").set_value(query)
    next(button for button in app.button if button.label == "Run").click()
    return checked(app.run())


def test_cypher_answers_with_a_table(stand_in: Any) -> None:
    assert list(ask(stand_in, "MATCH (n) RETURN n.name AS name").dataframe[-1].value["name"]) == ["Warsaw"]


def test_an_example_fills_the_cypher_box_and_runs(stand_in: Any) -> None:
    app = run("kinds.fact.page", stand_in)
    app.button(key="cypher-Two steps away").click()
    checked(app.run())
    assert stand_in.asked[-1][1] == app.text_area(key="cypher").value
    assert list(app.dataframe[-1].value["name"]) == ["Warsaw"]


def test_nested_and_mixed_values_fit_into_the_table(stand_in: Any) -> None:
    rows = (({"a": [1]}, 1, 2**60), (None, "x", 1))
    stand_in.cypher_answer = lambda: Rows(("node", "mixed", "big"), rows, True)
    app = ask(stand_in, "MATCH (n) RETURN n")
    assert app.dataframe[-1].value.to_numpy().tolist() == [['{"a": [1]}', "1", str(2**60)], ["", "x", "1"]]
    assert any("cut at" in caption.value for caption in app.caption)


@pytest.mark.parametrize(("query", "words"), [("refuse", "not a plain read"), ("slow", "took longer")])
def test_cypher_says_why_there_is_no_answer(stand_in: Any, query: str, words: str) -> None:
    app = ask(stand_in, query)
    assert any(words in message.value for message in [*app.error, *app.warning])


# --- atlas ---


def test_atlas_without_points(stand_in: Any) -> None:
    stand_in.totals = {"atlas": 0}
    assert "No atlas places yet" in page(run("kinds.atlas.page", stand_in))


def test_an_organ_lists_its_sentences(stand_in: Any) -> None:
    app = run("kinds.atlas.page", stand_in)
    app.selectbox(key="organ").set_value("liver")
    checked(app.run())
    assert app.query_params["organ"] == "liver"
    assert "The &lt;b&gt;liver&lt;/b&gt; is large." in page(app)


# --- sources and jobs ---


def test_sources_of_an_empty_workspace(stand_in: Any) -> None:
    stand_in.totals = {"source": 0}
    shown = page(run("sources_view", stand_in))
    assert "No sources yet" in shown
    assert "No jobs yet" in shown


def test_sources_are_listed_with_what_was_found(stand_in: Any) -> None:
    table = run("sources_view", stand_in).dataframe[0].value
    assert (table["Title"][0], table["Facts"][0], table["State"][0]) == (
        "paper_[x](y).pdf",
        1,
        "partial: failed at 2 places",
    )


def test_a_path_is_handed_to_a_worker(stand_in: Any) -> None:
    app = run("sources_view", stand_in)
    app.text_input(key="path").set_value("/data/papers")
    next(button for button in app.button if button.label == "Ingest").click()
    checked(app.run())
    assert ("submit", ["/data/papers"]) in stand_in.asked
    assert "handed to a worker" in app.success[0].value


def test_an_upload_is_kept_and_handed_to_a_worker(stand_in: Any) -> None:
    app = run("sources_view", stand_in)
    app.file_uploader(key="files").set_value([("../../evil.txt", b"text", "text/plain")])
    next(button for button in app.button if button.label == "Upload and ingest").click()
    checked(app.run())
    assert [asked[0] for asked in stand_in.asked] == ["upload", "submit"]
    assert stand_in.asked[0][2] == b"text"


def test_a_broker_that_does_not_answer_is_told(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(paths: object) -> str:
        raise StoreUnavailable("the broker does not answer")

    monkeypatch.setattr(stand_in, "submit", refuse)
    app = run("sources_view", stand_in)
    app.text_input(key="path").set_value("/data")
    next(button for button in app.button if button.label == "Ingest").click()
    checked(app.run())
    assert "broker" in app.warning[0].value


def test_a_read_only_workspace_takes_nothing(stand_in: Any) -> None:
    stand_in.read_only = True
    app = run("sources_view", stand_in)
    assert "read\\-only" in app.info[0].value or "read-only" in app.info[0].value
    assert not app.file_uploader


def a_job(state: Any, done: int, failed: int) -> JobView:
    return JobView("job-1", state, ("/data/papers",), 4, done, failed, False, 1.0, 1.0, None, "")


def test_a_job_that_no_retry_can_help_offers_none(stand_in: Any) -> None:
    failure = Failure("/data/papers/locked.pdf", "reading", "EncryptedDocument", "needs a password", False)
    stand_in.jobs_now = [a_job("failed", 3, 1)]
    stand_in.items = [JobItemView(0, failure.path, "failed", "failed", 1, None, (failure,))]
    app = run("sources_view", stand_in)
    assert "a retry will not help" in page(app) and "retry-job-1" not in [button.key for button in app.button]


def test_a_failed_job_gives_reasons_and_can_be_tried_again(stand_in: Any) -> None:
    failure = Failure("/data/papers/moved.pdf", "reading", "SourceVanished", "it has gone", True)
    stand_in.jobs_now = [a_job("failed", 3, 1)]
    stand_in.items = [JobItemView(0, failure.path, "failed", "failed", 1, None, (failure,))]
    app = run("sources_view", stand_in)
    assert "it has gone" in page(app)
    app.button(key="retry-job-1").click()
    checked(app.run())
    assert ("retry", "job-1") in stand_in.asked


def test_a_job_done_in_part_says_where_it_failed_and_can_be_tried_again(stand_in: Any) -> None:
    failure = Failure("/data/papers/long.pdf", "facts", "ValueError", "no good", True, "seg-1", page=7)
    stand_in.jobs_now = [replace(a_job("done", 4, 0), partial=1)]
    stand_in.items = [JobItemView(0, failure.path, "done", "partial", 1, None, (failure,))]
    app = run("sources_view", stand_in)
    shown = page(app)
    assert "4 of 4 files done (1 in part)" in shown
    assert "page 7 · ValueError in facts" in shown
    assert [box.label for box in app.expander] == ["1 file done in part"]
    app.button(key="retry-job-1").click()
    checked(app.run())
    assert ("retry", "job-1") in stand_in.asked


def test_a_running_job_shows_progress_and_can_be_stopped(stand_in: Any) -> None:
    stand_in.jobs_now = [a_job("running", 2, 0)]
    app = run("sources_view", stand_in)
    assert app.progress[0].value == 50
    app.button(key="cancel-job-1").click()
    checked(app.run())
    assert ("cancel", "job-1") in stand_in.asked


# --- the app ---


def open_app(monkeypatch: pytest.MonkeyPatch, opened: Any) -> AppTest:
    from importlib.resources import files

    monkeypatch.setattr("midspan.ui.workspace.open_workspace", opened)
    return checked(AppTest.from_file(str(files("midspan.ui").joinpath("app.py")), default_timeout=30).run())


def test_the_app_begins_with_search(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_app(monkeypatch, lambda: stand_in).title[0].value == "Search"


def test_a_workspace_that_cannot_be_opened_is_told_as_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed() -> None:
        raise StoreUnavailable("the folder ![x](https://example.org) is locked")

    app = open_app(monkeypatch, closed)
    assert app.error[0].value.startswith("the folder \\!\\[x\\]")
    assert app.button[0].label == "Try again"
