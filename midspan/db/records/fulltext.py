"""What a person types into the search box, taken apart. Any string is a valid query."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_TERM = re.compile(r'(?<!\S)(-?)"([^"]*)"?|(\S+)')


@dataclass(frozen=True)
class Terms:
    """Words and phrases: any of ``wanted`` may occur, none of ``excluded`` does."""

    wanted: tuple[str, ...]
    excluded: tuple[str, ...]


def parse(query: str) -> Terms:
    """``liver "left lung" -heart`` is liver or left lung, but not heart."""
    wanted: list[str] = []
    excluded: list[str] = []
    for minus, phrase, word in _TERM.findall(query):
        exclude = bool(minus) or (not phrase and word.startswith("-") and len(word) > 1)
        term = words(phrase or word)
        if term:
            (excluded if exclude else wanted).append(term)
    return Terms(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(excluded)))


def words(text: str) -> str:
    """The letters and digits of a text in their words; the rest stands for a gap between them."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isalnum() else " " for c in composed).split())


def fts5(terms: Terms) -> str | None:
    """As a query of SQLite's FTS5; None when nothing is wanted, which finds nothing."""
    if not terms.wanted:
        return None
    query = " OR ".join(f'"{term}"' for term in terms.wanted)
    if terms.excluded:
        excluded = " OR ".join(f'"{term}"' for term in terms.excluded)
        query = f"({query}) NOT ({excluded})"
    return query
