"""How a text and a query are cut into tokens, alike.

A token is a run of letters and digits in compatibility form (NFKC: the ligature of "fi" is two letters) and
one case, with a ``++`` or ``#`` at its end ("c++", "c#"). Everything else stands for a gap. Chinese and
Japanese, which have no gaps, are cut into pairs of neighbouring characters. An English "'s" is dropped.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
"""Characters of a token that count; the rest is cut off, in texts as in queries."""

_OWNED = re.compile(r"['’]s\b")
_ASCII_GAP = re.compile(r"[^a-z0-9+#]+")
_CHUNK = re.compile(r"[^+#]+(?:(?:\+\+|#)(?=[+#]*$))?")
_CJK = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_RUNS = re.compile(f"[{_CJK}]+|[^{_CJK}]+")
_HAS_CJK = re.compile(f"[{_CJK}]")


def tokens(text: str) -> list[str]:
    """In their order. What has no letter or digit has none."""
    return [token for chunk in _chunks(text) for token in _of_chunk(chunk)]


def characters(tokens_of_text: list[str]) -> list[str]:
    """The single characters of Chinese and Japanese tokens, by which a word of one character is found."""
    pairs = (token for token in tokens_of_text if len(token) == 2 and is_cjk(token))
    return list(dict.fromkeys(character for pair in pairs for character in pair))


def is_cjk(token: str) -> bool:
    return _HAS_CJK.match(token) is not None


def _chunks(text: str) -> list[str]:
    if text.isascii():
        spaced = _ASCII_GAP.sub(" ", _OWNED.sub("", text.lower()))
    else:
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        spaced = _OWNED.sub("", folded).translate(_GAPS)
    if "+" in spaced or "#" in spaced:
        return [chunk for word in spaced.split() for chunk in _CHUNK.findall(word)]
    return spaced.split()


def _of_chunk(chunk: str) -> list[str]:
    if chunk.isascii() or not _HAS_CJK.search(chunk):
        return [chunk[:LONGEST]]
    return [
        token for run in _RUNS.findall(chunk) for token in (_pairs(run) if is_cjk(run) else [run[:LONGEST]])
    ]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


class _Gaps(dict[int, int]):
    """Each code point that is no letter, mark or digit to a space; filled as texts need it."""

    def __missing__(self, point: int) -> int:
        character = chr(point)
        kept = character in "+#" or character.isalnum() or unicodedata.category(character).startswith("M")
        self[point] = point if kept else 32
        return self[point]


_GAPS = _Gaps()
