"""What a document's pronouns and descriptions stand for: "he", "its", "the company".

A reference is resolved to a name that fits in type, number and gender: in its own sentence before it, else in
the nearest sentence before that has one, else to what the document is about. There the subject of a sentence
goes before the rest; where two names are equal, or a thing without a name may be meant, it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midspan.models.facts.phrases import Antecedent, Antecedents, in_one_name, readable
from midspan.models.facts.references import (
    DESCRIPTIONS,
    PEOPLE,
    PERSONS,
    PRONOUNS,
    THINGS,
    Gender,
    gender_of,
    wanted,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

NEAR = 4
"""So many segments back a name is looked for."""
KEPT = 256
"""So many sentences are remembered of a document: a piece of it may be asked again."""
OPENING = 3
"""Within so many segments from its first one a document says what it is about."""
LONGEST_TITLE = 6
"""Words."""


@dataclass(frozen=True)
class Name:
    """A name in the text, or a pronoun that was found to stand for it."""

    antecedent: Antecedent
    place: int
    """Of its head among the tokens of its sentence."""
    subject: bool
    verb: int
    """The token that it is an argument of."""
    gender: Gender = ""
    joined: bool = False
    """It stands beside another name: "Bohr and Einstein"."""

    def is_same(self, other: Name) -> bool:
        """One name holds the words of the other: "Einstein", "Albert Einstein"."""
        mine, others = (set(one.antecedent.names[0].casefold().split()) for one in (self, other))
        return mine <= others or others <= mine


@dataclass(frozen=True)
class Sentence:
    """What is remembered of a sentence."""

    names: tuple[Name, ...]
    open_subject: bool
    """Its subject is neither a name nor resolved to one."""
    antecedents: Antecedents


class Discourse:
    """The names of a document as it is read; takes sentences in order, the same ones again as well."""

    def __init__(self) -> None:
        self._sentences: dict[int, Sentence] = {}
        self._title: tuple[int, Antecedent] | None = None
        self._first: int | None = None
        self._about: tuple[int, Name] | None = None

    def title(self, ordinal: int, segment_id: str, text: str, start: int) -> None:
        """A fragment that may be the title: the document's first segment, if it is short."""
        words = text.split()
        if self._first is None and len(words) <= LONGEST_TITLE and all(word[0].isupper() for word in words):
            end = start + len(text)
            self._title = ordinal, Antecedent(text, start, end, segment_id, "PERSON", (readable(text),))
        self._first = ordinal if self._first is None else self._first

    def read(self, ordinal: int, segment_id: str, doc: Doc, start: int) -> None:
        """Note a sentence that begins at ``start`` in its source."""
        if ordinal in self._sentences:
            return
        self._first = ordinal if self._first is None else self._first
        names = list(_names(doc, segment_id, start))
        antecedents: dict[int, Antecedent] = {}
        for token in doc:
            found = self._resolve(token, names, ordinal)
            if found is not None:
                antecedents[token.i] = found.antecedent
                names.append(
                    replace(found, place=token.i, subject=_is_subject(token), verb=token.head.i, joined=False)
                )
        names.sort(key=lambda name: name.place)
        subjects = [token for token in doc if _is_subject(token)]
        open_subject = bool(subjects) and not any(name.subject for name in names)
        self._sentences[ordinal] = Sentence(tuple(names), open_subject, antecedents)
        self._learn_subject(ordinal, names)
        while len(self._sentences) > KEPT:
            del self._sentences[min(self._sentences)]

    def antecedents(self, ordinal: int) -> Antecedents:
        known = self._sentences.get(ordinal)
        return {} if known is None else known.antecedents

    def _learn_subject(self, ordinal: int, names: list[Name]) -> None:
        """What the document is about: the name that its first sentences begin with."""
        if self._about is None and self._first is not None and ordinal < self._first + OPENING:
            leading = [name for name in names if name.subject]
            if leading and leading[0].antecedent.label in PEOPLE | THINGS:
                self._about = ordinal, leading[0]

    def _resolve(self, token: Token, here: list[Name], ordinal: int) -> Name | None:
        if token.tag_ in ("WP", "WDT"):
            return _relative(token, here)
        beside = _beside(token)
        if beside is not None:
            return next((name for name in here if name.place == beside), None)
        sought = wanted(token)
        if sought is None:
            return None
        labels, gender = sought
        others = _not_meant(token, here)
        for names, open_subject in self._places(token, here, ordinal):
            fitting = [
                name
                for name in names
                if _fits(name, labels, gender) and not any(name.is_same(other) for other in others)
            ]
            if fitting or open_subject:
                chosen = _chosen(fitting, open_subject)
                return None if chosen is not None and self._is_rivalled(chosen, labels, gender) else chosen
        if self._about is not None and _fits(self._about[1], labels, gender):
            return self._about[1]
        if self._title is not None and gender and self._about is None:
            return Name(self._title[1], -1, True, -1, gender)
        return None

    def _is_rivalled(self, chosen: Name, labels: frozenset[str], gender: Gender) -> bool:
        """A thing that what the document is about might be as well."""
        if self._about is None or labels == PEOPLE:
            return False
        return _fits(self._about[1], labels, gender) and not self._about[1].is_same(chosen)

    def _places(self, token: Token, here: list[Name], ordinal: int) -> Iterator[tuple[list[Name], bool]]:
        """The names before a token, the nearest sentence first, and whether its subject is left open."""
        before_it = [name for name in here if name.place < token.left_edge.i]
        yield before_it, _has_rival(token)
        for before in range(ordinal - 1, ordinal - 1 - NEAR, -1):
            sentence = self._sentences.get(before)
            if sentence is not None:
                # A thing is spoken of again where a sentence was about it, hardly where it was mentioned.
                thing = token.tag_ in ("PRP", "PRP$") and PRONOUNS[token.lower_][0] != PEOPLE
                names = [name for name in sentence.names if name.subject or not thing]
                yield names, sentence.open_subject


def _relative(token: Token, names: list[Name]) -> Name | None:
    """The name that a relative clause hangs on: "Bohr, who ...", "Bohr was a physicist who ..."."""
    clause = next((one for one in token.ancestors if one.dep_ == "relcl"), None)
    if clause is None:
        return None
    noun = clause.head
    places = {noun.i}
    if noun.dep_ == "appos":
        places.add(noun.head.i)
    if noun.dep_ == "attr":
        places |= {child.i for child in noun.head.children if child.dep_ == "nsubj"}
    return next((name for name in names if name.place in places), None)


def _not_meant(token: Token, names: list[Name]) -> list[Name]:
    """What stands in the same clause: "Bohr did not agree with him" speaks of two."""
    if token.tag_ == "PRP$":
        return []
    verb = token.head
    while verb.pos_ == "ADP" and verb.head.i != verb.i:
        verb = verb.head
    return [name for name in names if name.verb == verb.i]


def _beside(token: Token) -> int | None:
    """Whose it is in "Walt Disney and his brother"."""
    owned = token.head
    if token.tag_ == "PRP$" and owned.dep_ == "conj" and owned.head.pos_ == "PROPN":
        return owned.head.i
    return None


def _has_rival(token: Token) -> bool:
    """A subject without a name before it that may be meant instead: "when cancer spreads, it ..."."""
    people = token.lower_ in PRONOUNS and PRONOUNS[token.lower_][0] == PEOPLE
    for other in token.doc[: token.left_edge.i]:
        if other.pos_ == "NOUN" and not other.ent_type_ and _is_subject(other):
            lemma = other.lemma_.lower()
            if not people or lemma in PERSONS or DESCRIPTIONS.get(lemma) == PEOPLE:
                return True
    return False


def _chosen(names: list[Name], open_subject: bool) -> Name | None:
    """The subject if there is one alone, else the only name; none where two are equal."""
    leading = [name for name in names if name.subject]
    if not leading and open_subject:
        return None
    choice = leading or names
    best = max(choice, key=lambda name: len(name.antecedent.names[0]))
    alone = not best.joined and all(best.is_same(name) for name in choice)
    return best if alone else None


def _fits(name: Name, labels: frozenset[str], gender: Gender) -> bool:
    """A name whose type the parser does not know may be of any."""
    return name.antecedent.label in (*labels, "") and (not gender or name.gender in ("", gender))


def _names(doc: Doc, segment_id: str, start: int) -> Iterator[Name]:
    """The named entities of a sentence, and the proper nouns that are in none."""
    others = [
        chunk[1:] if len(chunk) > 1 and chunk[0].dep_ == "det" else chunk
        for chunk in doc.noun_chunks
        if chunk.root.pos_ == "PROPN" and not chunk.root.ent_type_
    ]
    for span in (*doc.ents, *others):
        head = span.root
        if head.dep_ in ("compound", "amod", "nmod"):
            continue  # in "the Apple keyboard" it is the keyboard that may be "it"
        surface = span.text.removesuffix("'s").removesuffix("’s")
        at = start + span.start_char
        antecedent = Antecedent(
            surface, at, at + len(surface), segment_id, head.ent_type_, (readable(surface),)
        )
        before = doc[span.start - 1].lower_ if span.start else ""
        gender = gender_of(before) or gender_of(doc[span.start].lower_)
        yield Name(antecedent, head.i, _is_subject(head), head.head.i, gender, _is_joined(head))


def _is_joined(head: Token) -> bool:
    pair = [head.head] if head.dep_ == "conj" else [one for one in head.children if one.dep_ == "conj"]
    return any(one.pos_ == "PROPN" and not in_one_name(one, head) for one in pair)


def _is_subject(token: Token) -> bool:
    """Of a clause; a conjunct of the subject is one beside it."""
    while token.dep_ == "conj" and not in_one_name(token, token.head):
        token = token.head
    return token.dep_ in ("nsubj", "nsubjpass")
