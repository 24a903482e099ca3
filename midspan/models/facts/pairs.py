"""A second generator: two mentions in one sentence, with the path between them in the parse.

It finds what no clause says outright ("the Warsaw-born physicist's paper in Nature") at the price of much
that is wrong. So its triples are candidates: they become facts only where both sides and the predicate are
linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from midspan.models.facts.extraction import MAX_SENTENCE_TOKENS, Triple, wording
from midspan.models.facts.nations import country_of
from midspan.models.facts.paths import Path, path_between
from midspan.models.facts.phrases import (
    Antecedents,
    Phrase,
    in_one_name,
    noun_phrase,
    phrase_between,
    readable,
)
from midspan.models.facts.prose import is_prose
from midspan.models.facts.scope import stance

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc, Span, Token

MAX_MENTIONS = 30
_NO_MENTION = frozenset({"CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "MONEY", "TIME"})


def pair_candidates(
    doc: Doc, antecedents: Antecedents | None = None, worth: Callable[[str], bool] = lambda key: True
) -> Iterator[Triple]:
    """A triple for each pair of mentions whose key is ``worth`` it; none of what is no prose."""
    if len(doc) > MAX_SENTENCE_TOKENS or not is_prose(doc):
        return
    found = mentions(doc, antecedents or {})
    for (one, left), (other, right) in combinations(found, 2):
        path = None if _is_same(left, right) else path_between(one, other)
        if path is None:
            continue
        first, last = (left, right) if path.subject == one else (right, left)
        for key in path.keys:
            if worth(wording(key, last)):
                yield _triple(doc, path, key, first, last)


def _is_same(left: Phrase, right: Phrase) -> bool:
    """One lies in the other, or they stand for the same: "Bohr" and "who"."""
    return left.overlaps(right) or (
        (left.antecedent or right.antecedent) is not None and left.names == right.names
    )


def mentions(doc: Doc, antecedents: Antecedents) -> list[tuple[Token, Phrase]]:
    """Names, noun chunks and what was resolved, in order, with their heads."""
    found: dict[tuple[int, int], tuple[Token, Phrase]] = {}
    for span in doc.ents:
        if span.label_ not in _NO_MENTION:
            _note(found, span.root, _of_span(span, span.label_))
    for chunk in doc.noun_chunks:
        if chunk.root.pos_ != "PRON" and not any(token.tag_ == "PRP$" for token in chunk):
            span = _named(chunk) if chunk.root.ent_type_ else chunk
            _note(found, chunk.root, _of_span(span, chunk.root.ent_type_))
    for place in antecedents:
        phrase = noun_phrase(doc[place], antecedents)
        if phrase is not None:
            _note(found, doc[place], phrase)
    spans = [(phrase.start, phrase.end) for _, phrase in found.values() if phrase.label]
    ordered = sorted(found.values(), key=lambda one: (one[1].start, one[1].end))
    return [one for one in ordered if not _is_within(one[1], spans)][:MAX_MENTIONS]


def _named(chunk: Span) -> Span:
    """Of "the Danish physicist Niels Bohr" the name, which may be longer than its entity."""
    first = chunk.root
    while first.i > chunk.start and first.nbor(-1).ent_type_ in ("", chunk.root.ent_type_):
        if first.nbor(-1).pos_ != "PROPN" and not in_one_name(first.nbor(-1), chunk.root):
            break
        first = first.nbor(-1)
    return chunk.doc[first.i : chunk.end]


def _is_within(phrase: Phrase, names: Sequence[tuple[int, int]]) -> bool:
    """ "The University" of "The University of Vienna", "14 March" of "14 March 1879"."""
    return any(
        start <= phrase.start and phrase.end <= end and (start, end) != (phrase.start, phrase.end)
        for start, end in names
    )


def _note(found: dict[tuple[int, int], tuple[Token, Phrase]], head: Token, phrase: Phrase) -> None:
    if any(sign.isalnum() for sign in phrase.surface):
        found.setdefault((phrase.start, phrase.end), (head, phrase))


def _of_span(span: Span, label: str) -> Phrase:
    first = 1 if len(span) > 1 and span[0].dep_ == "det" else 0
    place = phrase_between(span[first], span[-1])
    head = span.root
    noun = head.lemma_ if head.pos_ == "NOUN" and not label else ""
    names = (readable(place.surface),)
    country = country_of(place.surface) if label == "NORP" else ""
    if country:
        return Phrase(place.surface, place.start, place.end, "GPE", (country,))
    return Phrase(place.surface, place.start, place.end, label, names, noun, "definite" if first else "")


def _triple(doc: Doc, path: Path, key: str, left: Phrase, right: Phrase) -> Triple:
    words = path.words
    between = phrase_between(words[0], words[-1]) if words else None
    if between is None or between.overlaps(left) or between.overlaps(right):
        between = _gap(doc, left, right)
    said = stance(path.top, *(token for token in (path.subject, path.object) if token != path.top))
    return Triple(
        subject=left,
        predicate=between,
        relation=" ".join(word.text for word in words) or between.surface,
        key=key,
        object=right,
        polarity=said.polarity,
        modality=said.modality,
        generator="pair",
    )


def _gap(doc: Doc, left: Phrase, right: Phrase) -> Phrase:
    """What stands between two phrases."""
    first, last = sorted((left, right), key=lambda phrase: phrase.start)
    gap = doc.text[first.end : last.start]
    start = first.end + len(gap) - len(gap.lstrip())
    return Phrase(gap.strip(), start, start + len(gap.strip()))
