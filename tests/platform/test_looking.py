"""Looking at what is stored: pictures, places, neighbours, and files that have gone."""

import io
import xml.etree.ElementTree

import av
import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from midspan import Workspace
from midspan.errors import NotFound, SourceVanished
from midspan.platform.answers import FactFilter


def film(path, *, reverse=False, bright=0):
    """Six seconds: a square that moves, then stands, before a ground of stripes."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(60):
            picture = np.full((120, 160, 3), 40 + bright, np.uint8)
            picture[:, ::16] = 90 + bright
            left = 10 + 3 * min(number, 40)
            left = 130 - left if reverse else left
            picture[40:80, left : left + 24] = (230, 60 + bright, 40)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module", autouse=True)
def nothing_is_known():
    """No action is recognised, so that looks alone are compared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIDSPAN_RECOGNISER", "none")
        yield


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """(workspace folder, files) with a PDF of two pages and two films that look the same."""
    folder = tmp_path_factory.mktemp("seen")
    canvas = Canvas(str(folder / "pages.pdf"))
    canvas.drawString(72, 720, "The first page speaks of nothing.")
    canvas.showPage()
    canvas.drawString(72, 500, "The second page speaks of the Danube.")
    canvas.save()
    film(folder / "film.mp4")
    film(folder / "again.mp4", bright=6)
    with Workspace.open(folder / "workspace") as opened:
        report = opened.ingest([folder / "pages.pdf", folder / "film.mp4", folder / "again.mp4"])
        assert report.ok, report.failures
    return folder


@pytest.fixture
def look(seen):
    with Workspace.open(seen / "workspace", create=False) as opened:
        yield opened


def test_a_hit_in_a_pdf_is_highlighted_on_its_page(look):
    [hit, *_] = look.search("Danube").hits
    assert hit.page == 2
    picture = look.page_picture(hit.source, hit.page, hit.start, hit.end, width=600)
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(int)
    yellow = (pixels[..., 0] > 200) & (pixels[..., 2] < 190) & (pixels[..., 1] > 150)
    rows, columns = np.nonzero(yellow)
    height, width = yellow.shape
    assert len(rows) > 100
    line = (1 - 500 / 841.89) * height
    assert abs(rows.mean() - line) < 0.03 * height
    assert columns.min() > 0.1 * width


def test_a_page_without_the_file_says_where_it_went(look, seen, tmp_path):
    [hit, *_] = look.search("Danube").hits
    away = (seen / "pages.pdf").rename(tmp_path / "away.pdf")
    try:
        assert look.media_path(hit.source) is None
        with pytest.raises(SourceVanished, match="ingest it again"):
            look.page_picture(hit.source, 2, hit.start, hit.end)
    finally:
        away.rename(seen / "pages.pdf")


def test_a_page_that_is_not_there_is_not_found(look):
    [hit, *_] = look.search("Danube").hits
    with pytest.raises(NotFound, match="no page 9"):
        look.page_picture(hit.source, 9, 0, 1)


def test_the_same_moment_of_another_film_is_a_near_duplicate(look):
    [first] = list(look.sources(contains="film.mp4"))
    window = look.parts.store.segments(first.source.id)[0]
    [nearest, *_] = look.similar(window.id).hits
    assert nearest.title == "again.mp4"
    assert nearest.start == window.start
    assert "near-duplicate" in nearest.why
    assert Image.open(io.BytesIO(look.thumbnail(window.id))).size[0] > 50


def test_a_clip_in_which_nothing_known_is_done_finds_what_looks_like_it(look, seen):
    hits = look.like_clip(film(seen / "third.mp4", bright=3)).hits
    assert {hit.title for hit in hits} == {"film.mp4", "again.mp4"}
    assert hits[0].kind == "window" and hits[0].why.startswith("near-duplicate moment")
    assert len(look.sources()) == 3  # nothing of it is kept


def test_motion_is_found_in_words_with_its_seconds(look):
    hits = look.search("moving to the right", kinds=["event"]).hits
    assert {hit.title for hit in hits} == {"film.mp4", "again.mp4"}
    assert all(hit.unit == "s" and 0 <= hit.start < hit.end <= 6.5 for hit in hits)


def test_a_search_in_videos_only_finds_videos(look):
    assert {hit.unit for hit in look.search("moving", source_kind="video", kinds=["event"]).hits} == {"s"}
    assert look.search("Danube", source_kind="video", kinds=["sentence"]).hits == ()


def test_a_search_within_seconds_keeps_to_them(look):
    late = look.search("moving to the right", kinds=["event"], start=5.9).hits
    assert all(hit.end > 5.9 for hit in late)
    assert len(late) < len(look.search("moving to the right", kinds=["event"]).hits) or not late


def test_a_scene_is_drawn_as_well_formed_svg(workspace):
    [hit, *_] = workspace.search("cup lamp", kinds=["scene"]).hits
    tree = xml.etree.ElementTree.fromstring(workspace.scene_picture(hit.record))
    assert tree.tag.endswith("svg")


def test_facts_of_an_entity_all_speak_of_it(workspace):
    [warsaw, *_] = [
        slot
        for view in workspace.facts(FactFilter(everything=True))
        for slot in (view.fact.subject, view.fact.object)
        if slot.name == "Warsaw"
    ]
    found = workspace.facts(FactFilter(warsaw.uid, everything=True))
    assert found
    assert all(warsaw.uid in (view.fact.subject.uid, view.fact.object.uid) for view in found)
    assert all(view.path.endswith("curie.txt") for view in found)


def test_the_body_counts_what_is_grounded(workspace):
    body = workspace.body()
    assert body.meshes[0].organ == "body"
    assert body.counts["kidney"] == len(workspace.places("kidney"))
    place = workspace.places("kidney")[0].grounding
    assert place.laterality == "left"
    assert place.x_mm is not None
    assert place.x_mm > 0, "in LPS the body's left is +x"


def test_a_negated_mention_is_an_abstention_with_its_reason(workspace):
    [liver] = [
        r for r in workspace.parts.store.records("atlas", {"status": "abstained"}, 10) if "liver" in r.text
    ]
    assert liver.negated
    assert liver.x_mm is None
    assert liver.reason
