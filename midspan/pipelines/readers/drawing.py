"""Pages as pictures, made by a confined process (see ``pipelines/confined``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path


def draw_page(path: Path, number: int, width_px: int, boxes: Sequence[Sequence[float]]) -> Iterator[bytes]:
    """The one picture that :func:`~midspan.pipelines.readers.pdf.page_image` makes."""
    from midspan.pipelines.readers.pdf import page_image  # loads pdfium

    yield page_image(path, number, width_px, boxes)
