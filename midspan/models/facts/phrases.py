"""Phrases of a parsed sentence: trimmed noun phrases with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from spacy.tokens import Token


Determiner = Literal["", "definite", "indefinite"]

MAX_TOKENS = 12
_LEFT_OUT = frozenset({"relcl", "acl", "appos", "conj", "cc", "preconj", "punct", "advcl", "neg", "mark"})
_NO_ARGUMENT = frozenset(
    {"PRON", "VERB", "AUX", "ADP", "SCONJ", "CCONJ", "PUNCT", "PART", "SPACE", "DET", "INTJ", "ADV"}
)
_WITHIN_WORD = ("-", "/")
_FIGURES = frozenset({"DATE", "TIME", "CARDINAL", "MONEY", "PERCENT", "QUANTITY"})
_CODE = re.compile(r"[`\[\]{}<>=|\\^~•]|://|\*\*|--|::|\(\)|^[@#*%$./-]|\.(?:html?|py|js|json|md|txt)\b")


@dataclass(frozen=True)
class Antecedent:
    """What a pronoun or "the company" stands for; offsets count the source's code points."""

    surface: str
    start: int
    end: int
    segment_id: str
    label: str
    names: tuple[str, ...]


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
    stands: bool = True
    """Whether it can be understood by itself: no pronoun, nobody's "his brother", no clause, no adverb."""
    antecedent: Antecedent | None = None
    """With it the phrase stands for that: ``label`` and ``names`` are the antecedent's."""

    def overlaps(self, other: Phrase) -> bool:
        return self.start < other.end and other.start < self.end

    def resolved(self, antecedent: Antecedent) -> Phrase:
        return replace(
            self,
            label=antecedent.label,
            names=antecedent.names,
            noun="",
            determiner="",
            stands=True,
            antecedent=antecedent,
        )


Antecedents = Mapping[int, Antecedent]
"""By the index of the token that is the head of what they explain."""


def noun_phrase(
    head: Token, antecedents: Antecedents | None = None, *, with_prepositions: bool = True
) -> Phrase | None:
    """The phrase around ``head`` without relative clauses, appositions and conjuncts.

    None when it has more than twelve tokens; prepositional phrases other than with "of" are dropped first
    if that makes it short enough.
    """
    if antecedents and head.i in antecedents:
        tokens = _run(head, None)
        return phrase_between(tokens[0], tokens[-1]).resolved(antecedents[head.i])
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
        stands=_can_stand(head, tokens, phrase.surface) and _says_whose(head, tokens, antecedents or {}),
    )


def phrase_between(first: Token, last: Token) -> Phrase:
    """From the first token's start to the last one's end."""
    return Phrase(first.doc[first.i : last.i + 1].text, first.idx, last.idx + len(last))


def clause_phrase(head: Token) -> Phrase:
    """All that hangs on ``head``, which cannot stand by itself."""
    tokens = list(head.subtree)
    while len(tokens) > 1 and (tokens[-1].is_punct or tokens[-1].is_space):
        tokens.pop()
    while len(tokens) > 1 and (tokens[0].is_punct or tokens[0].is_space or tokens[0].dep_ == "mark"):
        tokens.pop(0)
    return replace(phrase_between(tokens[0], tokens[-1]), stands=False)


def readable(text: str) -> str:
    """On one line, without an article before it."""
    words = text.split()
    return " ".join(words[1:] if len(words) > 1 and words[0].lower() in ("the", "a", "an") else words)


def in_one_name(one: Token, other: Token) -> bool:
    """Whether one named entity holds both: "the London, Midland and Scottish Railway Company"."""
    if not one.ent_type_ or not other.ent_type_:
        return False
    first, last = sorted((one.i, other.i))
    return all(token.ent_iob_ == "I" for token in one.doc[first + 1 : last + 1])


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


def _run(head: Token, prepositions: tuple[str, ...] | None) -> list[Token]:
    """The tokens of the phrase that stand together with its head.

    ``prepositions``: () keeps all prepositional phrases, None keeps none, else only those named.
    """
    kept = {head.i}
    waiting = [head]
    while waiting:
        token = waiting.pop()
        for child in token.children:
            if in_one_name(child, head) or (_is_kept(child, prepositions) and not is_loose(child)):
                kept.add(child.i)
                waiting.append(child)
    first = last = head.i
    # Punctuation within the phrase belongs to it: "St. John's, Antigua" is cut, "rock-'n'-roll" is not.
    doc = head.doc
    while first - 1 in kept or (first - 2 in kept and _joins(doc[first - 1])):
        first -= 1
    while last + 1 in kept or (last + 2 in kept and _joins(doc[last + 1])):
        last += 1
    tokens = list(doc[first : last + 1])
    while tokens[0].i != head.i and (_is_no_edge(tokens[0]) or tokens[0].dep_ == "prep"):
        tokens.pop(0)
    while tokens[-1].i != head.i and (_is_no_edge(tokens[-1]) or tokens[-1].dep_ in ("prep", "det", "cc")):
        tokens.pop()
    return tokens


def _joins(token: Token) -> bool:
    """Stands within a phrase without belonging to it: a hyphen, the end of a line."""
    return token.is_space or token.text in "-/'"


def _is_no_edge(token: Token) -> bool:
    return token.is_space or token.is_punct


def _is_kept(child: Token, prepositions: tuple[str, ...] | None) -> bool:
    if child.dep_ in _LEFT_OUT:
        return child.dep_ == "punct" and child.text == "-"
    if child.dep_ == "prep":
        return prepositions == () or (prepositions is not None and child.lower_ in prepositions)
    if (
        child.dep_ == "advmod"
        and child.tag_ == "RB"
        and child.i < child.head.i
        and child.head.pos_ in ("NOUN", "PROPN")
    ):
        return False  # "then additional functionality"
    if child.dep_ == "nummod" and child.ent_type_ == "DATE" and child.head.pos_ == "PROPN":
        return in_one_name(child, child.head)  # "In 1933 Einstein joined"
    return not child.is_space and child.lower_ != "no"


def _can_stand(head: Token, tokens: list[Token], surface: str) -> bool:
    """Neither pronoun nor clause, with a word in it unless it is a date or a number, and no code."""
    if head.pos_ in _NO_ARGUMENT or _CODE.search(surface) or _is_torn(tokens):
        return False
    if not any(sign.isalpha() for sign in surface):
        return head.ent_type_ in _FIGURES
    return len(tokens) > 1 or len(head) > 1


def _is_torn(tokens: list[Token]) -> bool:
    """Cut out of a longer word: "pre" of "pre-release", "share/doc" of "/usr/share/doc"."""
    first, last = tokens[0], tokens[-1]
    before = first.nbor(-1).text_with_ws[-1] if first.i else ""
    after = last.nbor().text[0] if not last.whitespace_ and last.i + 1 < len(last.doc) else ""
    return before in _WITHIN_WORD or after in _WITHIN_WORD


def _says_whose(head: Token, tokens: list[Token], antecedents: Antecedents) -> bool:
    """No "his brother", nor "the death of his brother", unless it is known whose."""
    inside = {token.i for token in tokens}
    return not any(
        (token.tag_ == "PRP$" or token.tag_ == "PRP") and token.i not in antecedents
        for token in head.subtree
        if token.i in inside
    )


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
