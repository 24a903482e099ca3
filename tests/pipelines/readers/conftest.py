"""Makes the files that the readers are tried on."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pikepdf
import pytest
from reportlab.pdfgen import canvas

FPS = 25
"""What steady videos have; AVI knows no other times."""


@pytest.fixture
def make_pdf(tmp_path: Path) -> Callable[..., Path]:
    """``make_pdf(pages)``: each page a list of (x, y from the bottom, size, text), A4 in points."""

    def make(
        pages: list[list[tuple[float, float, float, str]]],
        *,
        name: str = "made.pdf",
        title: str = "",
        password: str = "",
        rotate: int = 0,
    ) -> Path:
        path = tmp_path / name
        drawing = canvas.Canvas(str(path), pagesize=(595, 842))
        if title:
            drawing.setTitle(title)
        for lines in pages:
            for x, y, size, text in lines:
                drawing.setFont("Helvetica", size)
                drawing.drawString(x, y, text)
            drawing.rect(10, 10, 20, 20)
            drawing.showPage()
        drawing.save()
        if password or rotate:
            with pikepdf.open(path, allow_overwriting_input=True) as pdf:
                for page in pdf.pages:
                    page.rotate(rotate, relative=False)
                pdf.save(path, encryption=pikepdf.Encryption(user=password) if password else False)
        return path

    return make


@pytest.fixture
def make_docx(tmp_path: Path) -> Callable[[str], Path]:
    """``make_docx(body)``: an archive with just this XML in ``<w:body>``."""

    def make(body: str) -> Path:
        path = tmp_path / "made.docx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "word/document.xml",
                '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
                f"<w:body>{body}</w:body></w:document>",
            )
        return path

    return make


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """``make_video(times)``: one frame at each of these seconds; all grey, each darker or lighter."""

    def make(
        times: Iterable[float],
        *,
        name: str = "made.mp4",
        size: tuple[int, int] = (128, 96),
        picture: np.ndarray | None = None,
        title: str = "",
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        ticks = FPS if path.suffix == ".avi" else 1000
        with av.open(str(path), "w", options=options or {}) as container:
            if title:
                container.metadata["title"] = title
            stream = container.add_stream("libx264", rate=FPS)
            stream.width, stream.height = size
            stream.pix_fmt = "yuv420p"
            stream.codec_context.time_base = Fraction(1, ticks)
            stream.options = {"crf": "12", "preset": "ultrafast"}
            for index, time in enumerate(times):
                grey = np.full((size[1], size[0], 3), 40 + index * 7 % 160, np.uint8)
                frame = av.VideoFrame.from_ndarray(grey if picture is None else picture, "rgb24")
                frame.pts = round(time * ticks)
                frame.time_base = Fraction(1, ticks)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return make


@pytest.fixture
def make_sound(tmp_path: Path) -> Callable[[str], Path]:
    """``make_sound(name)``: one second of silence in a container for videos."""

    def make(name: str) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w") as container:
            stream = container.add_stream("aac", rate=16_000)
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.float32), "fltp", "mono")
            frame.sample_rate = 16_000
            container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return make


@pytest.fixture
def make_zip_bomb(tmp_path: Path) -> Callable[[int], Path]:
    """``make_zip_bomb(byte_count)``: a DOCX that unpacks to this many zero bytes."""

    def make(byte_count: int) -> Path:
        path = tmp_path / "bomb.docx"
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("word/document.xml", "w") as body,
        ):
            for _ in range(byte_count // 2**20):
                body.write(bytes(2**20))
        return path

    return make
