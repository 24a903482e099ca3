"""Text as the stores take it: NFC, ``\\n`` line breaks, nothing that a database refuses.

Works on a stream: the result is that of the whole text, wherever the stream is cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

REPLACEMENT = "\ufffd"
LONGEST_CLUSTER = 65_536
"""Code points. A run of combining marks beyond this is cut, so that memory stays bounded."""

_REFUSED = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL takes no NUL in text, and lone surrogates have no UTF-8."""


def clean(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces in NFC with ``\\n`` line breaks; NUL and lone surrogates become U+FFFD."""
    held = ""
    for piece in pieces:
        text = held + piece
        cut = _last_border(text)
        if cut == 0 and len(text) > LONGEST_CLUSTER:
            cut = len(text)
        if cut:
            yield clean_text(text[:cut])
        held = text[cut:]
    if held:
        yield clean_text(held)


def clean_text(text: str) -> str:
    """The same for a whole text."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text.replace("\0", REPLACEMENT)
    return unicodedata.normalize("NFC", _REFUSED.sub(REPLACEMENT, text))


def starts_cluster(char: str) -> bool:
    """Whether NFC never merges or reorders this character with what stands before it.

    True for fewer characters than Unicode allows: no mark, no conjoining jamo.
    """
    if char.isascii():
        return True
    return not ("\u1100" <= char <= "\u11ff" or unicodedata.category(char).startswith("M"))


def _last_border(text: str) -> int:
    """Start of the last cluster; ``\\r\\n`` is never parted."""
    for index in range(len(text) - 1, 0, -1):
        if starts_cluster(text[index]) and not (text[index] == "\n" and text[index - 1] == "\r"):
            return index
    return 0
