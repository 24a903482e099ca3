"""Who does what in a clause: subjects, objects, the words of the predicate, and whether it is asserted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from midspan.models.facts.phrases import Polarity, is_loose

if TYPE_CHECKING:
    from spacy.tokens import Token

_RELATIVE = frozenset({"who", "whom", "which", "that"})
_MODALS = frozenset({"may", "might", "could", "would", "should", "will", "shall", "'d", "'ll", "’d", "’ll"})
_HEDGES = frozenset(
    {
        "allegedly",
        "apparently",
        "likely",
        "maybe",
        "perhaps",
        "possibly",
        "presumably",
        "probably",
        "purportedly",
        "reportedly",
        "seemingly",
        "supposedly",
    }
)
_REPORTS = frozenset(
    {
        "allege",
        "argue",
        "assume",
        "believe",
        "claim",
        "consider",
        "deny",
        "doubt",
        "expect",
        "fear",
        "hope",
        "imagine",
        "predict",
        "presume",
        "propose",
        "report",
        "rumor",
        "rumour",
        "say",
        "speculate",
        "suggest",
        "suppose",
        "suspect",
        "think",
        "wonder",
    }
)
_CARRIED_OUT = frozenset(
    {
        "begin",
        "cease",
        "come",
        "continue",
        "get",
        "go",
        "help",
        "keep",
        "manage",
        "proceed",
        "start",
    }
)
_CONDITIONS = frozenset({"if", "unless", "whether"})
_DENYING = frozenset({"no", "neither", "never", "nor", "not", "hardly"})


def conjuncts(token: Token) -> list[Token]:
    """The token and what is joined to it by "and", "or" or commas."""
    joined = [token]
    for other in joined:
        joined.extend(child for child in other.children if child.dep_ == "conj" and child.i > other.i)
    return joined


def subjects(verb: Token) -> list[Token]:
    """Heads of the subjects: its own, or those it takes over from the clause that it belongs to."""
    own = [child for child in verb.children if child.dep_ in ("nsubj", "nsubjpass")]
    if own and not (verb.dep_ == "relcl" and own[0].lower_ in _RELATIVE):
        return [_named(joined) for child in own for joined in conjuncts(child)]
    if verb.dep_ in ("relcl", "acl"):
        return _described(verb.head)
    if verb.dep_ == "conj" and verb.head.pos_ in ("VERB", "AUX") and verb.head.i < verb.i:
        return subjects(verb.head)
    if verb.dep_ == "xcomp":
        controlled = [child for child in verb.head.children if child.dep_ == "dobj"]
        return controlled or subjects(verb.head)
    if verb.dep_ == "advcl" and not any(child.dep_ == "mark" for child in verb.children):
        return subjects(verb.head)
    return []


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
            found.extend([verb.head] if relative else map(_named, conjuncts(child)))
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
    return [_named(joined) for child in prep.children if child.dep_ == "pobj" for joined in conjuncts(child)]


def predicate_tokens(verb: Token) -> list[Token]:
    """Auxiliaries, negation, verb and particle in order, with the verbs that govern an infinitive."""
    helpers = ("aux", "auxpass", "neg", "prt")
    tokens = [*(child for child in verb.children if child.dep_ in helpers), verb]
    if verb.dep_ == "xcomp" and verb.head.pos_ in ("VERB", "AUX") and verb.head.i < verb.i:
        tokens.extend(predicate_tokens(verb.head))
    return sorted(tokens, key=lambda token: token.i)


def is_proper(token: Token) -> bool:
    """A name rather than a description; a title as "CEO" that is in no name is none."""
    return token.pos_ == "PROPN" and (bool(token.ent_type_) or (len(token.text) > 1 and not token.is_upper))


def polarity(clause: Token, *arguments: Token) -> Polarity:
    """Denied, said with reserve, or plainly said; of a denial with reserve, the denial.

    Reserve: a modal verb, "probably" and its like, what somebody reports or believes, wishes and plans
    ("wanted to"), conditions and questions.
    """
    verbs = list(_governors(clause))
    if any(_is_denied(verb) for verb in verbs) or any(_is_denied(argument) for argument in arguments):
        return "negated"
    if any(_is_hedged(verb) for verb in verbs) or clause.doc[-1].text == "?":
        return "hedged"
    return "affirmed"


def _governors(clause: Token) -> Iterator[Token]:
    """The clause's verb and those on which its truth hangs."""
    yield clause
    while clause.dep_ in ("xcomp", "ccomp") and clause.head.i != clause.i:
        clause = clause.head
        yield clause


def _is_denied(token: Token) -> bool:
    return any(
        child.dep_ == "neg" or (child.lower_ in _DENYING and child.dep_ in ("det", "advmod", "preconj"))
        for child in token.children
    )


def _is_hedged(verb: Token) -> bool:
    for child in verb.children:
        if child.dep_ == "aux" and child.lower_ in _MODALS:
            return True
        if child.dep_ == "advmod" and child.lower_ in _HEDGES:
            return True
        if child.dep_ == "mark" and child.lower_ in _CONDITIONS:
            return True
    governor = verb.head
    if verb.dep_ == "xcomp":
        return governor.lemma_.lower() not in _CARRIED_OUT
    return verb.dep_ == "ccomp" and governor.lemma_.lower() in _REPORTS
