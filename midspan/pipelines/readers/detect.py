"""Which reader a file needs, from its name and its content; where they differ, content decides.

Importing this is light: a reader and its libraries are imported when a file needs it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from midspan.errors import CorruptSource, UnreadableSource, UnsupportedSource
from midspan.pipelines.readers.extract import Extract, VideoWindow
from midspan.pipelines.readers.files import ZIP_DAMAGE, head, watched
from midspan.records import SourceKind

TEXT = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SUPPORTED_SUFFIXES: dict[str, str] = {
    ".txt": TEXT,
    ".text": TEXT,
    ".log": TEXT,
    ".rst": TEXT,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".pdf": PDF,
    ".docx": DOCX,
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
}
_READERS = {TEXT: "text", MARKDOWN: "markdown", HTML: "html", PDF: "pdf", DOCX: "docx"}
_HEAD_BYTES = 65_536

_OTHER_FORMATS = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"{\\rtf", "an RTF document (save it as .docx)"),
    (b"%!PS", "a PostScript file (convert it to PDF)"),
    (b"\x1f\x8b", "a gzip archive (unpack it)"),
    (b"BZh", "a bzip2 archive (unpack it)"),
    (b"\xfd7zXZ\0", "an xz archive (unpack it)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive (unpack it)"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 sound file"),
    (b"fLaC", "a FLAC sound file"),
)


@dataclass(frozen=True)
class MediaType:
    """What a file is, and how to read it."""

    kind: SourceKind
    media_type: str
    reader: Callable[[Path], Iterator[Extract]] | Callable[[Path], Iterator[VideoWindow]]
    """Yields ``Extract`` for documents, ``VideoWindow`` for videos."""


def detect(path: Path) -> MediaType:
    """What this file is.

    Raises ``EmptySource`` for 0 bytes, ``UnsupportedSource`` for what no reader reads, ``CorruptSource``
    where a binary format's own mark is missing, ``EncryptedDocument`` for an encrypted DOCX, and
    ``SourceVanished``.
    """
    start = head(path, _HEAD_BYTES)
    named = SUPPORTED_SUFFIXES.get(path.suffix.lower())
    media_type = _by_content(path, start, named)
    if media_type is None:
        media_type = _by_name(path, start, named)
    if media_type.startswith("video/"):
        module = import_module("midspan.pipelines.readers.video")
        return MediaType("video", media_type, module.read)
    module = import_module(f"midspan.pipelines.readers.{_READERS[media_type]}")
    return MediaType("document", media_type, module.read)


def likely_kind(path: Path) -> SourceKind:
    """Document or video, at a glance and without complaint: by its suffix, else by its first bytes."""
    named = SUPPORTED_SUFFIXES.get(path.suffix.lower())
    if named is not None:
        return "video" if named.startswith("video/") else "document"
    try:
        return "document" if _video_type(head(path, 512)) is None else "video"
    except UnreadableSource:
        return "document"


def supported() -> str:
    """The suffixes that are read, for messages."""
    return " ".join(SUPPORTED_SUFFIXES)


def _by_content(path: Path, start: bytes, named: str | None) -> str | None:
    """The type that the first bytes tell; None for text, and for what they do not tell."""
    if b"%PDF-" in start[:1024]:
        return PDF
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_type(path, named)
    if start.startswith(bytes.fromhex("d0cf11e0a1b11ae1")):
        with watched(path) as file:
            import_module("midspan.pipelines.readers.docx").refuse_ole(file)
    video = _video_type(start)
    if video is not None:
        return named if named and named.startswith("video/") else video
    for magic, what in _OTHER_FORMATS:
        if start.startswith(magic):
            raise UnsupportedSource(f"this is {what}; supported are {supported()}")
    opening = start[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if opening.startswith((b"<!doctype html", b"<html")) and named in (None, TEXT):
        return HTML
    return None


def _by_name(path: Path, start: bytes, named: str | None) -> str:
    """The type that the name says, if the bytes allow it."""
    if named in (PDF, DOCX):
        what, mark = ("PDF", "%PDF-") if named == PDF else ("DOCX", "PK")
        raise CorruptSource(
            f"the name says {what}, but its mark {mark!r} is not at the beginning; "
            "the file is damaged or something else: get it again"
        )
    if named is not None and named.startswith("video/"):
        if _is_text(start):
            raise CorruptSource("the name says video, but the file holds text (an error page?); get it again")
        return named
    if named is not None:
        return named
    if not path.suffix and _is_text(start):
        return TEXT
    raise UnsupportedSource(
        f"no reader for files named {path.suffix or 'without suffix'!r}; supported are {supported()}"
    )


def _zip_type(path: Path, named: str | None) -> str:
    if named == DOCX:
        return DOCX
    with watched(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                if "word/document.xml" in archive.namelist():
                    return DOCX
        except ZIP_DAMAGE as error:
            raise CorruptSource(f"a damaged ZIP archive ({error}); get it again") from error
    raise UnsupportedSource(f"a ZIP archive; unpack it first. Supported are {supported()}")


def _video_type(start: bytes) -> str | None:
    if start[4:8] == b"ftyp":
        brand = start[8:12]
        if brand[:3] in (b"avi", b"hei", b"mif", b"msf"):
            raise UnsupportedSource(f"this is a HEIF or AVIF picture; supported are {supported()}")
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    if start[4:8] in (b"moov", b"mdat", b"wide", b"pnot"):
        return "video/quicktime"
    if start.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm" if b"webm" in start[:64] else "video/x-matroska"
    if start.startswith(b"RIFF") and start[8:12] == b"AVI ":
        return "video/x-msvideo"
    if start.startswith((b"\0\0\x01\xba", b"\0\0\x01\xb3")):
        return "video/mpeg"
    if len(start) > 376 and all(start[at] == 0x47 for at in (0, 188, 376)) and 0 in start[:376]:
        return "video/mpeg"
    return None


def _is_text(start: bytes) -> bool:
    encoding = import_module("midspan.pipelines.readers.encoding")
    try:
        encoding.guess(start)
    except UnsupportedSource:
        return False
    return True
