"""Where sentences end: rules over the text, with no model and in bounded memory.

The spans depend on the text alone, not on how it arrives, so that ids are the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from midspan.pipelines.abbreviations import ANY_CASE, BEFORE_NUMBER, CAPITALISED, STARTERS, UNLESS_CAPITAL
from midspan.records import SegmentKind

LONGEST_SENTENCE = 1_000
"""Code points. What is longer is cut at white space into fragments."""
LONGEST_STRETCH = 20_000
"""Code points without any sentence end after which a stretch is cut without waiting for one."""
_AHEAD = 128
"""Code points behind a full stop that may be needed to judge it."""

_TERMINAL = ".!?…‽⁇⁈⁉؟۔।॥։።"
_CLOSERS = "\"'”’»›)\\]}"
_OPENERS = "\"'“‘„«‹([{¿¡-–—*#"
_END = re.compile(
    r"(?P<paragraph>\n[^\S\n]*\n\s{0,64}|[\f\u2029])"
    rf"|(?<![{_TERMINAL}])(?P<mark>[{_TERMINAL}]{{1,8}})"
    rf"(?P<close>[{_CLOSERS}]{{0,4}}(?:\[[\w ,–-]{{1,12}}\]){{0,4}})(?=\s|\Z)"
    r"|[。！？｡．]{1,8}[」』”’）]{0,4}"
)
_WORD_BEFORE = re.compile(r"\S{1,24}\Z")
_NEXT_WORD = re.compile(r"\s+(\S{1,24})")
_SAYS_SOMETHING = re.compile(r"[^\W_]")
_ENUMERATOR = re.compile(r"[\[(]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[)\].]*\.\Z")
_ACRONYM = re.compile(r"(?:[A-Za-zÄÖÜäöü]\.){2,}\Z")
_NUMBER_OR_LETTER = re.compile(r"[\[(#]?(?:[\dIVXLC]+\b|[A-Za-z]\b)")


class Span(NamedTuple):
    """Half-open, in code points of the whole text."""

    start: int
    end: int
    kind: SegmentKind


class Splitter:
    """Give it the text in pieces of any size; it gives back sentences as soon as they are certain."""

    def __init__(self) -> None:
        self._text = ""
        self._offset = 0
        """Where ``_text`` begins in the whole text."""
        self._torn = False
        """Whether the text before ``_text`` was cut within a stretch without a sentence end."""

    def feed(self, piece: str) -> Iterator[tuple[Span, str]]:
        """Each span with its text."""
        self._text += piece
        yield from self._split(LONGEST_STRETCH + _AHEAD)

    def finish(self) -> Iterator[tuple[Span, str]]:
        yield from self._split(1)

    def _split(self, needed: int) -> Iterator[tuple[Span, str]]:
        """Take sentences off the front while at least ``needed`` code points are there."""
        text, at = self._text, 0
        while len(text) - at >= needed:
            end = _sentence_end(text, at)
            torn = end is None
            stop = min(at + LONGEST_STRETCH, len(text)) if end is None else end
            whole = not (torn and stop < len(text)) and not self._torn
            for start, piece_end, kind in _pieces(text, at, stop, whole):
                yield Span(self._offset + start, self._offset + piece_end, kind), text[start:piece_end]
            self._torn = torn
            at = stop
        self._text, self._offset = text[at:], self._offset + at


def _sentence_end(text: str, start: int) -> int | None:
    """End of the sentence (or run of white space) that begins at ``start``; None if it is too far."""
    limit = start + LONGEST_STRETCH
    for match in _END.finditer(text, start, limit + _AHEAD):
        if match.end() > limit:
            return None
        if match["mark"] is None or _ends_sentence(text, start, match):
            return match.end()
    return None


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    following = _NEXT_WORD.match(text, match.end(), match.end() + _AHEAD)
    if following is None:
        return True
    word = following[1]
    capital = word.lstrip(_OPENERS)[:1].isupper()
    if match["mark"] != ".":
        lower = word[0].islower()
        return not (lower and (match["close"] or match["mark"][0] in ".…"))
    if match["close"] and not match["close"].startswith("["):
        return not word[0].islower()
    before = _WORD_BEFORE.search(text, max(start, match.start() - 24), match.start() + 1)
    return before is None or not _keeps_stop(before[0], word, capital, before.start() == _first(text, start))


@lru_cache(maxsize=65_536)
def _keeps_stop(word: str, following: str, capital: bool, first: bool) -> bool:
    """Whether the full stop belongs to the word before it."""
    word = word.lstrip(_OPENERS)
    lower = word.lower()
    if first and _ENUMERATOR.match(word):
        return True
    if word in CAPITALISED or lower in ANY_CASE:
        return True
    if lower in BEFORE_NUMBER and not (len(word) == 2 and word[0].isupper()):
        return _NUMBER_OR_LETTER.match(following) is not None
    if lower in UNLESS_CAPITAL:
        return not capital
    if (len(word) == 2 and word[0].isalpha()) or _ACRONYM.match(word):
        return word != "I." and following not in STARTERS
    return False


def _first(text: str, start: int) -> int:
    """Where the sentence's first word begins."""
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _pieces(text: str, start: int, end: int, whole: bool) -> Iterator[tuple[int, int, SegmentKind]]:
    """One sentence without the white space at its ends, or fragments where it is too long or torn."""
    start, end = _trim(text, start, end)
    if whole and end - start <= LONGEST_SENTENCE:
        if _SAYS_SOMETHING.search(text, start, end):
            yield start, end, "sentence"
        return
    while start < end:
        cut = end if end - start <= LONGEST_SENTENCE else _cut(text, start)
        piece_start, piece_end = _trim(text, start, cut)
        if _SAYS_SOMETHING.search(text, piece_start, piece_end):
            yield piece_start, piece_end, "fragment"
        start = cut


def _cut(text: str, start: int) -> int:
    """Behind the last white space among the next 1,000 code points; behind all of them if there is none."""
    limit = start + LONGEST_SENTENCE
    for index in range(limit, start, -1):
        if text[index - 1].isspace():
            return index
    return limit


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
