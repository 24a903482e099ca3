"""A query again, for words that are spelt otherwise in the texts."""

from __future__ import annotations

from midspan.db.words import analysis
from midspan.db.words.query import AllOf, AnyOf, Filtered, Misspelt, Query, Word

SHORTEST = 4
"""Letters of a word that may be misspelt; in a shorter one a letter changes too much."""


def respelt(query: Query) -> Query | None:
    """With every long word as one that may be misspelt; None where there is none."""
    changed = _respelt(query)
    return None if changed == query else changed


def _respelt(query: Query) -> Query:
    if isinstance(query, Word):
        return Misspelt(query.text) if _may_be(query.text) else query
    if isinstance(query, AnyOf):
        return AnyOf(tuple(map(_respelt, query.parts)))
    if isinstance(query, AllOf):
        return AllOf(tuple(map(_respelt, query.parts)))
    if isinstance(query, Filtered):
        return Filtered(_respelt(query.of), query.by)
    return query


def _may_be(text: str) -> bool:
    cut = analysis.tokens(text)
    return len(cut) == 1 and len(cut[0]) >= SHORTEST and cut[0].isalpha() and not analysis.is_cjk(cut[0])
