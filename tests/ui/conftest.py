"""What the tests of the UI share: documents with hostile text, a film, a PDF."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from reportlab.pdfgen.canvas import Canvas

HOSTILE = (
    "The zebra note holds <script>document.title = 'taken'</script> and "
    "![x](http://pictures.invalid/x.png) and <b>bold</b> markup.\n"
)
TEXTS = {
    "curie.txt": "Marie Curie was born in Warsaw. Albert Einstein worked at Princeton University.\n",
    "kidney.txt": "A stone in the left kidney causes severe pain. Pneumonia is an infection of the lung.\n",
    "hostile.txt": HOSTILE,
}
PAGES = (
    "Isaac Newton was born in Woolsthorpe.",
    "The orchard lantern glows beside the quiet telescope.",
)


def write_pdf(path: Path) -> None:
    """Two pages, one sentence each."""
    canvas = Canvas(str(path))
    for sentence in PAGES:
        canvas.drawString(72, 700, sentence)
        canvas.showPage()
    canvas.save()


STILL_SECONDS = 4
"""How long the film's square stands still before it moves."""


def write_film(path: Path, seconds: int = 8, rate: int = 10) -> None:
    """H.264: a bright square that stands still and then moves to the right over a dark ground."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for number in range(seconds * rate):
            picture = np.full((120, 160, 3), 24, np.uint8)
            left = max(0, number - STILL_SECONDS * rate) * 3
            picture[40:80, left : left + 40] = (250, 200, 40)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three texts, a PDF and a film; not to be written to."""
    folder = tmp_path_factory.mktemp("documents")
    for name, text in TEXTS.items():
        (folder / name).write_text(text)
    write_pdf(folder / "orchard.pdf")
    write_film(folder / "square.mp4")
    return folder
