"""Layouts that a sentence implies by what is done: a hat that is worn is on somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midspan.models.scene.guard import SHORT
from midspan.models.scene.lemmas import infinitive, is_verb
from midspan.models.scene.reading import Reading, child, negated, subject_of
from midspan.models.scene.relations import Relation
from midspan.models.scene.verbs import IMPLIED, VERBS, Implied

if TYPE_CHECKING:
    from spacy.tokens import Token

LEAST = 0.5, 0.15
"""The share of a noun's use that must be of a thing: in any sentence and in a short one."""


def implied(reading: Reading) -> list[Relation]:
    relations: list[Relation] = []
    for token in reading.doc:
        if token.lower_ == "with" and token.dep_ == "prep":
            relations += _with(reading, token)
        if token.pos_ not in ("VERB", "AUX", "NOUN"):
            continue
        verb = infinitive(token, IMPLIED)
        if verb not in IMPLIED or negated(token, token.i):
            continue
        if any(one.lower_ == "to" and one.dep_ == "aux" for one in token.children):
            continue  # what somebody learned to do, or wants to
        for rule in IMPLIED[verb]:
            actors, things = _arguments(reading, token, rule)
            relations += _implied(reading, rule, actors, things, token.text)
    return relations


_HAS = Implied("touching", True, doer="person animal", thing="small food toy")
_HAS_ON = Implied("on", True, doer="person animal", thing="clothing")
_IS_WITH = Implied("next_to", doer="person animal", thing="person animal")


def _with(reading: Reading, preposition: Token) -> list[Relation]:
    """ "A woman with an umbrella" has it; so has who cuts something with a knife."""
    thing = child(preposition, "pobj")
    if thing is None or not any(one.tag_ in ("DT", "CD", "PRP$") for one in thing.lefts):
        return []
    head = preposition.head
    if head.tag_ in ("VBD", "VBN"):
        return []
    owner = subject_of(head) if head.pos_ == "VERB" else head
    actors, things = reading.with_conjuncts(owner), reading.with_conjuncts(thing)
    return [
        relation
        for rule in (_HAS, _HAS_ON, _IS_WITH)
        for relation in _implied(reading, rule, actors, things, preposition.text)
    ]


def _arguments(reading: Reading, verb: Token, rule: Implied) -> tuple[list[int], list[int]]:
    """Who does it and to what; along the words where the parser took the verb for a noun."""
    if not is_verb(verb, VERBS) or rule.preposition:
        actors = reading.with_conjuncts(subject_of(verb))
        return actors, reading.with_conjuncts(_complement(verb, rule.preposition))
    after = next((place for place in range(verb.i + 1, len(reading.doc)) if place in reading.known.at), None)
    actor = reading.known.within.get(verb.i - 1)
    if actor is None or after is None or after > verb.i + 4:
        return [], []
    return [actor], [reading.known.at[after]]


def _implied(
    reading: Reading, rule: Implied, actors: list[int], things: list[int], trigger: str
) -> list[Relation]:
    least = LEAST[len(reading.doc) <= SHORT]
    return [
        Relation(
            *((thing, rule.predicate, actor) if rule.swapped else (actor, rule.predicate, thing)),
            trigger,
            False,
        )
        for actor in actors
        for thing in things
        if actor != thing
        and (not rule.doer or reading.group(actor) in rule.doer.split())
        and (not rule.thing or reading.group(thing) in rule.thing.split())
        and all(reading.mention(number).entry.share >= least for number in (actor, thing))
    ]


def _complement(verb: Token, preposition: str) -> Token | None:
    if not preposition:
        return child(verb, "dobj")
    said = next((one for one in verb.children if one.lower_ == preposition and one.dep_ == "prep"), None)
    return None if said is None else child(said, "pobj")
