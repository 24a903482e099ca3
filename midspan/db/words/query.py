"""What a person asks of full text, as a tree. :mod:`midspan.db.words.parser` makes it of a string."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True)
class Word:
    """One word. Of more than one token, as ``well-known``, it is all of them in a row."""

    text: str


@dataclass(frozen=True)
class Misspelt:
    """Any word that is one letter put in, taken out, changed or swapped with its neighbour away from this."""

    text: str


@dataclass(frozen=True)
class Phrase:
    """These words in this order, one behind the other."""

    text: str


@dataclass(frozen=True)
class Prefix:
    """Any word that begins so."""

    text: str


@dataclass(frozen=True)
class Field:
    """Something in a field of the source or of the place, not in its text."""

    name: str
    of: Query


@dataclass(frozen=True)
class Not:
    """What this finds is left out. Stands in ``AnyOf`` and ``AllOf`` only, beside something wanted."""

    of: Query


@dataclass(frozen=True)
class AnyOf:
    """At least one of these; the more, the better."""

    parts: tuple[Query, ...]


@dataclass(frozen=True)
class AllOf:
    """Every one of these."""

    parts: tuple[Query, ...]


@dataclass(frozen=True)
class Filtered:
    """What ``of`` finds, where all of ``by`` fit too; these count for no score."""

    of: Query
    by: tuple[Query, ...]


Query = Union[Word, Misspelt, Phrase, Prefix, Field, Not, AnyOf, AllOf, Filtered]


@dataclass(frozen=True)
class Asked:
    """A query that was parsed."""

    tree: Query
    wording: str
    """What is wanted, without the signs of the language, for an encoder; empty where fields say it all."""


def required(query: Query) -> Query | None:
    """What every hit has to fit, however it was found: fields, and both sides of an ``AND``."""
    if isinstance(query, Filtered):
        inner = required(query.of)
        return AllOf(query.by if inner is None else (*query.by, inner))
    return query if isinstance(query, (AllOf, Field)) else None


def excluded(query: Query) -> Query | None:
    """What no hit may fit, however it was found."""
    if isinstance(query, Filtered):
        return excluded(query.of)
    parts = query.parts if isinstance(query, (AnyOf, AllOf)) else ()
    left_out = tuple(part.of for part in parts if isinstance(part, Not))
    return AnyOf(left_out) if left_out else None


def loosened(query: Query) -> Query:
    """With any of what has to stand together: where in a text that has all of it to look."""
    if isinstance(query, Filtered):
        return Filtered(loosened(query.of), query.by)
    if isinstance(query, AllOf):
        return AnyOf(tuple(loosened(part) for part in query.parts))
    return query
