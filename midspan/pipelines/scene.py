"""The stage that turns sentences about an arrangement of things into layouts."""

from __future__ import annotations

from midspan.models.scene.identity import RUN
from midspan.models.scene.layout import Constraint, Placed, arrange, holds
from midspan.models.scene.mentions import Mention
from midspan.models.scene.relations import Description, Relation, describe
from midspan.pipelines.stage import Batch, Stage
from midspan.records import (
    Product,
    Provenance,
    Run,
    SceneArrangement,
    SceneObject,
    SceneRelation,
    Segment,
    record_id,
)


class SceneStage(Stage):
    """At most one scene a sentence; most sentences give none."""

    name = "scene"
    unit = "char"
    requires = ("parse",)
    produces = ("scene",)

    @property
    def run(self) -> Run:
        return RUN

    def __call__(self, batch: Batch) -> list[Product]:
        products: list[Product] = []
        for segment, doc in zip(batch.segments, batch.shared["parse"], strict=True):
            description = describe(doc) if doc is not None and segment.kind == "sentence" else None
            if description is not None:
                products.append(_record(segment, description))
        return products


def _record(segment: Segment, description: Description) -> SceneArrangement:
    mentions = [mention for mention in description.mentions for _ in range(mention.count)]
    instances = _instances(description)
    stated = [pair for relation in description.relations for pair in _pairs(relation, instances)]
    things = arrange([mention.entry.category for mention in mentions], [c for _, c in stated])
    relations = tuple(row for relation, c in stated for row in _rows(relation, c, things))
    kept = sum(relation.satisfied for relation in relations)
    start, end = int(segment.start), int(segment.end)
    return SceneArrangement(
        id=record_id("scene", segment.source_id, RUN.id, start, end),
        provenance=Provenance(segment.source_id, RUN.id, segment.id, "char", segment.start, segment.end),
        text=segment.text,
        objects=tuple(_object(start, m, thing) for m, thing in zip(mentions, things, strict=True)),
        relations=relations,
        score=kept / len(relations) if relations else 1.0,
    )


def _instances(description: Description) -> list[list[int]]:
    """For each mention the indices of its things."""
    instances: list[list[int]] = []
    count = 0
    for mention in description.mentions:
        instances.append(list(range(count, count + mention.count)))
        count += mention.count
    return instances


def _pairs(relation: Relation, instances: list[list[int]]) -> list[tuple[Relation, Constraint]]:
    """Every one of the subjects stands in the relation to the first of the objects."""
    objects = instances[relation.object]
    other = None
    if relation.other is not None:
        other = objects[1] if relation.other == relation.object else instances[relation.other][0]
    return [
        (relation, Constraint(subject, relation.predicate, objects[0], other))
        for subject in instances[relation.subject]
    ]


def _rows(relation: Relation, constraint: Constraint, things: list[Placed]) -> list[SceneRelation]:
    """One row, or for between one with each of the two."""
    satisfied = holds(things, constraint)
    objects = [constraint.object] if constraint.other is None else [constraint.object, constraint.other]
    return [
        SceneRelation(
            constraint.subject, relation.predicate, thing, relation.trigger, relation.explicit, satisfied
        )
        for thing in objects
    ]


def _object(offset: int, mention: Mention, thing: Placed) -> SceneObject:
    return SceneObject(
        surface=mention.surface,
        start=offset + mention.start,
        end=offset + mention.end,
        category=mention.entry.category.name,
        mapping=mention.entry.mapping,
        x=thing.x,
        y=thing.y,
        depth=thing.depth,
        facing=thing.facing,
    )
