"""The pages in a real Chromium, over a small workspace that was ingested for real."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright

from midspan import Workspace
from midspan.corpus import folder as corpus
from midspan.models.action.data.video_files import write_video
from midspan.platform.background import worker_pid
from midspan.records import Candidate, Fact
from tests.platform.facts_by_hand import fact, slot, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 180_000
"""Milliseconds; the first search loads the encoder, and drawing a body without a GPU takes most of a minute
on a busy machine."""
PICTURE_QUERY = "Where was Richard Wagner born?"
PICTURE = Path(__file__).parents[2] / "docs" / "ui.png"
ATLAS_SENTENCE = "Dialysis was started because of uremia."
ATLAS_PICTURE = PICTURE.with_name("atlas.png")
PICTURED = "wd:Q7186"
"""Marie Curie."""
FACTS_PICTURE = PICTURE.with_name("facts.png")
SCENE_PICTURE = PICTURE.with_name("scene.png")
VIDEOS_PICTURE = PICTURE.with_name("videos.png")
DRAWN = ("dog@0.5,0.75", "furniture@0.5,0.45")


@pytest.fixture(scope="module")
def workspace_folder(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with the documents in it; a worker that a test started is ended."""
    folder = tmp_path_factory.mktemp("browser") / "workspace"
    with Workspace.open(folder) as workspace:
        report = workspace.ingest([documents, held_up(folder.parent)])
        assert report.ok, report
        write(workspace, "hub.txt", hub())
    yield folder
    pid = worker_pid(folder)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 20
        while worker_pid(folder) is not None and time.monotonic() < deadline:
            time.sleep(0.1)


def held_up(folder: Path) -> Path:
    """A still video with boxes beside it: a hand that is elsewhere from second two on."""
    path = folder / "with a hand.mp4"
    grey = np.full((48, 120, 160, 3), 99, np.uint8)
    write_video([grey], np.zeros(4 * 16_000, np.float32), (160, 120), path)
    places = [(0.25, 0.5, 0.5, 1.0)] * 24 + [(0.5, 0.0, 0.75, 0.5)] * 24
    told = {str(n): [{"category": "hand", "box": box, "score": 1}] for n, box in enumerate(places)}
    path.with_suffix(".boxes.json").write_text(json.dumps({"with a hand": told}))
    return path


HUB = "The Hub Station"


def hub() -> list[Fact]:
    """Facts of an entity with more than are drawn at once: one leads on, one is denied."""
    station = slot(HUB, "wd:Q900001")
    has = slot("has spoke", "wd:P900001")
    spokes = [slot(f"Spoke {number:02}", f"wd:Q9100{number:02}") for number in range(14)]
    weighed = (Candidate("wd:Q5", "A Namesake", 0.11, "of another kind"),)
    return [
        *(fact(station, has, spoke, score=1 - number / 64) for number, spoke in enumerate(spokes)),
        fact(
            station,
            slot("turned by", "wd:P900002"),
            slot("Wind", "wd:Q920000", candidates=weighed),
            score=1.0,
        ),
        fact(spokes[0], slot("made by", "wd:P900003"), slot("Saddle Works", "wd:Q930000")),
        fact(station, has, slot("No Spoke"), polarity="negated"),
    ]


TOKEN = "a token of the tests"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(folder: Path, log: Path) -> Generator[str, None, None]:
    """The UI over a workspace until the generator is closed; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "midspan.ui.server", "127.0.0.1", str(port)]
    environment = {**os.environ, "MIDSPAN_WORKSPACE": str(folder), "MIDSPAN_UI_TOKEN": TOKEN}
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(f"{address}/_stcore/health", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"Streamlit did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def address(workspace_folder: Path) -> Iterator[str]:
    yield from serve(workspace_folder, workspace_folder.parent / "streamlit.log")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        message = f"no browser: none of {', '.join(BROWSERS)} is installed, so the UI was NOT tested in one"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(BROWSER_OPTIONS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that was let in; whatever is looked at in it, the content security policy has to allow."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    refused: list[str] = []
    opened.on("console", lambda said: refused.append(said.text) if "Security Policy" in said.text else None)
    enter(opened, address)
    yield opened
    opened.close()
    assert refused == []


def enter(page: Page, address: str) -> None:
    """Open the address with the token; it goes into a cookie and out of the address."""
    page.goto(f"{address}/?{urlencode({'token': TOKEN})}")
    expect(page).to_have_url(f"{address}/")


def cell(page: Page, text: str) -> Locator:
    """A cell of a table, which is drawn on a canvas with an HTML table inside for screen readers."""
    return page.locator("[data-testid=stDataFrame] td", has_text=text).first


def expect_once(page: Page, text: str) -> None:
    """A page being drawn anew may show an old element beside the new one that says the same."""
    found = page.get_by_text(text)
    expect(found).to_have_count(1)
    expect(found).to_be_visible()


def search(page: Page, address: str, query: str, **more: str) -> None:
    """Open a linked search."""
    page.goto(f"{address}/?{urlencode({'q': query, **more})}")


def test_a_typed_search_shows_the_sentence(page: Page, address: str) -> None:
    page.goto(address)
    box = page.get_by_label("Search for", exact=True)
    box.fill("born in Warsaw")
    box.press("Enter")
    card = page.locator(".st-key-chosen-0, .st-key-hit-0").first
    expect(card).to_contain_text("Marie Curie was born in Warsaw.")
    expect(card.locator("mark").last).to_have_text("Warsaw")


def test_hostile_text_is_shown_literally_and_fetches_nothing(page: Page, address: str) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    search(page, address, "zebra")
    passage = page.locator(".ms-passage")
    expect(passage).to_contain_text("<script>document.title = 'taken'</script>")
    expect(passage).to_contain_text("![x](http://pictures.invalid/x.png)")
    expect(passage).to_contain_text("<b>bold</b>")
    page.remove_listener("request", note)
    assert page.title() != "taken"
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def test_a_hit_in_a_pdf_shows_its_page(page: Page, address: str) -> None:
    search(page, address, "lantern")
    picture = page.get_by_test_id("stImage").locator("img").first
    expect(picture).to_be_visible()
    expect(page.get_by_text("Page 2", exact=True)).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") == 900


def test_a_hit_in_a_film_stands_at_its_moment(page: Page, address: str, workspace_folder: Path) -> None:
    with Workspace.open(workspace_folder) as workspace:
        (event,) = workspace.search("moving to the right", kinds=["event"]).hits
    assert event.start > 0
    search(page, address, "moving to the right", kind="event")
    film = page.locator("video")
    expect(film).to_be_visible()
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    assert film.evaluate("film => film.currentTime") == pytest.approx(event.start, abs=0.1)


def test_a_film_shows_moments_that_look_alike(page: Page, address: str) -> None:
    search(page, address, "moving to the right", kind="event")
    expect(page.get_by_text("Moments that look like this")).to_be_visible()
    thumbnail = page.locator(".st-key-opened .ms-hit img").first
    expect(thumbnail).to_be_visible()
    assert thumbnail.evaluate("image => image.naturalWidth") > 0


def test_the_bar_under_a_film_seeks_it(page: Page, address: str, workspace_folder: Path) -> None:
    with Workspace.open(workspace_folder) as workspace:
        (event,) = workspace.search("moving to the right", kinds=["event"]).hits
    page.goto(f"{address}/videos")
    bar = page.locator(f"[data-event='{event.record}']")
    expect(bar).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    bar.click()
    page.wait_for_function(f"document.querySelector('video').currentTime >= {event.start}")
    expect(bar).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(f"event={event.record}"))
    link = page.url
    page.goto(f"{address}/sources")
    page.goto(link)
    page.wait_for_function(f"document.querySelector('video')?.currentTime >= {event.start}")


def test_boxes_lie_over_the_picture_and_follow_it(page: Page, address: str, workspace_folder: Path) -> None:
    with Workspace.open(workspace_folder) as workspace:
        (video,) = [one for one in workspace.videos() if "hand" in one.title]
    page.goto(f"{address}/videos?video={video.source_id}")
    film, hand = page.locator("video"), page.locator("rect.hand")
    expect(hand).to_have_count(1, timeout=PATIENCE)
    for second, left, top in ((0.5, 0.25, 0.5), (3.0, 0.5, 0.0)):
        film.evaluate("(film, second) => { film.currentTime = second; }", second)
        expect(hand).to_have_attribute("x", str(left))
        frame, box = film.bounding_box(), hand.bounding_box()
        assert frame is not None and box is not None
        assert box["x"] == pytest.approx(frame["x"] + left * frame["width"], abs=4)
        assert box["y"] == pytest.approx(frame["y"] + top * frame["height"], abs=4)
        assert box["width"] == pytest.approx(frame["width"] / 4, abs=6)
    shown = page.get_by_role("checkbox", name="Boxes over the picture")
    expect(page.get_by_text("1 hand", exact=True)).to_be_visible()
    shown.focus()
    page.keyboard.press("Space")
    expect(hand).to_have_count(0)
    page.goto(f"{address}/videos")
    expect(page.locator("video")).to_be_visible()
    expect(shown).to_have_count(0)


def test_the_graph_of_facts_is_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}/facts?{urlencode({'entity': 'wd:Q7186', 'all': '1'})}")
    graph = page.get_by_test_id("stGraphVizChart").locator("svg").first
    expect(graph).to_be_visible()
    expect(graph).to_contain_text("Marie Curie")
    expect(graph).to_contain_text("Warsaw")


def facts_of(page: Page, address: str, **choice: str) -> None:
    """The facts page, its drawing with a listener."""
    page.goto(f"{address}/facts?{urlencode(choice)}")
    expect(drawn(page, HUB)).to_be_visible()


def drawn(page: Page, name: str) -> Locator:
    """A node or an edge of the drawing of facts, by a word on it."""
    return page.locator(".st-key-fact-graph :is(g.node, g.edge)", has_text=name).first


def click(thing: Locator, brings: Locator) -> None:
    """The browser's own event, since a pointer takes Chromium without a GPU seconds to draw; again where
    nothing came of it, for the page listens a moment after it has drawn."""
    for _ in range(3):
        thing.dispatch_event("click")
        with suppress(AssertionError):
            expect(brings).to_be_visible(timeout=PATIENCE / 3)
            return
    expect(brings).to_be_visible()


def test_a_click_on_an_entity_brings_its_neighbours(page: Page, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001")
    expect(drawn(page, "Saddle Works")).to_have_count(0)
    click(drawn(page, "Spoke 00"), drawn(page, "Saddle Works"))
    expect(drawn(page, HUB)).to_be_visible()
    opened = {"entity": "wd:Q910000", "near": ["wd:Q900001", "wd:Q910000"]}
    expect(page).to_have_url(f"{address}/facts?{urlencode(opened, doseq=True)}")


def test_a_click_on_the_rest_brings_more_of_an_entity(page: Page, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001")
    expect(drawn(page, "Spoke 13")).to_have_count(0)
    click(drawn(page, "5 more"), drawn(page, "Spoke 13"))
    expect(drawn(page, "more")).to_have_count(0)


def test_a_click_in_the_overview_adds_to_what_is_drawn(page: Page, address: str) -> None:
    facts_of(page, address, all="1")
    others = page.locator(".st-key-fact-graph g.node").all_inner_texts()
    click(drawn(page, "more"), drawn(page, "Spoke 13"))
    assert len(page.locator(".st-key-fact-graph g.node").all_inner_texts()) > len(others)
    click(drawn(page, "Spoke 00"), drawn(page, "Saddle Works"))
    expect(drawn(page, "Spoke 13")).to_be_visible()


def test_a_click_on_a_fact_shows_its_evidence(page: Page, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001")
    click(drawn(page, "turned by"), page.locator("mark.ms-predicate", has_text="turned by"))
    expect(page.get_by_text("A Namesake (wd:Q5), 0.11: of another kind")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]fact=fact-"))


def test_a_link_opens_the_same_view_of_facts(page: Page, browser: Browser, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001")
    click(drawn(page, "Spoke 00"), drawn(page, "Saddle Works"))
    click(drawn(page, "turned by"), page.locator("mark.ms-predicate", has_text="turned by"))
    expect(page).to_have_url(re.compile(r"[?&]fact=fact-"))
    link = page.url
    page.goto(address)
    page.goto(link)
    expect(drawn(page, "Saddle Works")).to_be_visible()
    expect(page.locator("mark.ms-predicate", has_text="turned by")).to_be_visible()
    expect(page).to_have_url(link)


def test_a_name_of_an_entity_may_be_typed(page: Page, address: str) -> None:
    page.goto(f"{address}/facts")
    box = page.get_by_label("Entity")
    box.fill("the hub sta")
    box.press("Enter")
    expect(page).to_have_url(f"{address}/facts?{urlencode({'entity': 'wd:Q900001'})}")
    box.fill("no such thing")
    box.press("Enter")
    expect(page.get_by_text("No entity is called")).to_be_visible()


def test_a_row_of_the_table_shows_its_evidence(page: Page, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001", predicate="wd:P900002")
    page.get_by_test_id("stDataFrame").first.click(position={"x": 18, "y": 52})
    expect(page).to_have_url(re.compile(r"[?&]fact=fact-"))


def test_what_is_hidden_is_shown_on_request(page: Page, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001")
    expect(page.get_by_text("15 believed facts; 1 hidden")).to_be_visible()
    page.get_by_text("Also what is not believed").click()
    expect(page.get_by_text("16 facts, of which 15 are believed.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]all=1"))


def test_evidence_links_to_its_passage(page: Page, address: str) -> None:
    facts_of(page, address, entity="wd:Q900001", predicate="wd:P900002")
    page.get_by_role("link", name="link to the passage").first.click()
    passage = page.locator(".ms-passage")
    expect(passage).to_contain_text("turned by")


def ask(page: Page, address: str, cypher: str) -> None:
    page.goto(f"{address}/facts")
    page.get_by_role("tab", name="Cypher").click()
    page.get_by_label("Cypher (reading only)").fill(cypher)
    page.get_by_role("button", name="Run", exact=True).click()


def test_a_typed_query_shows_its_rows(page: Page, address: str) -> None:
    ask(page, address, "MATCH (e:Entity) WHERE e.name = 'Warsaw' RETURN e.name + '!' AS shouted")
    expect(cell(page, "Warsaw!")).to_be_attached()


def test_a_query_that_writes_is_refused_in_words(page: Page, address: str) -> None:
    ask(page, address, "CREATE (n) RETURN n")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("refused 'CREATE'")


def test_the_body_is_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}/atlas")
    expect(page.locator(".js-plotly-plot canvas").first).to_be_visible()


def test_choosing_an_organ_lists_its_sentences(page: Page, address: str) -> None:
    page.goto(f"{address}/atlas")
    expect_once(page, "Pneumonia is an infection of the lung.")
    page.get_by_label("Organ").click()
    page.get_by_role("option", name="kidney").click()
    expect(page.get_by_text("Pneumonia is an infection of the lung.")).to_have_count(0)
    expect_once(page, "A stone in the left kidney causes severe pain.")


def test_a_distance_around_an_organ_lists_what_stands_within(page: Page, address: str) -> None:
    page.goto(f"{address}/atlas?organ=liver")
    expect(page.get_by_text("liver", exact=True).first).to_be_visible()
    expect(page.get_by_text("A stone in the left kidney causes severe pain.")).to_have_count(0)
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(page.get_by_text("within 300 mm of liver")).to_be_visible()
    expect_once(page, "A stone in the left kidney causes severe pain.")
    page.get_by_role("button", name="Around").first.click()
    expect(page.get_by_text("within 50 mm of (")).to_be_visible()


LISTENED_TO = """() => document.querySelector('.js-plotly-plot')?._fullLayout?.scene?._scene?.glplot
  ?.objects.some((drawn) => drawn.drawPick === null)"""
"""The body is drawn some time after its canvas is there."""


def drawn_body(page: Page, address: str) -> None:
    """The atlas, with a chart that tells of clicks."""
    page.goto(f"{address}/atlas")
    expect(page.locator(".js-plotly-plot canvas").first).to_be_visible()
    expect_once(page, "Pneumonia is an infection of the lung.")
    page.wait_for_function(LISTENED_TO)


def expect_the_kidney_s_sentences(page: Page, address: str) -> None:
    expect(page.get_by_text("Pneumonia is an infection of the lung.")).to_have_count(0)
    expect_once(page, "A stone in the left kidney causes severe pain.")
    expect(page).to_have_url(f"{address}/atlas?organ=kidney")


CLICKED = """(type) => {
  const chart = document.querySelector('.js-plotly-plot');
  const data = chart._fullData.find((one) => one.type === type && (one.name === 'kidney' || one.customdata));
  const customdata = data.customdata?.find?.((one) => one.organ === 'kidney');
  setTimeout(() => chart.emit('plotly_click', { points: [{ data, customdata }] }));
}"""
"""What the chart says of a click on the kidney, or on the point of the left one. Without a hand: where there
is no graphics card, a browser that looks for what lies under a pointer has hung for good."""


@pytest.mark.parametrize("what", ["mesh3d", "scatter3d"])
def test_a_click_on_an_organ_or_a_point_in_it_lists_its_sentences(
    page: Page, address: str, what: str
) -> None:
    drawn_body(page, address)
    page.evaluate(CLICKED, what)
    expect_the_kidney_s_sentences(page, address)


def test_a_typed_sentence_is_placed(page: Page, address: str) -> None:
    page.goto(f"{address}/atlas")
    page.get_by_label("Place a sentence").fill("The left kidney is enlarged.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("names 'kidney'; (").first).to_be_visible()


def on_the_board(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"{name}, ")


def test_scenes_are_found_by_drawing_them(page: Page, address: str) -> None:
    """With the pointer and the keyboard; what is on the board is in the address."""
    page.goto(f"{address}/scenes")
    found = page.locator(".ms-scene")
    expect(found).to_have_count(1)
    label, board = page.get_by_label("Label of a thing"), page.get_by_label("Drawing board")
    label.fill("telescope")
    label.press("Enter")
    expect(on_the_board(page, "telescope")).to_be_attached()
    expect(found).to_contain_text("telescope")
    label.fill("source of light")
    size = board.bounding_box() or {"width": 0, "height": 0}
    board.click(position={"x": 0.9 * size["width"], "y": 0.5 * size["height"]})
    expect(page).to_have_url(re.compile("at=telescope.*at=source"))
    on_the_board(page, "telescope").focus()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile(r"telescope%400\.26%2C0\.46"))
    page.keyboard.press("Delete")
    expect(page).not_to_have_url(re.compile("at=telescope"))
    page.reload()
    expect(on_the_board(page, "source of light")).to_be_attached()
    expect(on_the_board(page, "telescope")).not_to_be_attached()


def test_a_scene_opens_with_its_sentence_and_relations(page: Page, address: str) -> None:
    page.goto(f"{address}/scenes")
    page.locator("[class*=st-key-scene-open] button").click()
    passage = page.get_by_role("dialog")
    expect(passage).to_contain_text("The orchard lantern glows beside the quiet telescope.")
    expect(passage).to_contain_text("lantern next to telescope")
    expect(passage.get_by_test_id("stImage").locator("img").first).to_be_visible()


def test_an_uploaded_file_is_ingested_by_a_worker(page: Page, address: str, tmp_path: Path) -> None:
    upload = tmp_path / "violin-maker.txt"
    upload.write_text("The violin maker of Cremona tuned a spruce board.\n")
    page.goto(f"{address}/sources")
    page.get_by_role("tab", name="Add and follow jobs").click()
    page.locator("input[type=file]").set_input_files(upload)
    expect(page.get_by_text("violin-maker.txt").first).to_be_visible()
    page.get_by_role("button", name="Upload and ingest").click()
    job = page.locator("[class*=st-key-job-]").filter(has_text="violin-maker.txt")
    expect(job).to_contain_text("1 of 1 file done", timeout=PATIENCE)
    page.goto(f"{address}/sources")
    expect(cell(page, "violin-maker.txt")).to_be_attached()


@pytest.fixture
def of_the_corpus(browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, str]]:
    """A page over the documents and videos that ship, for the pictures of the documentation."""
    if not os.environ.get("MIDSPAN_WRITE_PICTURES"):
        pytest.skip("writes pictures when asked to")
    with Workspace.open(tmp_path / "workspace") as workspace:
        assert workspace.ingest([corpus() / "documents", corpus() / "videos"]).ok
    server = serve(tmp_path / "workspace", tmp_path / "streamlit.log")
    address = next(server)
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    enter(opened, address)
    yield opened, address
    opened.close()
    server.close()


def written(page: Page, picture: Path) -> None:
    page.screenshot(path=picture)
    assert picture.stat().st_size < 400_000


def test_write_the_pictures_of_search_and_atlas(of_the_corpus: tuple[Page, str]) -> None:
    opened, address = of_the_corpus
    for _ in range(2):  # the second time the models are loaded
        search(opened, address, PICTURE_QUERY)
        expect(opened.get_by_test_id("stImage").locator("img").first).to_be_visible(timeout=PATIENCE)
    opened.wait_for_load_state("networkidle")
    written(opened, PICTURE)
    opened.set_viewport_size({"width": 1280, "height": 1110})
    opened.goto(f"{address}/atlas?organ=kidney")
    opened.get_by_label("Place a sentence").fill(ATLAS_SENTENCE)
    opened.keyboard.press("Enter")
    expect(opened.get_by_text("inferred:").first).to_be_visible(timeout=PATIENCE)
    expect(opened.locator(".js-plotly-plot canvas").first).to_be_visible(timeout=PATIENCE)
    opened.wait_for_timeout(5000)  # the body is drawn after its canvas is there
    written(opened, ATLAS_PICTURE)


def test_write_the_picture_of_the_facts(of_the_corpus: tuple[Page, str]) -> None:
    opened, address = of_the_corpus
    opened.set_viewport_size({"width": 1280, "height": 1250})
    opened.goto(f"{address}/facts?entity={PICTURED}")
    expect(opened.locator("[data-testid=stGraphVizChart] svg").first).to_be_visible(timeout=PATIENCE)
    opened.wait_for_load_state("networkidle")
    opened.wait_for_timeout(3000)  # the drawing finds its size after it is there
    written(opened, FACTS_PICTURE)


def test_write_the_picture_of_the_scenes(of_the_corpus: tuple[Page, str]) -> None:
    opened, address = of_the_corpus
    opened.set_viewport_size({"width": 1280, "height": 1000})
    opened.goto(f"{address}/scenes?{urlencode({'at': DRAWN}, doseq=True)}")
    expect(opened.locator(".ms-scene img")).to_have_count(12, timeout=PATIENCE)
    expect(on_the_board(opened, "dog")).to_be_attached()
    opened.wait_for_load_state("networkidle")
    written(opened, SCENE_PICTURE)


def test_write_the_picture_of_the_videos(of_the_corpus: tuple[Page, str]) -> None:
    opened, address = of_the_corpus
    opened.goto(f"{address}/videos")
    opened.get_by_role("combobox").first.click(timeout=PATIENCE)
    opened.get_by_text("tabletop-2").last.click()
    opened.locator("button[title^='puts']").first.click(timeout=PATIENCE)
    opened.wait_for_function("document.querySelector('video').currentTime > 10", timeout=PATIENCE)
    opened.locator("video").evaluate("film => film.pause()")
    expect(opened.locator("rect").first).to_be_visible()
    opened.wait_for_load_state("networkidle")
    written(opened, VIDEOS_PICTURE)
