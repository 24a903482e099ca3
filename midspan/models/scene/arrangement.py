"""A description as an arrangement: one thing for each of a plural, placed so that the relations hold."""

from __future__ import annotations

from dataclasses import dataclass

from midspan.models.scene.layout import Constraint, Placed, arrange, holds
from midspan.models.scene.mentions import Mention
from midspan.models.scene.relations import Description, Relation
from midspan.models.scene.wordings import IN_PICTURE


@dataclass(frozen=True)
class Stated:
    """A relation between two of the placed things."""

    relation: Relation
    constraint: Constraint
    satisfied: bool


@dataclass(frozen=True)
class Arrangement:
    mentions: tuple[Mention, ...]
    """One a thing: a plural stands here several times."""
    things: tuple[Placed, ...]
    stated: tuple[Stated, ...]


def arranged(description: Description) -> Arrangement:
    mentions = tuple(mention for mention in description.mentions for _ in range(mention.count))
    instances = _instances(description)
    stated = [pair for relation in description.relations for pair in _pairs(relation, instances)]
    things = arrange([mention.entry.category for mention in mentions], [one for _, one in stated])
    checked = tuple(Stated(relation, one, holds(things, one)) for relation, one in stated)
    return Arrangement(mentions, tuple(things), checked)


def _instances(description: Description) -> list[list[int]]:
    """For each mention the indices of its things."""
    instances: list[list[int]] = []
    count = 0
    for mention in description.mentions:
        instances.append(list(range(count, count + mention.count)))
        count += mention.count
    return instances


def _pairs(relation: Relation, instances: list[list[int]]) -> list[tuple[Relation, Constraint]]:
    """Every one of the subjects stands in the relation to the first of the objects, or in its own place."""
    if relation.predicate in IN_PICTURE:
        return [(relation, Constraint(one, relation.predicate, one)) for one in instances[relation.subject]]
    objects = instances[relation.object]
    other = None
    if relation.other is not None:
        other = objects[1] if relation.other == relation.object else instances[relation.other][0]
    return [
        (relation, Constraint(subject, relation.predicate, objects[0], other))
        for subject in instances[relation.subject]
    ]
