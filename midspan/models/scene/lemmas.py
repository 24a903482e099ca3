"""Singulars of nouns and infinitives of verbs, also where the parser's own are wrong: "taxis", "riding"."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

_PLURALS = (("men", "man"), ("ies", "y"), ("ves", "f"), ("ves", "fe"), ("es", ""), ("s", ""))
_IRREGULAR = {
    "people": "person", "children": "child", "feet": "foot", "teeth": "tooth", "geese": "goose",
    "mice": "mouse", "oxen": "ox",
}  # fmt: skip
_VERBS = (
    ("ies", "y"),
    ("es", ""),
    ("s", ""),
    ("ied", "y"),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
)


def singulars(token: Token) -> Iterator[str]:
    """What may be a noun's singular, the likeliest first."""
    yield token.lemma_.lower()
    word = token.lower_
    yield word
    if len(word) > 3 and not word.endswith("ss"):
        yield from _cut(word, _PLURALS)


def singular_forms(word: str) -> Iterator[str]:
    """A lower-case word and what may be its singular, without a parse."""
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    yield word
    if len(word) > 3 and not word.endswith("ss"):
        yield from _cut(word, _PLURALS)


def infinitive(token: Token, known: Container[str]) -> str:
    """Of a verb that is known, else what the parser says."""
    if token.lemma_ in known:
        return token.lemma_
    for form in _cut(token.lower_, _VERBS):
        if form in known:
            return form
        if len(form) > 3 and form[-1] == form[-2] and form[:-1] in known:
            return form[:-1]  # "sitting"
    return token.lemma_


def is_verb(token: Token, known: frozenset[str]) -> bool:
    """A known verb that the parser takes for a noun: "a bicycle leans against the wall", "a bull chases a
    man"."""
    if (
        token.pos_ not in ("NOUN", "PROPN")
        or not token.lower_.endswith("s")
        or token.i in (0, len(token.doc) - 1)
    ):
        return False
    placed = token.nbor(1).pos_ in ("ADP", "ADV", "DET") and token.nbor(-1).pos_ in ("NOUN", "PROPN")
    return placed and infinitive(token, known) in known


def _cut(word: str, endings: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for ending, instead in endings:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            yield word[: -len(ending)] + instead
