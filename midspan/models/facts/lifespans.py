"""Birth and death in brackets behind a name: "(7 November 1867 – 4 July 1934)", "(born 1946 in Penang)".

The parse makes nothing of them; what stands there is as regular as a form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midspan.models.facts.dates import edtf
from midspan.models.facts.phrases import Phrase, phrase_between, readable

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

LONGEST = 60
"""Tokens in brackets."""

_DATE = (
    r"(?:c(?:a|irca)?\.?\s*)?(?:\d{1,2}\s+[A-Z][a-z]{2,8}\.?,?\s+|[A-Z][a-z]{2,8}\.?\s+(?:\d{1,2},?\s+)?)?"
    r"\d{3,4}(?:\s*BCE?\b)?"
)
_LIFE = re.compile(
    rf"(?:^|[;,]\s)\s*(?:(?P<word>born|b\.)\s+(?:on\s+)?)?(?P<birth>{_DATE})(?P<there>[^;–—()]{{0,60}}?)"
    rf"\s*[-–—]\s*(?:died\s+|d\.\s*)?(?P<death>{_DATE})(?P<where>[^;–—()]{{0,60}})"
)
_EVENT = re.compile(
    rf"(?P<word>\bborn|\bb\.|\bdied|\bd\.|†)\s*(?P<before>(?:[^;()\d]{{0,60}}?[\s,])??)(?P<date>{_DATE})"
    r"(?P<there>(?:[^;–—()](?!died|d\.\s))*)"
)
_NOBODY = frozenset({"EVENT", "DATE", "WORK_OF_ART", "LAW", "NORP", "LANGUAGE", "PRODUCT"})
_PLACES = ("GPE", "LOC")


@dataclass(frozen=True)
class Event:
    """That a person was born or died, when or where."""

    person: Phrase
    verb: str
    """``bear`` or ``die``."""
    sign: Phrase
    """What says so: the word, or the bracket."""
    object: Phrase
    """A date or a place."""


def events(doc: Doc) -> Iterator[Event]:
    """In the order of the text."""
    for bracket in doc:
        if bracket.text == "(" and bracket.i and (inside := _inside(bracket)) is not None:
            person = _person(bracket.nbor(-1))
            if person is not None:
                yield from _said(person, bracket, inside)


def _inside(bracket: Token) -> Span | None:
    for token in bracket.doc[bracket.i + 1 : bracket.i + LONGEST]:
        if token.text == ")":
            return bracket.doc[bracket.i + 1 : token.i] if token.i > bracket.i + 1 else None
    return None


def _person(last: Token) -> Phrase | None:
    """The name that ends here; the parser may take it for that of a place."""
    if last.pos_ != "PROPN" or last.ent_type_ in _NOBODY:
        return None
    first = last
    while first.i and first.nbor(-1).pos_ == "PROPN" and first.nbor(-1).ent_type_ == last.ent_type_:
        first = first.nbor(-1)
    place = phrase_between(first, last)
    return Phrase(place.surface, place.start, place.end, last.ent_type_, (readable(place.surface),))


def _said(person: Phrase, bracket: Token, inside: Span) -> Iterator[Event]:
    life = _LIFE.search(inside.text)
    if life is not None:
        exact = life["word"] or any(sign.isalpha() for sign in life["birth"])
        if person.label != "PERSON" and not exact:
            return  # "(1914–1918)" may be when anything was
        person = replace(person, label="PERSON")
        sign = _part(life, "word", inside) if life["word"] else phrase_between(bracket, bracket)
        for verb, date, place in (("bear", "birth", "there"), ("die", "death", "where")):
            yield from _event(person, verb, sign, life, date, place, inside)
        return
    person = replace(person, label="PERSON")
    for event in _EVENT.finditer(inside.text):
        verb = "bear" if event["word"].startswith("b") else "die"
        sign = _part(event, "word", inside)
        yield from _event(person, verb, sign, event, "date", "there", inside)
        yield from (Event(person, verb, sign, one) for one in _places(event, "before", inside))


def _event(
    person: Phrase, verb: str, sign: Phrase, match: re.Match[str], date: str, place: str, inside: Span
) -> Iterator[Event]:
    if edtf(match[date]):
        yield Event(person, verb, sign, _part(match, date, inside, "DATE"))
        yield from (Event(person, verb, sign, one) for one in _places(match, place, inside))


def _part(match: re.Match[str], name: str, inside: Span, label: str = "") -> Phrase:
    start = inside.start_char + match.start(name)
    return Phrase(match[name], start, start + len(match[name]), label, (match[name],))


def _places(match: re.Match[str], name: str, inside: Span) -> Iterator[Phrase]:
    first, last = (inside.start_char + edge for edge in match.span(name))
    for span in inside.ents if match[name] else ():
        if span.label_ in _PLACES and first <= span.start_char and span.end_char <= last:
            place = phrase_between(span[0], span[-1])
            yield Phrase(place.surface, place.start, place.end, span.label_, (readable(place.surface),))
