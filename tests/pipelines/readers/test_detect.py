import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from midspan.errors import (
    CorruptSource,
    EmptySource,
    EncryptedDocument,
    SourceVanished,
    UnsupportedSource,
)
from midspan.pipelines.readers.detect import DOCX, HTML, MARKDOWN, PDF, SUPPORTED_SUFFIXES, TEXT, detect

WORDS = b"The left kidney lies behind the peritoneum.\n"


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", TEXT),
        ("A.TXT", TEXT),
        ("a.log", TEXT),
        ("README", TEXT),
        ("a.md", MARKDOWN),
        ("a.markdown", MARKDOWN),
        ("a.html", HTML),
        ("a b\nc.txt", TEXT),
        ("grün.txt", TEXT),
        ("n\udcffme.txt", TEXT),
    ],
)
def test_a_text_is_what_its_name_says(tmp_path: Path, name: str, media_type: str) -> None:
    found = detect(write(tmp_path, name, WORDS))

    assert (found.kind, found.media_type) == ("document", media_type)
    assert (
        "".join(extract.text for extract in found.reader(Path(tmp_path / name))).strip()
        == WORDS.decode().strip()
    )


@pytest.mark.parametrize("name", ["a.pdf", "a.txt", "a.mp4", "a.unknown"])
def test_a_pdf_is_a_pdf_whatever_its_name(make_pdf: Callable[..., Path], tmp_path: Path, name: str) -> None:
    path = make_pdf([[(72, 700, 12, "Words.")]]).rename(tmp_path / name)

    assert detect(path).media_type == PDF


@pytest.mark.parametrize("name", ["a.docx", "a.txt", "a"])
def test_a_docx_is_a_docx_whatever_its_name(
    make_docx: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    path = make_docx("<w:p/>").rename(tmp_path / name)

    assert detect(path).media_type == DOCX


@pytest.mark.parametrize(
    ("made", "name", "media_type"),
    [
        ("a.mp4", "a.mp4", "video/mp4"),
        ("a.mp4", "a.txt", "video/mp4"),
        ("a.mov", "a.mov", "video/quicktime"),
        ("a.mkv", "a.mkv", "video/x-matroska"),
        ("a.mkv", "a.bin", "video/x-matroska"),
        ("a.avi", "a.avi", "video/x-msvideo"),
        ("a.ts", "a.mpg", "video/mpeg"),
    ],
)
def test_a_video_is_a_video_whatever_its_name(
    make_video: Callable[..., Path], tmp_path: Path, made: str, name: str, media_type: str
) -> None:
    path = make_video([index / 25 for index in range(50)], name=made).rename(tmp_path / name)
    found = detect(path)

    assert (found.kind, found.media_type) == ("video", media_type)
    assert len(list(found.reader(path))) == 1


def test_a_page_that_is_called_text_is_read_as_html(tmp_path: Path) -> None:
    assert detect(write(tmp_path, "a.txt", b"\n<!DOCTYPE html><html></html>")).media_type == HTML


def test_every_suffix_has_a_reader(
    tmp_path: Path, make_pdf: Callable[..., Path], make_docx: Callable[[str], Path]
) -> None:
    contents = {
        PDF: make_pdf([[]]).read_bytes(),
        DOCX: make_docx("").read_bytes(),
        TEXT: WORDS,
        MARKDOWN: WORDS,
        HTML: WORDS,
    }
    for suffix, media_type in SUPPORTED_SUFFIXES.items():
        data = contents.get(media_type, b"\0\0\0\x18ftypisom" + bytes(100))
        assert detect(write(tmp_path, "a" + suffix, data)).media_type == media_type


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.mp4", "a.xyz"])
def test_no_bytes_are_empty(tmp_path: Path, name: str) -> None:
    with pytest.raises(EmptySource, match="0 bytes"):
        detect(write(tmp_path, name, b""))


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.csv", WORDS, r"named '\.csv'.*\.docx"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG picture"),
        ("a.txt", b"\x1f\x8b" + bytes(100), "unpack it"),
        ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), r"save it as \.docx"),
        ("a", bytes(range(256)) * 9, "supported are"),
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(100), "picture"),
    ],
)
def test_what_is_not_read_says_why(tmp_path: Path, name: str, data: bytes, what: str) -> None:
    with pytest.raises(UnsupportedSource, match=what):
        detect(write(tmp_path, name, data))


def test_an_archive_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "words")

    with pytest.raises(UnsupportedSource, match="unpack it first"):
        detect(path)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.mp4"])
def test_an_error_page_saved_as_something_else_is_corrupt(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorruptSource, match="get it again"):
        detect(write(tmp_path, name, b"<html>404 Not Found</html>"))


def test_an_encrypted_docx_needs_its_password_removed(tmp_path: Path) -> None:
    data = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le")

    with pytest.raises(EncryptedDocument):
        detect(write(tmp_path, "a.docx", data))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_only_regular_files_are_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.txt")

    with pytest.raises(UnsupportedSource, match="regular file"):
        detect(tmp_path / "a.txt")


def test_a_file_that_is_gone_has_vanished(tmp_path: Path) -> None:
    with pytest.raises(SourceVanished):
        detect(tmp_path / "a.txt")


def test_importing_it_loads_no_reader() -> None:
    heavy = ["av", "pypdfium2", "trafilatura", "lxml", "markdown_it", "torch"]
    code = f"import sys, midspan.pipelines.discovery; print([n for n in {heavy} if n in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
