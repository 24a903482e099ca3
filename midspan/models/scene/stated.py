"""Relations that a sentence states: a wording, what is before it and what is behind it.

What is where the wording says is found along the words first, since captions and instructions are not what
the parser was trained on; where that is not plain, by what the wording hangs on in the parse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from midspan.models.scene.guard import is_meant
from midspan.models.scene.lemmas import infinitive
from midspan.models.scene.lexicon import SEATS, TABLES, is_area
from midspan.models.scene.objects import objects_of, owner_of
from midspan.models.scene.reading import Reading, anchor_of, negated
from midspan.models.scene.relations import Relation
from midspan.models.scene.subjects import subjects_of
from midspan.models.scene.verbs import BECOMING, POSTURE, RESTING
from midspan.models.scene.wordings import BESIDE, IN_PICTURE, Predicate, Trigger

if TYPE_CHECKING:
    from spacy.tokens import Token

_SIDES = frozenset({"left_of", "right_of", "above", "below"})
_PARTS = frozenset({"side", "end", "edge", "corner", "part"})


def stated(reading: Reading) -> list[Relation]:
    relations: list[Relation] = []
    for trigger in _triggers(reading):
        found = _read(reading, trigger, relations)
        relations += [one for one in found if one not in relations]
    return relations


def _triggers(reading: Reading) -> list[Trigger]:
    """Those of the wordings, and "by" and "at" where they mean beside: behind a stance."""
    found = list(reading.triggers)
    taken = {position for one in found for position in range(one.first, one.last)}
    for token in reading.doc:
        if token.lower_ not in ("by", "at") or token.i in taken:
            continue
        if token.dep_ in ("prep", "agent", "advmod") and infinitive(token.head, POSTURE) in POSTURE:
            found.append(Trigger(token.i, token.i + 1, ("next_to",), BESIDE, token.text))
    return sorted(found, key=lambda one: one.first)


def _read(reading: Reading, trigger: Trigger, before: Sequence[Relation]) -> list[Relation]:
    anchor = anchor_of(reading, trigger)
    if anchor is None or negated(anchor, trigger.first) or anchor.lemma_ in BECOMING:
        return []
    if trigger.predicates[0] in IN_PICTURE:
        subjects = subjects_of(reading, trigger, before)
        return [
            Relation(one, predicate, one, trigger.text, True)
            for one in subjects
            for predicate in trigger.predicates
            if is_meant(reading, trigger, anchor, one, one)
        ]
    objects = owner_of(reading, trigger) if trigger.wording.owned else objects_of(reading, trigger, before)
    if not objects:
        return []
    subjects = [one for one in subjects_of(reading, trigger, before) if one not in objects]
    pairs = [
        (one, two) for one in subjects for two in objects if is_meant(reading, trigger, anchor, one, two)
    ]
    found = [
        Relation(one, whole, two, trigger.text, True)
        for one, two in pairs
        for whole in _part_of(reading, trigger, anchor, one, two)
    ]
    for predicate in trigger.predicates:
        found += _related(reading, trigger, anchor, predicate, pairs)
    return found


def _part_of(
    reading: Reading, trigger: Trigger, anchor: Token, subject: int, thing: int
) -> tuple[Predicate, ...]:
    """ "A cat lies on the left side of the sofa" and is on it; what is in a corner of the yard is in it."""
    said = trigger.text.lower().split()
    if trigger.predicates[0] not in _SIDES or _PARTS.isdisjoint(said):
        return ()
    if is_area(reading.mention(thing).entry.category):
        return ("inside",)
    furniture = reading.mention(thing).surface.lower().split()[-1]
    fits = said[0] == "on" and reading.group(subject) in (
        "person",
        "animal",
        "food",
        "clothing",
        "toy",
        "small",
    )
    rests = furniture in TABLES or (furniture in SEATS and infinitive(anchor, RESTING) in RESTING)
    return ("on",) if fits and rests else ()


def _related(
    reading: Reading, trigger: Trigger, anchor: Token, predicate: Predicate, pairs: list[tuple[int, int]]
) -> list[Relation]:
    if trigger.wording.swapped:
        pairs = [(two, one) for one, two in pairs]
    if predicate == "between":
        return _between(reading, trigger, pairs)
    return [
        _dressed(
            reading,
            Relation(one, _exactly(reading, anchor, trigger, two, predicate), two, trigger.text, True),
        )
        for one, two in pairs
        if predicate != "inside" or trigger.wording.sure or reading.group(two) not in ("person", "animal")
    ]


def _exactly(
    reading: Reading, anchor: Token, trigger: Trigger, thing: int, predicate: Predicate
) -> Predicate:
    """Who leans on a wall is not on top of it; what goes across a bay is on it."""
    if predicate == "on" and infinitive(anchor, POSTURE) == "lean":
        return "touching"
    words = trigger.text.lower().split()
    if (
        predicate == "inside"
        and "of" in words
        and reading.mention(thing).surface.split()[-1] in SEATS | TABLES
    ):
        return "on"  # in the middle of the sofa
    across = trigger.text.lower() == "across" and is_area(reading.mention(thing).entry.category)
    return "on" if across else predicate


def _between(reading: Reading, trigger: Trigger, pairs: list[tuple[int, int]]) -> list[Relation]:
    """With both of the two; among several of a kind the first two."""
    relations = []
    for subject in dict.fromkeys(one for one, _ in pairs):
        objects = [two for one, two in pairs if one == subject]
        if len(objects) == 1 and reading.mention(objects[0]).count > 1:
            objects = [objects[0], objects[0]]
        if len(objects) > 1:
            relations.append(Relation(subject, "between", objects[0], trigger.text, True, objects[1]))
    return relations


def _dressed(reading: Reading, relation: Relation) -> Relation:
    """A person "in a hat" is not inside it: the hat is on the person."""
    if (
        relation.predicate == "inside"
        and reading.group(relation.object) == "clothing"
        and reading.group(relation.subject) in ("person", "animal")
    ):
        return Relation(relation.object, "on", relation.subject, relation.trigger, False)
    return relation
