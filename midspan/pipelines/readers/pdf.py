"""PDF: one stretch of text a page, with the place of every character; and pictures of pages."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageDraw

from midspan.errors import CorruptSource, EmptySource, EncryptedDocument, NotFound
from midspan.pipelines.readers.extract import Extract, PageLayout
from midspan.pipelines.readers.files import watched
from midspan.pipelines.readers.pdf_layout import laid_out

_LOCK = threading.RLock()
"""PDFium is not thread-safe, not even on different documents."""
_HIGHLIGHT = (255, 221, 0, 96)
WIDEST_IMAGE = 4_000
"""Pixels."""
LEAST_PAGE = 32
"""Bytes that a page and what leads to it take in a file, however well they are packed."""


def read(path: Path) -> Iterator[Extract]:
    """One stretch a page. A page without text gives one without text.

    Raises ``EmptySource`` at the end when no page had any.
    """
    empty = True
    with watched(path) as file, _opened(file) as document:
        with _LOCK:
            count = len(document)
        _check_count(count, path.stat().st_size)
        for index in range(count):
            extract = _extract(document, index)
            empty = empty and not extract.text.strip()
            yield extract
    if empty:
        raise EmptySource(
            f"no text on any of its {count} pages; it may be a scan: run character recognition (OCR) "
            "over it first, e.g. with ocrmypdf"
        )


def _check_count(count: int, byte_count: int) -> None:
    """A tree of pages may name the same page over and over."""
    if count > byte_count // LEAST_PAGE:
        raise CorruptSource(
            f"the PDF names {count:,} pages, more than {byte_count:,} bytes can hold; get it again, or print "
            "it to a new PDF"
        )


def page_image(
    path: Path, number: int, width_px: int, boxes: Sequence[Sequence[float]] | npt.NDArray[np.float32] = ()
) -> bytes:
    """PNG of the 1-based page ``number``, ``width_px`` wide, with boxes highlighted.

    Boxes are left, top, right, bottom as shares of the page, origin top left. Raises ``NotFound`` for a
    page that is not there.
    """
    width_px = max(1, min(width_px, WIDEST_IMAGE))
    with watched(path) as file, _opened(file) as document, _LOCK:
        if not 1 <= number <= len(document):
            raise NotFound(f"no page {number}; the document has pages 1 to {len(document)}")
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(width_px / width, WIDEST_IMAGE / height)
        image = page.render(scale=scale).to_pil().convert("RGBA")
    overlay = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(overlay)
    for left, top, right, bottom in boxes:
        corners = (left * image.width, top * image.height, right * image.width, bottom * image.height)
        draw.rectangle(corners, fill=_HIGHLIGHT)
    buffer = io.BytesIO()
    Image.alpha_composite(image, overlay).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Any]:
    """The document; read through the file object, because PDFium takes UTF-8 names only."""
    with _LOCK:
        try:
            document = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as error:
            if pdfium_c.FPDF_GetLastError() in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
                raise EncryptedDocument(
                    "the PDF needs a password; remove it first, e.g. with qpdf --decrypt --password=..."
                ) from error
            raise CorruptSource(
                f"the PDF is damaged or cut off ({error}); get it again or repair it, e.g. with qpdf"
            ) from error
    try:
        yield document
    finally:
        with _LOCK:
            document.close()


def _extract(document: Any, index: int) -> Extract:
    with _LOCK:
        try:
            page = document[index]
            textpage = page.get_textpage()
        except pdfium.PdfiumError as error:
            raise CorruptSource(
                f"page {index + 1} of the PDF is damaged ({error}); get it again or repair it, e.g. with "
                "qpdf",
                page=index + 1,
            ) from error
        width, height = page.get_size()
        frame = page.get_bbox()
        rotation = page.get_rotation()
        codes, generated, boxes = _characters(textpage)
        textpage.close()
        page.close()
    text, shares = laid_out(codes, generated, _shares(boxes, frame, rotation))
    return Extract(text, PageLayout(index + 1, float(width), float(height), shares))


def _characters(textpage: Any) -> tuple[list[int], list[bool], npt.NDArray[np.float64]]:
    """Code, whether PDFium made it up (spaces, line ends), and (n, 4) left, bottom, right, top in points."""
    raw = textpage.raw
    count = textpage.count_chars()
    boxes = np.zeros((count, 4), np.float64)
    codes, generated = [], []
    rect = pdfium_c.FS_RECTF()
    for index in range(count):
        codes.append(pdfium_c.FPDFText_GetUnicode(raw, index))
        generated.append(pdfium_c.FPDFText_IsGenerated(raw, index) == 1)
        if pdfium_c.FPDFText_GetLooseCharBox(raw, index, rect):
            boxes[index] = rect.left, rect.bottom, rect.right, rect.top
    return codes, generated, boxes


def _shares(
    boxes: npt.NDArray[np.float64], frame: tuple[float, float, float, float], rotation: int
) -> npt.NDArray[np.float32]:
    """From points of the unturned page, origin bottom left, to shares of the page as it is shown."""
    left, bottom, right, top = frame
    width, height = max(right - left, 1e-6), max(top - bottom, 1e-6)
    x0, x1 = (boxes[:, 0] - left) / width, (boxes[:, 2] - left) / width
    y0, y1 = (boxes[:, 1] - bottom) / height, (boxes[:, 3] - bottom) / height
    shown = {
        0: (x0, 1 - y1, x1, 1 - y0),
        90: (y0, x0, y1, x1),
        180: (1 - x1, y0, 1 - x0, y1),
        270: (1 - y1, 1 - x1, 1 - y0, 1 - x0),
    }[rotation]
    return np.clip(np.stack(shown, axis=1), 0, 1).astype(np.float32)
