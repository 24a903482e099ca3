from __future__ import annotations

import json
import re
from pathlib import Path

import av
import docx
import lxml.html
import pypdfium2
import pytest

from midspan import corpus
from midspan.models.action.data.verbs import NAMES

FOLDER = corpus.folder()
REPOSITORY = FOLDER.parent.parent
FILES = sorted(path for part in ("documents", "videos") for path in (FOLDER / part).iterdir())
FILMS = sorted((FOLDER / "videos").glob("*.mp4"))
TABLETOP = sorted((FOLDER / "videos").glob("tabletop-*.mp4"))


def documents(extension: str) -> list[Path]:
    return sorted((FOLDER / "documents").glob(f"*.{extension}"))


def listed() -> dict[str, list[str]]:
    """The cells of README.md's tables by the file that they are about."""
    rows = re.findall(r"^\| `([^`]+)` \|(.*)\|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in rows}


def test_the_readme_lists_exactly_the_files_that_are_there() -> None:
    assert sorted(listed()) == [path.relative_to(FOLDER).as_posix() for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_file_has_a_known_licence_and_an_origin(path: Path) -> None:
    _, origin, licence = listed()[path.relative_to(FOLDER).as_posix()]
    assert licence in {"Apache-2.0", "CC BY 4.0", "CC BY 3.0", "CC0 1.0"}
    assert origin.startswith("ours") == (licence == "Apache-2.0")


def test_the_notice_names_what_is_not_ours() -> None:
    notice = (REPOSITORY / "NOTICE").read_text("utf-8")
    films = [name for name, cells in listed().items() if cells[2] in {"CC BY 3.0", "CC0 1.0"}]
    assert len(films) == 2
    assert all(f"midspan/corpus/{name}" in notice for name in films)
    assert "MedQuAD" in notice and "CC BY 4.0" in notice


def test_the_corpus_is_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < 6_000_000
    assert all(path.stat().st_size < 800_000 for path in FILES)


@pytest.mark.parametrize("extension", ["txt", "md", "html", "pdf", "docx"])
def test_every_format_has_at_least_four_documents(extension: str) -> None:
    assert len(documents(extension)) >= 4


def test_two_pdf_files_have_several_pages() -> None:
    lengths = []
    for path in documents("pdf"):
        with pypdfium2.PdfDocument(path) as document:
            lengths.append(len(document))
    assert sum(length > 1 for length in lengths) >= 2


def test_some_docx_file_has_a_table() -> None:
    assert any(docx.Document(str(path)).tables for path in documents("docx"))


@pytest.mark.parametrize("path", documents("html"), ids=lambda path: path.name)
def test_a_page_fetches_nothing_and_has_furniture_to_drop(path: Path) -> None:
    page = lxml.html.fromstring(path.read_bytes())
    assert not page.xpath("//@src | //link/@href")
    assert "http" not in page.text_content()
    assert all(page.xpath(f"//{tag}") for tag in ("script", "style", "nav", "footer"))


@pytest.mark.parametrize(
    "name, encoding, word",
    [
        ("cafe-latin1.txt", "latin-1", "crème brûlée"),
        ("letter-utf16.txt", "utf-16", "Małgorzata"),
        ("names-in-many-scripts.txt", "utf-8", "Достоевский"),
    ],
)
def test_a_text_in_its_encoding(name: str, encoding: str, word: str) -> None:
    content = (FOLDER / "documents" / name).read_bytes()
    assert word in content.decode(encoding)
    if encoding != "utf-8":
        with pytest.raises(UnicodeDecodeError):
            content.decode("utf-8")


@pytest.mark.parametrize("path", FILMS, ids=lambda path: path.name)
def test_a_film_opens_and_has_frames(path: Path) -> None:
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert max(stream.width, stream.height) <= 640
        assert sum(1 for _ in film.decode(stream)) > 24


@pytest.mark.parametrize("path", TABLETOP, ids=lambda path: path.name)
def test_the_truth_beside_a_film_fits_it(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text("utf-8"))
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        assert stream.average_rate == truth["fps"]
        frames = sum(1 for _ in film.decode(stream))
    assert frames == round(truth["seconds"] * truth["fps"])
    boxes = {track["id"]: track["boxes"] for track in truth["tracks"]}
    assert all(len(each) == frames for each in boxes.values())
    assert truth["events"]
    for event in truth["events"]:
        assert 0 < event["start"] < event["end"] < truth["seconds"]
        assert event["verb"] in NAMES
        assert any(boxes[event["tracks"][0]])
