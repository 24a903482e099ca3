"""The telling words of a query, and where a text has them, endings aside."""

from __future__ import annotations

import re

from midspan.db.words.stop_words import STOP_WORDS

_WORD = re.compile(r"\w+")


def telling_words(query: str) -> frozenset[str]:
    """In one case."""
    return all_words(query) - STOP_WORDS


def all_words(query: str) -> frozenset[str]:
    """In one case."""
    return frozenset(_WORD.findall(query.casefold()))


def spans(words: frozenset[str], text: str) -> list[tuple[int, int]]:
    """Where these words stand in a text, half-open."""
    return [
        found.span()
        for found in _WORD.finditer(text)
        if any(_alike(found.group().casefold(), word) for word in words)
    ]


def words_in(words: frozenset[str], text: str) -> frozenset[str]:
    """Those of these words that a text has. What is written without gaps may stand within a longer run."""
    lower = text.casefold()
    there = set(_WORD.findall(lower))
    return frozenset(
        word
        for word in words
        if word in there
        or (not word.isascii() and word in lower)
        or any(_alike(other, word) for other in there)
    )


def _alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 4 and len(long) - len(short) <= 2 and long.startswith(short))
