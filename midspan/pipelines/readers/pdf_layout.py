"""From the characters of a PDF page to readable NFC text with one box a code point."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from midspan.pipelines.readers.normalise import REPLACEMENT, starts_cluster

PARAGRAPH_GAP = 1.5
"""Distance of two lines, in heights of a line, from which a paragraph ends between them."""
USUAL_GAP = 1.3
"""And in usual distances of that page's lines, so that double spacing is not all paragraphs."""
HEADING = 1.2
"""Ratio of the heights of two lines from which they belong to different paragraphs."""
SHORT_LINE = 0.6
"""Share of the longest line below which a page's last line ends its paragraph."""
_HYPHEN = 0x02
"""What PDFium says for a hyphen at the end of a line; it says no line end after it."""
_SENTENCE_ENDS = (".", "!", "?", ":", "…", "。", "！", "？")
_MISSING = 0
"""Row of the table of boxes that is all zero."""

Char = tuple[str, int]
"""A code point, and the row of its box."""
Boxes = npt.NDArray[np.float32]


def laid_out(codes: Sequence[int], generated: Sequence[bool], boxes: Boxes) -> tuple[str, Boxes]:
    """(text, boxes (len(text), 4)) of a page, from what PDFium says of each of its characters.

    Lines are joined by ``\\n``, paragraphs by ``\\n\\n``. The page ends with ``\\n\\n`` if its last line
    ends a sentence or is short (a page number), otherwise with ``\\n``, so that a sentence may run on
    to the next page. A hyphen at a line end stays: ``-\\n``. Inserted characters have an all-zero box.
    """
    table = np.concatenate([np.zeros((1, 4), np.float32), boxes])
    lines = [line for line in _lines(codes, generated) if _text(line).strip()]
    if not lines:
        return "", np.zeros((0, 4), np.float32)
    breaks = [*_breaks(lines, table), _page_end(lines)]
    chars = [
        char
        for line, line_break in zip(lines, breaks, strict=True)
        for char in [*line, *((mark, _MISSING) for mark in line_break)]
    ]
    chars, table = _composed(chars, table)
    return _text(chars), table[[row for _, row in chars]]


def _lines(codes: Sequence[int], generated: Sequence[bool]) -> list[list[Char]]:
    """Characters line by line; a character in two surrogate halves has the place of the first."""
    lines: list[list[Char]] = [[]]
    high = 0
    for row, (code, made_up) in enumerate(zip(codes, generated, strict=True), start=1):
        if code in (0x0A, 0x0D):
            if lines[-1]:
                lines.append([])
        elif 0xD800 <= code < 0xDC00:
            high = code
        elif 0xDC00 <= code < 0xE000 and high:
            lines[-1].append((chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00), row - 1))
            high = 0
        else:
            lines[-1].append((_character(code), _MISSING if made_up else row))
            if code == _HYPHEN:
                lines.append([])
    return lines


def _character(code: int) -> str:
    if code in (_HYPHEN, 0xFFFE):
        return "-"
    if code == 0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return REPLACEMENT
    return " " if code < 0x20 else chr(code)


def _breaks(lines: list[list[Char]], table: Boxes) -> list[str]:
    """``\\n`` or ``\\n\\n`` between each two lines."""
    spans = [_vertical(line, table) for line in lines]
    steps = [below[1] - above[1] for above, below in pairwise(spans)]
    down = [step for step in steps if step > 0]
    usual = float(np.median(down)) if len(down) > 2 else 0.0
    breaks = []
    for (above, below), step in zip(pairwise(spans), steps, strict=True):
        height, next_height = above[1] - above[0], below[1] - below[0]
        smaller, larger = sorted((height, next_height))
        apart = step > PARAGRAPH_GAP * height and step > USUAL_GAP * usual
        breaks.append("\n\n" if apart or larger > HEADING * smaller > 0 else "\n")
    return breaks


def _page_end(lines: list[list[Char]]) -> str:
    last = _text(lines[-1]).rstrip()
    longest = max(len(line) for line in lines)
    ends = last.rstrip("\"'”’»)]").endswith(_SENTENCE_ENDS)
    return "\n\n" if ends or len(last) < SHORT_LINE * longest else "\n"


def _vertical(line: list[Char], table: Boxes) -> tuple[float, float]:
    """Median top and bottom of a line's characters."""
    placed = [row for _, row in line if row != _MISSING]
    if not placed:
        return 0.0, 0.0
    top, bottom = np.median(table[placed][:, [1, 3]], axis=0)
    return float(top), float(bottom)


def _composed(chars: list[Char], table: Boxes) -> tuple[list[Char], Boxes]:
    """In NFC; where characters merge, what they become has the box around all of them."""
    text = _text(chars)
    if unicodedata.is_normalized("NFC", text):
        return chars, table
    composed: list[Char] = []
    added: list[Boxes] = []
    start = 0
    for end in range(1, len(chars) + 1):
        if end < len(chars) and not starts_cluster(text[end]):
            continue
        normal = unicodedata.normalize("NFC", text[start:end])
        if normal == text[start:end]:
            composed += chars[start:end]
        else:
            rows = [row for _, row in chars[start:end] if row != _MISSING] or [_MISSING]
            added.append(np.concatenate([table[rows, :2].min(axis=0), table[rows, 2:].max(axis=0)]))
            composed += [(char, len(table) + len(added) - 1) for char in normal]
        start = end
    return composed, np.concatenate([table, np.stack(added)]) if added else table


def _text(chars: list[Char]) -> str:
    return "".join([char for char, _ in chars])
