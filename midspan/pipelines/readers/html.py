"""HTML: the main text of a page, without scripts, styles and navigation."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from trafilatura.settings import DEFAULT_CONFIG

from midspan.errors import CorruptSource, EmptySource, UnsupportedSource
from midspan.pipelines.readers import encoding
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.readers.files import watched
from midspan.pipelines.readers.normalise import REPLACEMENT, clean

LARGEST = 64 * 2**20
"""Bytes. A tree takes many times its file's size in memory."""
LARGEST_MAIN = 4 * 2**20
"""Bytes up to which the main text is looked for; all text is taken of what is larger."""
LEAST_SHARE = 0.2
"""Main text that is less than this share of all text is not believed."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_NEVER_SHOWN = ("script", "style", "template", "noscript")
_SILENT = _names(
    """
    head title nav header footer aside form button select option svg math
    iframe object canvas audio video
    """
)
_BLOCKS = _names(
    """
    address article blockquote body caption center dd details div dl dt fieldset figcaption figure h1 h2 h3
    h4 h5 h6 hr item head li list main ol p pre row section summary table tbody thead tr ul
    """
)
_BLOCKS_ALONE = frozenset({"code", "quote"})
"""Blocks only directly in the body; trafilatura calls inline code and quotes the same."""
_CELLS = frozenset({"td", "th", "cell"})
_BREAKS = frozenset({"br", "lb"})


def read(path: Path) -> Iterator[Extract]:
    text = "".join(clean(_text(path)))
    if not text.strip():
        raise EmptySource("no text is left of the page without its scripts and navigation; nothing to read")
    yield from (Extract(text[at : at + 100_000]) for at in range(0, len(text), 100_000))


def _text(path: Path) -> Iterator[str]:
    source = _decoded(path)
    tree = _parse(source)
    everything = "\n\n".join(_blocks(tree))
    if len(source) > LARGEST_MAIN:
        yield everything
        return
    main = "\n\n".join(_main_blocks(source))
    yield main if len(main) > LEAST_SHARE * len(everything) else everything


def _decoded(path: Path) -> str:
    """By byte order mark, then the page's own word for it, then as plain text is judged."""
    with watched(path) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UnsupportedSource(
            f"an HTML page of more than {LARGEST:,} bytes; convert it to text first, e.g. with html2text"
        )
    codec, mark = encoding.guess(data[: encoding.SAMPLE_BYTES])
    declared = _CHARSET.search(data[:4096])
    if declared and not mark and codec not in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        codec = _known(declared[1].decode("ascii", "replace")) or codec
    text = data[mark:].decode(codec, "replace")
    return _XML_DECLARATION.sub("", text).replace("\0", REPLACEMENT)


def _known(name: str) -> str | None:
    """Python's codec for a charset label; browsers read ISO-8859-1 as Windows-1252."""
    try:
        b"text".decode(name)
    except (LookupError, ValueError):
        return None
    lower = name.lower()
    if lower in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"):
        return "cp1252"
    # A page that says UTF-16 in letters of one byte is not in UTF-16.
    return None if lower.startswith(("utf-16", "utf16", "utf-32", "utf32", "unicode")) else name


def _parse(source: str) -> etree._Element:
    parser = lxml_html.HTMLParser(
        remove_comments=True, remove_pis=True, no_network=True, huge_tree=True, encoding="utf-8"
    )
    try:
        tree = lxml_html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError as error:
        raise EmptySource(f"there is no HTML in it ({error}); nothing to read") from error
    except etree.XMLSyntaxError as error:
        raise CorruptSource(f"the HTML cannot be parsed ({error}); convert it to text first") from error
    _check_read_to_the_end(parser)
    etree.strip_elements(tree, *_NEVER_SHOWN, with_tail=False)
    return tree


def _check_read_to_the_end(parser: etree.HTMLParser) -> None:
    """The parser mends what it can and is silent; where it gives up it has left out all that follows."""
    for entry in parser.error_log.filter_from_fatals():
        raise UnsupportedSource(
            f"the page is too deep or too large for the parser, which left it at line {entry.line} "
            f"({entry.message}); convert it to text first, e.g. with html2text"
        )


def _main_blocks(source: str) -> list[str]:
    """Blocks of the main text as trafilatura finds it; none if it finds nothing."""
    settings = copy.deepcopy(DEFAULT_CONFIG)
    settings["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    settings["DEFAULT"]["MIN_OUTPUT_SIZE"] = "1"
    try:
        found = trafilatura.bare_extraction(
            cast(HtmlElement, _parse(source)),
            include_comments=False,
            include_tables=True,
            with_metadata=False,
            config=settings,
        )
    except RecursionError:
        return []
    if found is None or isinstance(found, dict) or found.body is None:
        return []
    return list(_blocks(found.body, silent=frozenset()))


def _blocks(tree: etree._Element, silent: frozenset[str] = _SILENT) -> Iterator[str]:
    """The text of each block with its white space collapsed; a table row is one block."""
    parts: list[str] = []
    skipping = 0

    def block() -> Iterator[str]:
        lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
        text = "\n".join(line for line in lines if line).strip(" |")
        parts.clear()
        if text:
            yield text

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        root = element is tree
        is_block = name in _BLOCKS or (name in _BLOCKS_ALONE and element.getparent() is tree)
        if event == "start":
            skipping += not root and name in silent
            if is_block and not skipping:
                yield from block()
            if name in _BREAKS:
                parts.append("\n")
            if not skipping and element.text:
                parts.append(_flat(element.text))
            continue
        if is_block and not skipping:
            yield from block()
        if name in _CELLS:
            parts.append(" | ")
        skipping -= not root and name in silent
        if not skipping and element.tail and not root:
            parts.append(_flat(element.tail))
    yield from block()


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)
