"""The pages without a browser: what they say when there is nothing, when something fails, and escaping."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from midspan import Workspace
from midspan.errors import StoreUnavailable
from midspan.ui import search_view, sources_view
from midspan.ui.escaping import as_html
from midspan.ui.kinds.atlas import page as atlas_page
from midspan.ui.kinds.fact import page as facts_page

VIEWS = {
    "search": search_view.render,
    "facts": lambda workspace: facts_page.render(workspace, lambda record_id: None),
    "atlas": lambda workspace: atlas_page.render(workspace, lambda record_id: None),
    "sources": sources_view.render,
}
NOTHING_YET = {
    "search": "Nothing has been ingested yet",
    "facts": "No facts yet",
    "atlas": "No atlas places yet",
    "sources": "No sources yet",
}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "empty") as workspace:
        yield workspace


@pytest.fixture(scope="module")
def read(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The texts, read and searchable by words; no model ran."""
    with Workspace.open(tmp_path_factory.mktemp("read") / "workspace") as workspace:
        report = workspace.ingest(sorted(documents.glob("*.txt")), stages=["none"])
        assert report.ok
        yield workspace


def page(workspace: Workspace, view: str = "search", **address: str) -> AppTest:
    """A view, run once."""

    def script(render, workspace):  # type: ignore[no-untyped-def]  # runs alone, from its source
        render(workspace)

    app = AppTest.from_function(
        script, default_timeout=60, kwargs={"render": VIEWS[view], "workspace": workspace}
    )
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def html(app: AppTest) -> str:
    """Everything the page put out as HTML, without the style sheet."""
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_workspace_says_so_and_what_to_do(empty: Workspace, view: str) -> None:
    app = page(empty, view)
    assert not app.exception
    assert NOTHING_YET[view] in html(app)


def test_an_empty_list_of_jobs_says_so(empty: Workspace) -> None:
    assert "No jobs yet" in html(page(empty, "sources"))


def test_a_job_that_waits_says_why(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "waiting") as workspace:
        job = workspace.parts.jobs.create(["/documents"], background=True)
        app = page(workspace, "sources")
        assert "/documents" not in html(app)
        app.toggle(key=f"why-{job}").set_value(True).run()

        assert not app.exception
        for reason in workspace.why(job).reasons:
            assert as_html(reason) in html(app)


def test_a_search_stands_in_the_address(read: Workspace) -> None:
    app = page(read, q="Warsaw")
    assert app.text_input(key="q").value == "Warsaw"
    assert "<mark>Warsaw</mark>" in html(app)


def test_a_typed_search_goes_into_the_address(read: Workspace) -> None:
    app = page(read)
    app.text_input(key="q").set_value("Einstein").run()
    assert not app.exception
    assert "Einstein" in app.query_params["q"]


def test_a_search_without_hits_says_so(read: Workspace) -> None:
    assert "No hits" in html(page(read, q="xylophone"))


def test_hits_can_be_limited_to_videos(read: Workspace) -> None:
    assert "No hits" in html(page(read, q="Warsaw", media="video"))


def test_an_address_with_unknown_filters_is_read_as_none(read: Workspace) -> None:
    app = page(read, q="Warsaw", media="cinema", kind="nonsense", source="gone")
    assert not app.exception
    assert "<mark>Warsaw</mark>" in html(app)


def test_an_opened_passage_that_is_gone_is_told(read: Workspace) -> None:
    app = page(read, open="seg-gone")
    assert "not there any more" in app.warning[0].value


def test_hostile_text_is_only_ever_escaped_html(read: Workspace) -> None:
    app = page(read, q="zebra")
    shown = html(app)
    assert "&lt;script&gt;" in shown
    assert "<script" not in shown
    assert not any("pictures.invalid" in element.value for element in [*app.markdown, *app.caption])


def test_the_names_of_sources_are_shown(read: Workspace) -> None:
    app = page(read, "sources")
    assert sorted(app.dataframe[0].value["Title"]) == ["curie.txt", "hostile.txt", "kidney.txt"]


def test_sources_are_filtered_by_name(read: Workspace) -> None:
    app = page(read, "sources")
    app.text_input(key="contains").set_value("curie").run()
    assert list(app.dataframe[0].value["Title"]) == ["curie.txt"]


def test_a_filter_that_fits_no_source_says_so(read: Workspace) -> None:
    app = page(read, "sources")
    app.text_input(key="contains").set_value("nowhere").run()
    assert "No source with this" in html(app)


def test_failed_files_are_listed_with_their_reason(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.ingest([broken], stages=["none"])
        app = page(workspace, "sources")
    assert ">broken.pdf<" in html(app)
    assert "CorruptSource in reading" in html(app)


def test_an_upload_of_nothing_asks_for_a_file(empty: Workspace) -> None:
    app = page(empty, "sources")
    app.button[0].click().run()
    assert "Choose files first" in app.warning[0].value


def test_a_refused_path_is_told_and_the_page_goes_on(
    empty: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> str:
        raise StoreUnavailable("no broker answers; start `midspan worker`")

    monkeypatch.setattr(empty, "submit", refuse)
    app = page(empty, "sources")
    app.text_input(key="path").set_value("/data")
    app.button[1].click().run()
    assert "MIDSPAN_UI_ROOTS" in app.warning[0].value.replace("\\", "")
    monkeypatch.setattr(empty.parts.settings, "ui_roots", (Path("/data"),))
    app.text_input(key="path").set_value("/data")
    app.button[1].click().run()
    assert not app.exception
    assert "no broker answers" in app.warning[0].value.replace("\\", "")


def test_a_failing_store_is_an_error_message_on_the_page(
    read: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, int]:
        raise StoreUnavailable("the database does not answer: see ![x](http://pictures.invalid)")

    monkeypatch.setattr("midspan.ui.workspace.open_workspace", lambda: read)
    monkeypatch.setattr(read, "counts", fail)
    app = AppTest.from_file(str(files("midspan.ui") / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert "database does not answer" in app.error[0].value
    assert "![x](" not in app.error[0].value


def test_a_read_only_workspace_offers_no_way_to_add(read: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read.parts, "read_only", True)
    app = page(read, "sources")
    assert "read-only" in app.info[0].value
    assert not app.button
