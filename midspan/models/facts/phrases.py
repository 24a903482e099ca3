"""Phrases of a parsed sentence: trimmed noun phrases with exact offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from spacy.tokens import Token


Polarity = Literal["affirmed", "negated", "hedged"]

Determiner = Literal["", "definite", "indefinite"]

MAX_TOKENS = 12
_LEFT_OUT = frozenset({"relcl", "acl", "appos", "conj", "cc", "preconj", "punct", "advcl", "neg", "mark"})
_NO_ARGUMENT = frozenset(
    {"PRON", "VERB", "AUX", "ADP", "SCONJ", "CCONJ", "PUNCT", "PART", "SPACE", "DET", "INTJ"}
)


@dataclass(frozen=True)
class Phrase:
    """A stretch of a text: ``text[start:end] == surface``, in code points."""

    surface: str
    start: int
    end: int
    label: str = ""
    """Type of the named entity that the head belongs to, as ``PERSON`` or ``DATE``; empty for none."""
    names: tuple[str, ...] = ()
    """What may be looked up, the most complete first: the phrase, and the name that its head is in."""
    noun: str = ""
    """The head alone, in its dictionary form; empty for a name."""
    determiner: Determiner = ""
    """How a common noun is pointed at: "the city", "its city" / "a city" / "cities"."""

    def overlaps(self, other: Phrase) -> bool:
        return self.start < other.end and other.start < self.end


def noun_phrase(head: Token, *, with_prepositions: bool = True) -> Phrase | None:
    """The phrase around ``head`` without relative clauses, appositions and conjuncts.

    None when it is a pronoun, somebody's ("his brother"), a clause, or has more than twelve tokens;
    prepositional phrases other than with "of" are dropped first if that makes it short enough.
    """
    if head.pos_ in _NO_ARGUMENT or any(child.tag_ == "PRP$" for child in head.children):
        return None
    for dropped in ((), ("of",), None) if with_prepositions else (None,):
        tokens = _run(head, dropped)
        if len(tokens) <= MAX_TOKENS:
            break
    else:
        return None
    phrase = phrase_between(tokens[0], tokens[-1])
    return Phrase(
        phrase.surface,
        phrase.start,
        phrase.end,
        label=head.ent_type_,
        names=_names(head, tokens, phrase),
        noun=head.lemma_ if head.pos_ == "NOUN" else "",
        determiner=_determiner(head),
    )


def phrase_between(first: Token, last: Token) -> Phrase:
    """From the first token's start to the last one's end."""
    start, end = first.idx, last.idx + len(last)
    return Phrase(first.doc.text[start:end], start, end)


def readable(text: str) -> str:
    """On one line, without an article before it."""
    words = text.split()
    return " ".join(words[1:] if len(words) > 1 and words[0].lower() in ("the", "a", "an") else words)


def _run(head: Token, prepositions: tuple[str, ...] | None) -> list[Token]:
    """The tokens of the phrase that stand together with its head.

    ``prepositions``: () keeps all prepositional phrases, None keeps none, else only those named.
    """
    kept = {head.i}
    waiting = [head]
    while waiting:
        token = waiting.pop()
        for child in token.children:
            if _is_kept(child, prepositions) and not is_loose(child):
                kept.add(child.i)
                waiting.append(child)
    first = last = head.i
    # Punctuation within the phrase belongs to it: "St. John's, Antigua" is cut, "rock-'n'-roll" is not.
    while first - 1 in kept or (first - 2 in kept and head.doc[first - 1].text in "-/'"):
        first -= 1
    while last + 1 in kept or (last + 2 in kept and head.doc[last + 1].text in "-/'"):
        last += 1
    tokens = list(head.doc[first : last + 1])
    while tokens[0].is_space or (tokens[0].is_punct and tokens[0].i != head.i):
        tokens.pop(0)
    while tokens[-1].is_space or (tokens[-1].is_punct and tokens[-1].i != head.i):
        tokens.pop()
    return tokens


def is_loose(prep: Token) -> bool:
    """Does this preposition hang on a finished name or date, so that it says more about the clause?

    As "in Warsaw" in "born on 7 November 1867 in Warsaw"; not "in Physics" in a name.
    """
    head = prep.head
    return (
        prep.dep_ == "prep"
        and prep.lower_ != "of"
        and head.ent_type_ not in ("", "WORK_OF_ART", "EVENT", "LAW", "CARDINAL", "QUANTITY")
        and not prep.ent_type_
    )


def _is_kept(child: Token, prepositions: tuple[str, ...] | None) -> bool:
    if child.dep_ in _LEFT_OUT:
        return child.dep_ == "punct" and child.text == "-"
    if child.dep_ == "prep":
        return prepositions == () or (prepositions is not None and child.lower_ in prepositions)
    return not child.is_space and child.lower_ != "no"


def _determiner(head: Token) -> Determiner:
    for child in head.children:
        if child.dep_ in ("det", "poss"):
            return "indefinite" if child.lower_ in ("a", "an") else "definite"
    return ""


def _names(head: Token, tokens: list[Token], phrase: Phrase) -> tuple[str, ...]:
    names = [readable(phrase.surface)]
    if head.ent_type_:
        span = next((span for span in head.doc.ents if span.start <= head.i < span.end), None)
        if span is not None and span.start >= tokens[0].i and span.end - 1 <= tokens[-1].i:
            names.append(readable(span.text))
    return tuple(dict.fromkeys(names))
