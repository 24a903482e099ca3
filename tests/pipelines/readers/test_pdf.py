import io
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from midspan.errors import CorruptSource, EmptySource, EncryptedDocument, NotFound
from midspan.pipelines.readers import pdf
from midspan.pipelines.readers.extract import Extract

LINES = [
    (72.0, 700.0, 12.0, "The left kidney is an or-"),
    (72.0, 685.6, 12.0, "gan. It lies behind the"),
    (72.0, 671.2, 12.0, "peritoneum and is shaped."),
    (72.0, 630.0, 12.0, "Another paragraph is here,"),
    (72.0, 615.6, 12.0, "of two lines, and runs on"),
]


def box_of(extract: Extract, word: str) -> list[float]:
    """Box around a word, in shares of the page."""
    assert extract.page is not None
    start = extract.text.index(word)
    boxes = extract.page.boxes[start : start + len(word)]
    return [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]


def test_lines_and_paragraphs_are_told_apart(make_pdf: Callable[..., Path]) -> None:
    (extract,) = pdf.read(make_pdf([LINES]))

    assert extract.text == (
        "The left kidney is an or-\ngan. It lies behind the\nperitoneum and is shaped.\n\n"
        "Another paragraph is here,\nof two lines, and runs on\n"
    )


def test_a_heading_is_a_paragraph(make_pdf: Callable[..., Path]) -> None:
    (extract,) = pdf.read(make_pdf([[(72, 720, 18, "Where it lies"), *LINES]]))

    assert extract.text.startswith("Where it lies\n\nThe left")


def test_double_spacing_is_no_paragraph(make_pdf: Callable[..., Path]) -> None:
    lines = [(72.0, 700.0 - 28 * n, 12.0, f"line number {n} goes on and on") for n in range(4)]

    (extract,) = pdf.read(make_pdf([lines]))

    assert "\n\n" not in extract.text


@pytest.mark.parametrize(("last", "end"), [("and so it ends.", "\n\n"), ("and the sentence runs", "\n")])
def test_a_page_ends_a_paragraph_only_if_it_ends_a_sentence(
    make_pdf: Callable[..., Path], last: str, end: str
) -> None:
    (extract,) = pdf.read(make_pdf([[(72, 700, 12, "Some words come first"), (72, 686, 12, last)]]))

    assert extract.text == f"Some words come first\n{last}{end}"


def test_each_character_has_its_place(make_pdf: Callable[..., Path]) -> None:
    (extract,) = pdf.read(make_pdf([LINES]))
    left, top, right, bottom = box_of(extract, "The")

    assert extract.page is not None
    assert (extract.page.number, extract.page.width, extract.page.height) == (1, 595, 842)
    assert extract.page.boxes.shape == (len(extract.text), 4)
    assert left == pytest.approx(72 / 595, abs=0.002)
    assert right == pytest.approx((72 + 20.7) / 595, abs=0.005)
    assert top < 1 - 700 / 842 < bottom
    assert not extract.page.boxes[extract.text.index("\n")].any()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_places_are_those_of_the_page_as_shown(make_pdf: Callable[..., Path], rotate: int) -> None:
    path = make_pdf([[(100, 600, 40, "HHHH")]], rotate=rotate)
    (extract,) = pdf.read(path)

    page = np.asarray(Image.open(io.BytesIO(pdf.page_image(path, 1, 600))).convert("L"))
    left, top, right, bottom = box_of(extract, "HHHH")
    height, width = page.shape
    page = page.copy()
    inside = page[int(top * height) : int(bottom * height) + 1, int(left * width) : int(right * width) + 1]
    dark_inside = int((inside < 128).sum())

    assert dark_inside > 200
    # All that is dark elsewhere is the little frame in the page's corner.
    assert int((page < 128).sum()) - dark_inside < 200


def test_merged_characters_have_the_box_around_both() -> None:
    from midspan.pipelines.readers.pdf_layout import laid_out

    boxes = np.array([[0.1, 0.1, 0.2, 0.2], [0.12, 0.05, 0.18, 0.1], [0.2, 0.1, 0.3, 0.2]], np.float32)
    text, placed = laid_out([ord("e"), 0x301, ord("n")], [False] * 3, boxes)

    assert text.startswith("én")
    assert placed[0] == pytest.approx([0.1, 0.05, 0.2, 0.2])
    assert placed[1] == pytest.approx([0.2, 0.1, 0.3, 0.2])


def test_a_character_in_two_halves_is_one() -> None:
    from midspan.pipelines.readers.pdf_layout import laid_out

    boxes = np.array([[0.1, 0.1, 0.2, 0.2]] * 3, np.float32)
    text, placed = laid_out([0xD835, 0xDC00, 0], [False] * 3, boxes)

    assert text.rstrip("\n") == "\U0001d400\ufffd"
    assert len(placed) == len(text)


def test_pages_without_text_come_too(make_pdf: Callable[..., Path]) -> None:
    extracts = list(pdf.read(make_pdf([LINES, [], LINES])))

    assert [extract.page.number for extract in extracts if extract.page] == [1, 2, 3]
    assert extracts[1].text == ""


def test_names_that_are_no_utf_8_are_opened(make_pdf: Callable[..., Path], tmp_path: Path) -> None:
    path = make_pdf([LINES]).rename(tmp_path / "n\udcffme.pdf")

    assert len(list(pdf.read(path))) == 1


def test_a_broken_file_is_corrupt(make_pdf: Callable[..., Path]) -> None:
    path = make_pdf([LINES])
    path.write_bytes(path.read_bytes()[:60] + b"garbage" * 10)

    with pytest.raises(CorruptSource, match="damaged"):
        list(pdf.read(path))


def test_an_encrypted_file_says_what_to_do(make_pdf: Callable[..., Path]) -> None:
    with pytest.raises(EncryptedDocument, match="qpdf --decrypt"):
        list(pdf.read(make_pdf([LINES], password="secret")))


def test_a_scan_says_that_it_needs_character_recognition(make_pdf: Callable[..., Path]) -> None:
    with pytest.raises(EmptySource, match="OCR"):
        list(pdf.read(make_pdf([[], []])))


def test_a_page_picture_shows_what_is_highlighted(make_pdf: Callable[..., Path]) -> None:
    path = make_pdf([LINES])
    plain = Image.open(io.BytesIO(pdf.page_image(path, 1, 300)))
    marked = Image.open(io.BytesIO(pdf.page_image(path, 1, 300, [(0.5, 0.5, 0.6, 0.6)])))

    assert plain.width == marked.width == 300
    assert plain.getpixel((165, int(plain.height * 0.55))) == (255, 255, 255)
    red, green, blue = marked.getpixel((165, int(marked.height * 0.55)))  # type: ignore[misc]
    assert red > 240 and green > 200 and blue < 200


def test_a_page_that_is_not_there_is_not_found(make_pdf: Callable[..., Path]) -> None:
    with pytest.raises(NotFound, match="pages 1 to 1"):
        pdf.page_image(make_pdf([LINES]), 2, 100)


def test_several_threads_read_at_once(make_pdf: Callable[..., Path]) -> None:
    paths = [make_pdf([LINES] * 10, name=f"{n}.pdf") for n in range(3)]
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda p=path: texts.append("".join(e.text for e in pdf.read(p))))
        for path in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(texts) == 3
    assert len(set(texts)) == 1
