"""Markdown: readable text without its markup, a paragraph for each block, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from midspan.errors import EmptySource
from midspan.pipelines.readers.extract import Extract
from midspan.pipelines.readers.normalise import clean
from midspan.pipelines.readers.text import decoded

PART = 65_536
"""Code points after which the next heading or paragraph begins a new part to parse."""
LONGEST_PART = 16 * PART
CELL_BORDER = " | "

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_MARKERS = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*", re.MULTILINE)
_ANY_DEPTH = {"maxNesting": 1 << 30}
"""The parser leaves out what is nested deeper than it is told; Python's own limit raises."""
_TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)


def read(path: Path) -> Iterator[Extract]:
    """Headings, paragraphs, list items, table rows and code blocks, each ended by ``\\n\\n``."""
    empty = True
    for part in _parts(clean(decoded(path))):
        text = "".join(clean(block + "\n\n" for block in blocks(part)))
        if text:
            empty = False
            yield Extract(text)
    if empty:
        raise EmptySource("no text is left of the file without its markup; nothing to read")


def blocks(part: str) -> Iterator[str]:
    """The text of each block of a part; line by line where it is nested deeper than can be followed."""
    try:
        tokens = MarkdownIt("commonmark", _ANY_DEPTH).enable("table").parse(part)
    except RecursionError:
        yield _MARKERS.sub("", part).strip("\n")
        return
    cells: list[str] = []
    inside_row = False
    for token in tokens:
        text = ""
        if token.type == "tr_open":
            inside_row, cells = True, []
        elif token.type == "tr_close":
            inside_row, text = False, CELL_BORDER.join(cell for cell in cells if cell)
        elif token.type == "inline":
            text = _inline(token)
        elif token.type in ("fence", "code_block"):
            text = re.sub(r"\n\s*\n", "\n", token.content)
        elif token.type == "html_block":
            text = re.sub(r"\n\s*\n", "\n", _TAG.sub("", token.content))
        if inside_row:
            cells.append(text.strip())
        elif text.strip():
            yield text.strip("\n")


def _inline(token: Token) -> str:
    """Text of links, emphasis and code; the description of pictures."""
    parts = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "image":
            parts.append(_inline(child))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
    return "".join(parts)


def _parts(pieces: Iterable[str]) -> Iterator[str]:
    """The file in parts that can be parsed alone: cut before a flush line that follows an empty one,
    outside fences. Front matter is left out. A part that finds no such line is cut at its longest."""
    lines: list[str] = []
    length, fence, blank, first = 0, "", True, True
    for line in _lines(pieces):
        flush = blank and not fence and line[:1] not in (" ", "\t", "\n", "")
        if length > LONGEST_PART or (length > PART and flush):
            yield _without_front_matter("".join(lines), first)
            lines, length, first = [], 0, False
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        blank = not line.strip()
        lines.append(line)
        length += len(line)
    if lines:
        yield _without_front_matter("".join(lines), first)


def _without_front_matter(part: str, first: bool) -> str:
    return _FRONT_MATTER.sub("", part) if first else part


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Lines with their ``\\n``; one that is longer than a part comes in several."""
    held = ""
    for piece in pieces:
        *lines, held = (held + piece).split("\n")
        yield from (line + "\n" for line in lines)
        if len(held) > LONGEST_PART:
            yield held
            held = ""
    if held:
        yield held
