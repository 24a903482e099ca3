"""What stands behind a wording: the thing that another one is left of, on or in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from midspan.models.scene.reading import PRONOUNS, Reading, child
from midspan.models.scene.relations import Relation
from midspan.models.scene.wordings import Trigger

if TYPE_CHECKING:
    from spacy.tokens import Token

_SIDES = frozenset({"left_of", "right_of", "above", "below", "behind", "in_front_of"})
_EMPTY = frozenset({"one", "each", "of", "'s", "’s", "object", "shape", "agent", "letter", "figure", "very"})
"""Words before the thing that is meant: "of the object D"."""
_ENDS = frozenset({"VERB", "AUX", "ADP", "CCONJ", "SCONJ", "NOUN", "PROPN"})
_MODIFIERS = frozenset({"compound", "amod", "nmod"})


def objects_of(reading: Reading, trigger: Trigger, before: Sequence[Relation]) -> list[int]:
    doc, known = reading.doc, reading.known
    position = trigger.last
    while position < len(doc) and position < trigger.last + 8:
        token = doc[position]
        if position in known.at and not owns(token):
            return _joined(reading, token)
        if token.lower_ in PRONOUNS and token.tag_ != "PRP$":
            return _pronoun(reading, trigger, token, before)
        if position in known.within or owns(token) or token.lower_ in _EMPTY:
            position += 1
            continue
        if token.pos_ in _ENDS and token.tag_ not in ("VBG", "VBN") and token.dep_ not in _MODIFIERS:
            return []
        if token.is_punct and token.text not in ("-", '"', "'"):
            return []
        position += 1
    return []


def owns(token: Token) -> bool:
    return token.dep_ == "poss" or (token.i + 1 < len(token.doc) and token.nbor(1).tag_ == "POS")


def _pronoun(reading: Reading, trigger: Trigger, token: Token, before: Sequence[Relation]) -> list[int]:
    """ "Left of the plate and the knife right of it": of the same. Else the sentence's first thing that
    fits."""
    parallel = [
        one.object
        for one in before
        if one.explicit
        and one.predicate in _SIDES
        and trigger.predicates[0] in _SIDES
        and one.object != one.subject
    ]
    if parallel and token.lower_ == "it":
        return [parallel[-1]]
    beside = [reading.known.within[trigger.first - 1]] if trigger.first - 1 in reading.known.within else []
    meant = reading.meant(token, _clause_subjects(reading, token) or beside)
    return [] if meant is None else [meant]


def _clause_subjects(reading: Reading, token: Token) -> list[int]:
    for above in token.ancestors:
        subject = child(above, "nsubj") or child(above, "nsubjpass")
        if subject is not None:
            return reading.with_conjuncts(subject)
    return []


def owner_of(reading: Reading, trigger: Trigger) -> list[int]:
    """ "To its left": the thing that the possessive means."""
    for token in reading.doc[trigger.first : trigger.last]:
        if token.lower_ in PRONOUNS:
            meant = reading.meant(token, _clause_subjects(reading, token))
            return [] if meant is None else [meant]
        if token.i in reading.known.at:
            return [reading.known.at[token.i]]
    return []


def _joined(reading: Reading, token: Token) -> list[int]:
    """A thing and those that follow it by "and"; where the parser sees none, along the words."""
    found = [reading.known.at[token.i]]
    doc = reading.doc
    position = token.i + 1
    while position + 1 < len(doc) and doc[position].lower_ in ("and", ","):
        ahead = position + 1
        while ahead < len(doc) and (doc[ahead].pos_ in ("DET", "ADJ", "NUM") or doc[ahead].lower_ == "and"):
            ahead += 1
        while ahead < len(doc) and ahead in reading.known.within and ahead not in reading.known.at:
            ahead += 1
        after = doc[ahead + 1] if ahead + 1 < len(doc) else None
        starts_another = any(one.first == ahead + 1 for one in reading.triggers)
        if (
            ahead not in reading.known.at
            or starts_another
            or (after is not None and after.pos_ in ("VERB", "AUX", "ADP", "ADV", "ADJ"))
        ):
            break
        found.append(reading.known.at[ahead])
        position = ahead + 1
    return list(dict.fromkeys(found))
