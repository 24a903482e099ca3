"""DOCX: paragraphs and table rows in order, streamed out of the archive."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from lxml import etree

from midspan.errors import (
    CorruptSource,
    EmptySource,
    EncryptedDocument,
    UnsafeArchive,
    UnsupportedSource,
)
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.readers.files import ZIP_DAMAGE, watched
from midspan.pipelines.readers.normalise import clean

BODY = "word/document.xml"
LARGEST = 512 * 2**20
"""Bytes that an archive may declare to unpack to."""
LARGEST_RATIO = 200
"""How many times its size an archive of more than 64 MB unpacked may unpack to."""
HARMLESS = 64 * 2**20
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
CELL_BORDER = " | "

_W = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_MARKUP = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_INSERTED = {"tab": "\t", "br": "\n", "cr": "\n", "ptab": "\t", "noBreakHyphen": "\u2011"}
_SKIPPED = ("del", "moveFrom")


def read(path: Path) -> Iterator[Extract]:
    """Text of the body; deleted text of tracked changes is left out, footnotes and headers too."""
    empty = True
    with watched(path) as file, _archive(file) as archive, archive.open(BODY) as body:
        for text in clean(_paragraphs(body)):
            empty = False
            yield Extract(text)
    if empty:
        raise EmptySource("the document has no text in its body; nothing to read")


def refuse_ole(file: BinaryIO) -> None:
    """Raise what says best why this OLE file (old Word, or an encrypted DOCX) cannot be read."""
    marker = "EncryptedPackage".encode("utf-16-le")
    kept = b""
    while block := file.read(2**20):
        if marker in kept + block:
            raise EncryptedDocument(
                "the document needs a password; open it in a word processor and save it without one"
            )
        kept = block[-len(marker) :]
    raise UnsupportedSource(
        "this is an old binary Office file (as .doc), expected .docx; save it as .docx, e.g. with "
        "soffice --convert-to docx"
    )


@contextmanager
def _archive(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The opened archive, checked before anything of it is unpacked."""
    if file.read(len(OLE_MAGIC)) == OLE_MAGIC:
        refuse_ole(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
            if BODY not in archive.namelist():
                raise UnsupportedSource(
                    f"a ZIP archive without {BODY}, expected a DOCX document; unpack it and ingest the files"
                )
            if any(info.flag_bits & 1 for info in archive.infolist()):
                raise EncryptedDocument("the archive needs a password; save the document without one")
            yield archive
    except NotImplementedError as error:
        raise UnsupportedSource(
            f"the DOCX is packed in a way that is not known ({error}); save it again in a word processor"
        ) from error
    except (*ZIP_DAMAGE, etree.XMLSyntaxError) as error:
        raise CorruptSource(
            f"the DOCX is damaged or cut off ({error}); get it again or repair it in a word processor"
        ) from error


def _check_size(archive: zipfile.ZipFile) -> None:
    """By what the archive declares; Python's reader never unpacks a member beyond that."""
    unpacked = sum(info.file_size for info in archive.infolist())
    packed = max(1, sum(info.compress_size for info in archive.infolist()))
    if unpacked > LARGEST or (unpacked > HARMLESS and unpacked > LARGEST_RATIO * packed):
        raise UnsafeArchive(
            f"unpacks from {packed:,} to {unpacked:,} bytes, expected at most {LARGEST:,} and "
            f"{LARGEST_RATIO} times its size; if you trust it, save its text as .txt"
        )


def _paragraphs(body: IO[bytes]) -> Iterator[str]:
    """Each outermost paragraph and each row of an outermost table, ended by ``\\n\\n``."""
    tables = paragraphs = 0
    events = etree.iterparse(
        body,
        events=("start", "end"),
        tag=[space + name for space in _W for name in ("p", "tbl", "tr")],
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    for event, element in events:
        name = etree.QName(element).localname
        step = 1 if event == "start" else -1
        if name == "tbl":
            tables += step
        elif name == "p":
            paragraphs += step
        if event == "start" or paragraphs:
            continue
        text = ""
        if name == "p" and not tables:
            text = _text(element)
        elif name == "tr" and tables == 1:
            text = CELL_BORDER.join(cell for cell in (_text(c).strip() for c in _cells(element)) if cell)
        elif tables:
            continue
        if text.strip():
            yield text + "\n\n"
        _forget(element)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for space in _W:
        yield from row.iterchildren(space + "tc")
        for control in row.iterchildren(space + "sdt"):
            yield from control.iter(space + "tc")


def _text(element: etree._Element) -> str:
    """What a paragraph or cell says; paragraphs of a cell are joined by line breaks."""
    parts: list[str] = []
    stack = [element]
    while stack:
        node = stack.pop()
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node).localname
        if node.tag == f"{_MARKUP}Fallback" or (node.tag.startswith(_W) and name in _SKIPPED):
            continue
        if node.tag.startswith(_W):
            if name == "t":
                parts.append(node.text or "")
                continue
            if name in _INSERTED:
                parts.append(_INSERTED[name])
            elif name == "p" and parts:
                parts.append("\n")
        stack.extend(reversed(node))
    return "".join(parts)


def _forget(element: etree._Element) -> None:
    """Free the element and what stands before it, so that memory stays that of one paragraph."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
