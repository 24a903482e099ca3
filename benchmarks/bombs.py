"""Small files that are made to take all the time or memory that a reader can get."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import av
import numpy as np

_MB = 2**20
_TEXT = b"BT /F1 12 Tf 72 700 Td (The left kidney lies here.) Tj ET\n"
_A4 = b"[0 0 595 842]"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


# --- PDF ---


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first one is its catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, made in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, made))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def stream(data: bytes) -> bytes:
    """Of data that is packed already."""
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data)


def packed(megabytes: int, unit: bytes) -> bytes:
    """So many MB of ``unit`` over and over."""
    packer = zlib.compressobj(9)
    block = (unit * (_MB // len(unit) + 1))[:_MB]
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def one_page(content: bytes, *, box: bytes = _A4, contents: bytes = b"5 0 R", kids: int = 1) -> bytes:
    """A PDF whose one page is named so often by the tree of pages."""
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b"3 0 R " * kids, kids),
        b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Resources << /Font << /F1 4 0 R >> >> /Contents %s >>"
        % (box, contents),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        stream(content),
    )


def deep_tree(levels: int) -> bytes:
    """A PDF whose tree of pages has so many levels with nothing beside the next one in each."""
    nodes = [
        b"<< /Type /Pages /Kids [%d 0 R] /Count 1 /Parent %d 0 R >>" % (number + 3, number + 1)
        for number in range(levels)
    ]
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox %s /Contents %d 0 R >>" % (levels + 1, _A4, levels + 3)
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, page, stream(zlib.compress(_TEXT)))


# --- HTML, Markdown, DOCX ---


def html_of(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


def attributes(count: int) -> bytes:
    """One tag with so many attributes."""
    names = " ".join(f"a{number}=1" for number in range(count))
    return html_of(f"<p {names}>The left kidney.</p>")


def open_tables(count: int) -> bytes:
    """So many tables within each other, none of which is closed."""
    return html_of("<table><tr><td>The left kidney lies here. " * count)


def docx_of(body: str, members: Mapping[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        for name, text in (members or {}).items():
            archive.writestr(name, text)
    return out.getvalue()


def runs(count: int) -> bytes:
    """One paragraph of so many runs of formatted text."""
    run = '<w:r w:rsidR="{0:08X}"><w:rPr><w:b/><w:i/></w:rPr><w:t>word {0} </w:t></w:r>'
    return docx_of(f"<w:p>{''.join(run.format(number) for number in range(count))}</w:p>")


def core_properties(megabytes: int) -> bytes:
    """A title of so many MB."""
    title = f'<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">{"a" * megabytes * _MB}</dc:title>'
    return docx_of(
        "<w:p><w:r><w:t>The left kidney.</w:t></w:r></w:p>", {"docProps/core.xml": f"<c>{title}</c>"}
    )


# --- videos ---


def video(name: str, codec: str, size: tuple[int, int] = (128, 96), frames: int = 50) -> bytes:
    """A grey video; ``name`` says the container."""
    out = io.BytesIO()
    grey = np.full((size[1], size[0], 3), 90, np.uint8)
    with av.open(out, "w", format=name) as container:
        track = container.add_stream(codec, rate=25)
        track.width, track.height, track.pix_fmt = *size, "yuv420p"
        if codec == "libx264":
            track.options = {"preset": "ultrafast", "crf": "51"}
        for _ in range(frames):
            container.mux(track.encode(av.VideoFrame.from_ndarray(grey, "rgb24")))
        container.mux(track.encode())
    return out.getvalue()


def with_header(data: bytes, box: bytes, offset: int, values: bytes) -> bytes:
    """With other bytes so far behind the name of a box or chunk."""
    start = data.index(box) + len(box) + offset
    return data[:start] + values + data[start + len(values) :]


def many_streams(count: int) -> bytes:
    """An MP4 whose one track is there so often."""
    data = video("mp4", "libx264")
    start = data.index(b"moov") - 4
    moov = data[start : start + struct.unpack(">I", data[start : start + 4])[0]]
    at = moov.index(b"trak") - 4
    track = moov[at : at + struct.unpack(">I", moov[at : at + 4])[0]]
    more = moov[:at] + track * count + moov[at + len(track) :]
    return data[:start] + struct.pack(">I", len(more)) + more[4:] + data[start + len(moov) :]


_MOST = struct.pack(">I", 0xFFFFFFFF)

BOMBS: Mapping[str, Callable[[], bytes]] = {
    "flate_spaces.pdf": lambda: one_page(packed(1000, b" ")),
    "flate_text.pdf": lambda: one_page(packed(330, _TEXT)),
    "flate_paths.pdf": lambda: one_page(packed(400, b"0 0 m 1 1 l S q Q\n")),
    "flate_again.pdf": lambda: one_page(packed(100, b" "), contents=b"[%s]" % (b"5 0 R " * 2000)),
    "box_of_10^400_points.pdf": lambda: one_page(
        zlib.compress(_TEXT), box=b"[0 0 1%s 1%s]" % (b"0" * 400, b"0" * 400)
    ),
    "box_of_integers'_ends.pdf": lambda: one_page(
        zlib.compress(_TEXT), box=b"[-2147483648 -2147483648 2147483647 2147483647]"
    ),
    "box_turned_inside_out.pdf": lambda: one_page(zlib.compress(_TEXT), box=b"[100 100 -100 -100]"),
    "tree_of_150,000_same.pdf": lambda: one_page(zlib.compress(_TEXT * 80), kids=150_000),
    "tree_of_20,000_levels.pdf": lambda: deep_tree(20_000),
    "300,000_attributes.html": lambda: attributes(300_000),
    "3,000_open_tables.html": lambda: open_tables(3000),
    "2,000_open_elements_x_500.html": lambda: html_of(("<b>" * 2000 + "word" + "</b>" * 2000) * 500),
    "10,000_levels.html": lambda: html_of("First words. " + "<div>" * 10_000 + "The last words."),
    "10,000_levels.md": lambda: b"First words.\n\n" + b">" * 10_000 + b" The last words.\n",
    "800,000_runs.docx": lambda: runs(800_000),
    "title_of_60_MB.docx": lambda: core_properties(60),
    "text_of_60_MB.docx": lambda: docx_of(f"<w:p><w:r><w:t>{'word ' * 12_000_000}</w:t></w:r></w:p>"),
    "5,000_levels.docx": lambda: docx_of(
        "<w:tbl><w:tr><w:tc><w:p/>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000
    ),
    "65,535_pixels.mp4": lambda: with_header(
        video("mp4", "libx264"), b"avc1", 24, struct.pack(">HH", 65_535, 65_535)
    ),
    "60,000_pixels.avi": lambda: with_header(
        video("avi", "rawvideo"), b"strf", 8, struct.pack("<II", 60_000, 60_000)
    ),
    "8,192_pixels.mp4": lambda: video("mp4", "libx264", (8192, 8192), 12),
    "136_years.mp4": lambda: with_header(video("mp4", "libx264"), b"mdhd", 12, struct.pack(">I", 1) + _MOST),
    "frames_of_0_seconds.mp4": lambda: with_header(
        video("mp4", "libx264"), b"stts", 8, struct.pack(">II", 50, 0)
    ),
    "4,294,967,295_frames.mp4": lambda: with_header(video("mp4", "libx264"), b"stts", 8, _MOST + _MOST),
    "a_frame_in_136_years.avi": lambda: with_header(
        video("avi", "mpeg4"), b"strh", 24, struct.pack("<II", 0xFFFFFFFF, 1)
    ),
    "20,000_streams.mp4": lambda: many_streams(20_000),
}
"""By file name."""


def write_all(folder: Path) -> list[Path]:
    """All of them, in this folder."""
    paths = [folder / name for name in BOMBS]
    for path in paths:
        path.write_bytes(BOMBS[path.name]())
    return paths
