"""Who does what in a clause: subjects, objects, and the words of the predicate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from midspan.models.facts.phrases import in_one_name, is_loose

if TYPE_CHECKING:
    from spacy.tokens import Token

_RELATIVE = frozenset({"who", "whom", "which", "that"})
_HOW = frozenset({"how", "when", "where", "why"})
_NOBODY = frozenset({"no", "none", "nobody", "nothing"})
_EXCEPT = frozenset({"but", "except", "than"})


def conjuncts(token: Token) -> list[Token]:
    """The token and what is joined to it by "and", "or" or commas."""
    joined = [token]
    for other in joined:
        joined.extend(
            child
            for child in other.children
            if child.dep_ == "conj" and child.i > other.i and not in_one_name(child, other)
        )
    return joined


def subjects(verb: Token) -> list[Token]:
    """Heads of the subjects: its own, or those it takes over from the clause that it belongs to."""
    own = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
    if not own and any(child.lower_ in _HOW for child in verb.children):
        return []  # "shows how to disable it"
    if own and not (verb.dep_ == "relcl" and own[0].lower_ in _RELATIVE):
        return [_named(joined) for child in own for joined in conjuncts(excepted(child) or child)]
    head = verb.head
    if verb.dep_ in ("relcl", "acl"):
        return _described(head)
    if verb.dep_ == "conj" and _is_verb(head) and head.i < verb.i:
        return subjects(head)
    if verb.dep_ == "xcomp" and _is_verb(head):
        controlled = [child for child in head.children if child.dep_ == "dobj"]
        return controlled or subjects(head)
    if verb.dep_ == "xcomp" and head.dep_ == "acomp":
        return subjects(head.head)
    if verb.dep_ == "advcl" and _is_verb(head) and not any(child.dep_ == "mark" for child in verb.children):
        if verb.i > head.i and (verb.tag_ == "VBN" or (verb.tag_ == "VBG" and _is_passive(head))):
            return []  # "the large intestine, also called ...", "can be avoided using ...": who, is not said
        return subjects(head)
    if verb.dep_ == "pcomp" and _is_verb(head.head):
        return _of_gerund(head)
    return []


def _of_gerund(prep: Token) -> list[Token]:
    """ "left after founding Apple": who left. "prevented Bob from leaving": Bob."""
    governor = prep.head
    if _is_passive(governor) and prep.lower_ == "by":
        return []
    patients = [child for child in governor.children if child.dep_ == "dobj"]
    return patients if patients and prep.lower_ in ("from", "of", "into") else subjects(governor)


def excepted(token: Token) -> Token | None:
    """Who is meant by "no one other than X", "nobody but X", "none except X"; None for other phrases."""
    if token.lower_ not in _NOBODY and not any(child.lower_ == "no" for child in token.children):
        return None
    for other in token.subtree:
        if other.lower_ in _EXCEPT and other.i > token.i:
            return next((child for child in other.children if child.dep_ in ("pobj", "conj")), None)
    return None


def _named(noun: Token) -> Token:
    """The name that stands beside a description: "Apple's CEO, Tim Cook" is Tim Cook."""
    if is_proper(noun):
        return noun
    return next((child for child in noun.children if child.dep_ == "appos" and is_proper(child)), noun)


def _described(noun: Token) -> list[Token]:
    """Who a noun with a relative clause is about: "Curie was a physicist who ..." is about Curie."""
    if noun.dep_ == "attr" and noun.head.lemma_ == "be":
        return subjects(noun.head) or [noun]
    if noun.dep_ == "appos" and is_proper(noun.head) and not is_proper(noun):
        return [noun.head]
    return [_named(noun)]


def objects(verb: Token) -> list[Token]:
    """Heads of direct objects, predicative nouns and adjectives, conjuncts included."""
    found: list[Token] = []
    for child in verb.children:
        if child.dep_ in ("dobj", "attr", "oprd", "acomp"):
            relative = verb.dep_ == "relcl" and child.lower_ in _RELATIVE
            heads = [verb.head] if relative else conjuncts(excepted(child) or child)
            found.extend(map(_named, heads))
    return found


def prepositions(verb: Token) -> list[Token]:
    """The prepositions of a verb, with those that hang on the names and dates behind it."""
    found = [
        child
        for child in verb.children
        if child.dep_ in ("prep", "agent", "dative") and child.pos_ in ("ADP", "SCONJ")
    ]
    for prep in found:
        found.extend(child for goal in pobjects(prep) for child in goal.children if is_loose(child))
    for target in objects(verb):
        found.extend(child for child in target.children if target.dep_ == "dobj" and is_loose(child))
    return found


def pobjects(prep: Token) -> list[Token]:
    """Heads of what a preposition governs."""
    return [
        _named(joined)
        for child in prep.children
        if child.dep_ == "pobj"
        for joined in conjuncts(excepted(child) or child)
    ]


def complements(verb: Token) -> Iterator[Token]:
    """Heads of the clauses that say what is said, known or wished, behind their verb."""
    return (child for child in verb.children if child.dep_ == "ccomp" and child.i > verb.i)


def predicate_tokens(verb: Token) -> list[Token]:
    """Auxiliaries, negation, verb and particle in order, with the verbs that govern an infinitive."""
    helpers = ("aux", "auxpass", "neg", "prt")
    tokens = [*(child for child in verb.children if child.dep_ in helpers), verb]
    head = verb.head
    if verb.dep_ == "xcomp" and _is_verb(head) and head.i < verb.i:
        if any(child.dep_ == "dobj" for child in head.children):
            # "used the library to talk": the library talks.
            return [token for token in tokens if token.lower_ != "to"]
        tokens.extend(predicate_tokens(head))
    if verb.dep_ == "xcomp" and head.dep_ == "acomp":
        tokens.extend([*predicate_tokens(head.head), head])
    if verb.dep_ == "conj" and _is_verb(head) and head.i < verb.i and shares_auxiliary(verb):
        tokens.extend(child for child in head.children if child.dep_ in ("aux", "auxpass", "neg"))
    return sorted(tokens, key=lambda token: token.i)


def shares_auxiliary(verb: Token) -> bool:
    """ "was sold and renamed", "did not buy or sell": the second verb has no auxiliary of its own."""
    own = any(child.dep_ in ("aux", "auxpass", "nsubj", "nsubjpass") for child in verb.children)
    return not own and verb.tag_ in ("VB", "VBN", "VBG")


def role_name(noun: Token) -> str:
    """What somebody is said to be, in small letters: "chief executive officer", "vice president"."""
    before = [
        child.lower_
        for child in noun.lefts
        if child.dep_ in ("compound", "amod") and child.ent_type_ in ("", "ORDINAL") and child.text.isalpha()
    ]
    return " ".join([*before, noun.lemma_.lower()])


def is_proper(token: Token) -> bool:
    """A name rather than a description; a title as "CEO" that is in no name is none."""
    return token.pos_ == "PROPN" and (bool(token.ent_type_) or (len(token.text) > 1 and not token.is_upper))


def _is_passive(verb: Token) -> bool:
    return any(child.dep_ == "auxpass" for child in verb.children)


def _is_verb(token: Token) -> bool:
    return token.pos_ in ("VERB", "AUX")
