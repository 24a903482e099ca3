"""A description as an arrangement: one thing for each of a plural, placed so that the relations hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midspan.models.scene.layout import Start, arrange
from midspan.models.scene.mentions import Mention
from midspan.models.scene.placed import Constraint, Placed, holds
from midspan.models.scene.relations import Description, Relation
from midspan.models.scene.wordings import IN_PICTURE

if TYPE_CHECKING:
    from midspan.models.scene.learned.decoding import Layout
    from midspan.models.scene.learned.rows import Question

SURE = 0.65
"""From this probability on a model's facing counts; else a thing faces where its kind does."""


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
    confidences: tuple[float | None, ...]
    """Of each thing, as ``SceneObject.confidence``; None where no model was asked."""

    @property
    def kept(self) -> float:
        """Share of the stated relations that hold."""
        return sum(one.satisfied for one in self.stated) / len(self.stated) if self.stated else 1.0


def arranged(description: Description, layouts: Sequence[Layout] = ()) -> Arrangement:
    """By the usual places, or by what a model says of ``question_of`` the description, its layouts in their
    order: each is moved until the relations hold, and the first of those that keep the most of them stays."""
    made = [_arranged(description, layout) for layout in layouts or (None,)]
    return max(made, key=lambda one: one.kept)


def question_of(description: Description, text: str) -> Question:
    """What a model is asked: ``text`` is the sentence that the mentions' places count in."""
    from midspan.models.scene.learned.naming import named_at  # loads numpy
    from midspan.models.scene.learned.rows import Question

    things = instances_of(description)
    labels = tuple(one.surface.lower() for one in things)
    categories = tuple(one.entry.category.name for one in things)
    named = named_at(text, labels, categories)
    mentions = tuple(
        ((one.start, one.end), *spans) if one.start >= 0 else tuple(spans)
        for one, spans in zip(things, named, strict=True)
    )
    return Question(text, labels, categories, mentions)


def instances_of(description: Description) -> tuple[Mention, ...]:
    """The mention of each thing."""
    return tuple(mention for mention in description.mentions for _ in range(mention.count))


def _arranged(description: Description, layout: Layout | None) -> Arrangement:
    mentions = instances_of(description)
    instances = _instances(description)
    stated = [pair for relation in description.relations for pair in _pairs(relation, instances)]
    start = None if layout is None else _start(layout)
    things = arrange([mention.entry.category for mention in mentions], [one for _, one in stated], start)
    checked = tuple(Stated(relation, one, holds(things, one)) for relation, one in stated)
    confidences: Sequence[float | None] = [None] * len(things)
    if layout is not None:
        confidences = layout.confidences([(thing.x, thing.y) for thing in things])
    return Arrangement(mentions, tuple(things), checked, tuple(confidences))


def _start(layout: Layout) -> list[Start]:
    return [
        Start(
            float(x),
            float(y),
            int(depth),
            None if sure < SURE else "left" if facing else "right",
        )
        for (x, y), (_, _, depth, facing), sure in zip(
            layout.points, layout.bins, layout.p_facing, strict=True
        )
    ]


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
