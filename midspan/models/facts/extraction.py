"""Clause rules over a spaCy parse: sentences in, surface triples with exact offsets out.

The rules: subjects are also found through conjunction, relative clauses, participles and control; every
object and predicative gives a triple, every preposition of the verb one of its own; "X, the N of Y",
"Y's N, X" and "the N of Y is X" give "X is N of Y". Triples whose arguments are pronouns or longer than
twelve tokens are left out: midspan does not guess what "it" is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.models.facts.clauses import (
    is_proper,
    objects,
    pobjects,
    polarity,
    predicate_tokens,
    prepositions,
    subjects,
)
from midspan.models.facts.phrases import Phrase, Polarity, noun_phrase, phrase_between

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

MAX_PREDICATE_TOKENS = 12
MAX_SENTENCE_TOKENS = 400
"""What is longer is a list or a table without full stops, of which the parse makes nothing true."""


@dataclass(frozen=True)
class Triple:
    """What a sentence says, in its own words; offsets count code points of the parsed text."""

    subject: Phrase
    predicate: Phrase
    relation: str
    """The predicate to read: "was born in" although the text has words between."""
    key: str
    """Lemmas for looking the relation up: ``bear in``, ``be capital of``; ``found by`` is a passive."""
    object: Phrase
    polarity: Polarity


def extract_triples(doc: Doc) -> list[Triple]:
    """The triples of a parsed sentence in order of their predicates, without repetitions.

    None of a sentence of more than ``MAX_SENTENCE_TOKENS``; that also bounds time and depth.
    """
    if len(doc) > MAX_SENTENCE_TOKENS:
        return []
    found: dict[tuple[int, int, str, int, int], Triple] = {}
    for token in doc:
        for triple in _triples_at(token):
            place = (
                triple.subject.start,
                triple.subject.end,
                triple.relation,
                triple.object.start,
                triple.object.end,
            )
            found.setdefault(place, triple)
    return list(found.values())


def _triples_at(token: Token) -> Iterator[Triple]:
    if token.pos_ in ("VERB", "AUX") and token.dep_ not in ("aux", "auxpass"):
        yield from _clause(token)
    if token.dep_ == "appos":
        yield from _apposition(token)


def _clause(verb: Token) -> Iterator[Triple]:
    holders = [token for token in subjects(verb) if noun_phrase(token)]
    for subject in holders:
        for target in objects(verb):
            yield from _object(subject, verb, target)
        for prep in prepositions(verb):
            yield from _preposition(subject, verb, prep)


def _object(subject: Token, verb: Token, target: Token) -> Iterator[Triple]:
    if verb.lemma_ in ("be", "become") and target.dep_ in ("attr", "conj"):
        inverse = list(_named_role(target, subject, verb))
        if inverse:
            yield from inverse
            return
        yield from _role(subject, target, verb)
    for prep in target.children:
        if target.dep_ == "acomp" and prep.dep_ == "prep":
            for goal in pobjects(prep):
                key = f"be {target.lemma_.lower()} {prep.lower_}"
                yield from _triple(subject, goal, [*predicate_tokens(verb), target, prep], key, verb)
    if not _says_only_with_preposition(verb, target):
        yield from _triple(subject, target, predicate_tokens(verb), _verb_key(verb), verb)


def _says_only_with_preposition(verb: Token, target: Token) -> bool:
    """ "is the capital of Poland" is said by "is the capital of"; "is the capital" says nothing."""
    return verb.lemma_ in ("be", "become") and any(
        child.dep_ == "poss" or (child.dep_ == "prep" and child.lower_ == "of") for child in target.children
    )


def _preposition(subject: Token, verb: Token, prep: Token) -> Iterator[Triple]:
    key = f"{_verb_key(verb)} {prep.lower_}"
    direct = [target for target in objects(verb) if target.dep_ in ("dobj", "oprd", "attr")]
    between = [token for target in direct[:1] for token in _tokens(target) if target.i < prep.i]
    for goal in pobjects(prep):
        tokens = [*predicate_tokens(verb), *between, prep]
        yield from _triple(subject, goal, tokens, f"{key} +" if between else key, verb)


def _role(subject: Token, noun: Token, verb: Token) -> Iterator[Triple]:
    """ "X is the N of Y", "X is a N in Y", "X is Y's N"."""
    for prep in noun.children:
        if prep.dep_ == "prep":
            for goal in pobjects(prep):
                key = f"be {noun.lemma_.lower()} {prep.lower_}"
                yield from _triple(subject, goal, [*predicate_tokens(verb), *_tokens(noun), prep], key, verb)
    for owner in noun.children:
        if owner.dep_ == "poss":
            yield from _triple(subject, owner, [noun], _role_key(noun), verb, f"is {noun.text} of")


def _named_role(name: Token, noun: Token, clause: Token) -> Iterator[Triple]:
    """ "Y's N is X", "the N of Y is X", and with an apposition "Y's N, X": X is N of Y."""
    if not is_proper(name) or is_proper(noun):
        return
    for child in noun.children:
        relation = f"is {noun.text} of"
        if child.dep_ == "poss":
            yield from _triple(name, child, [noun], _role_key(noun), clause, relation)
        if child.dep_ == "prep" and child.lower_ == "of":
            for goal in pobjects(child):
                yield from _triple(name, goal, [noun, child], _role_key(noun), clause, relation)


def _apposition(token: Token) -> Iterator[Triple]:
    head = token.head
    places = ("GPE", "LOC", "FAC")
    if (
        token.ent_type_ in ("DATE", "CARDINAL", "TIME", "MONEY")
        or (head.ent_type_ in places and token.ent_type_ in places)
        or token.pos_ == "NUM"
    ):
        return
    name, noun = (token, head) if is_proper(token) and not is_proper(head) else (head, token)
    roles = list(_named_role(name, noun, noun))
    yield from roles
    gap = [other for other in token.doc[min(name.i, noun.i) + 1 : max(name.i, noun.i)] if other.is_punct]
    if not roles and gap and is_proper(name):
        yield from _triple(name, noun, [gap[0]], "be", noun, "is")


def _verb_key(verb: Token) -> str:
    particles = [child.lower_ for child in verb.children if child.dep_ == "prt"]
    words = [verb.lemma_.lower(), *particles]
    return " ".join(words)


def _role_key(noun: Token) -> str:
    return f"be {noun.lemma_.lower()} of"


def _tokens(head: Token) -> list[Token]:
    """The tokens of a noun phrase without what hangs on it by a preposition."""
    phrase = noun_phrase(head, with_prepositions=False)
    return [] if phrase is None else [token for token in head.doc if phrase.start <= token.idx < phrase.end]


def _triple(
    subject: Token, target: Token, tokens: list[Token], key: str, clause: Token, relation: str = ""
) -> Iterator[Triple]:
    """The triple, if both arguments can stand for themselves and the predicate has a place of its own."""
    left, right = noun_phrase(subject), noun_phrase(target)
    if left is None or right is None or left.overlaps(right):
        return
    ordered = sorted(set(tokens), key=lambda token: token.i)
    predicate = phrase_between(ordered[0], ordered[-1])
    apart = not predicate.overlaps(left) and not predicate.overlaps(right)
    if not apart or ordered[-1].i - ordered[0].i >= MAX_PREDICATE_TOKENS:
        verb = max((token for token in ordered if token.pos_ != "ADP"), key=lambda token: token == clause)
        predicate = phrase_between(verb, verb)
        if predicate.overlaps(left) or predicate.overlaps(right):
            return
    yield Triple(
        subject=left,
        predicate=predicate,
        relation=relation or _readable(tokens),
        key=key,
        object=right,
        polarity=polarity(clause, subject, target),
    )


def _readable(tokens: list[Token]) -> str:
    return " ".join(
        token.lower_ if token.pos_ == "ADP" else token.text for token in tokens if not token.is_space
    )
