"""The stage that turns sentences about an arrangement of things into layouts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from midspan.models.scene.arrangement import Arrangement, Stated, arranged, question_of
from midspan.models.scene.concepts import concept_of, noun_of
from midspan.models.scene.describe import described
from midspan.models.scene.identity import RUN, learned_run
from midspan.models.scene.mentions import Mention
from midspan.models.scene.placed import Placed
from midspan.models.scene.reading import Reading
from midspan.models.scene.relations import Description
from midspan.models.scene.window import Window
from midspan.pipelines.stage import Batch, Stage
from midspan.records import (
    Product,
    Provenance,
    Run,
    SceneArrangement,
    SceneObject,
    SceneRelation,
    Segment,
    Source,
    record_id,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from midspan.models.scene.learned.placer import Placer


class SceneStage(Stage):
    """At most one scene a sentence; most sentences give none.

    A thing that a pronoun stands for is an object of the scene with the place where it is named, which is in
    a sentence before.
    """

    name = "scene"
    unit = "char"
    requires = ("parse",)
    produces = ("scene",)

    def __init__(self, placer: Callable[[], Placer] | None = None) -> None:
        """``placer`` is called when there is a scene to place; without it the things begin at their kinds'
        usual places."""
        self._placer = placer

    @property
    def run(self) -> Run:
        return RUN if self._placer is None else learned_run()

    def open(self, source: Source) -> Window:
        return Window()

    def __call__(self, batch: Batch) -> list[Product]:
        readings = [
            (segment, _read(batch.memories[segment.source_id], segment, doc))
            for segment, doc in zip(batch.segments, batch.shared["parse"], strict=True)
            if doc is not None and segment.kind == "sentence"
        ]
        found = [(segment, said) for segment, one in readings if (said := described(one)) is not None]
        run_id = self.run.id
        return [
            _record(segment, one, run_id)
            for (segment, _), one in zip(found, self._arranged(found), strict=True)
        ]

    def _arranged(self, found: Sequence[tuple[Segment, Description]]) -> list[Arrangement]:
        if self._placer is None or not found:
            return [arranged(said) for _, said in found]
        layouts = self._placer().place([question_of(said, segment.text) for segment, said in found])
        return [arranged(said, some) for (_, said), some in zip(found, layouts, strict=True)]


def _read(window: Window, segment: Segment, doc: Doc) -> Reading:
    return window.read(segment.ordinal, int(segment.start), doc)


def _record(segment: Segment, found: Arrangement, run_id: str) -> SceneArrangement:
    start, end = int(segment.start), int(segment.end)
    return SceneArrangement(
        id=record_id("scene", segment.source_id, run_id, start, end),
        provenance=Provenance(segment.source_id, run_id, segment.id, "char", segment.start, segment.end),
        text=segment.text,
        objects=tuple(
            _object(start, *one) for one in zip(found.mentions, found.things, found.confidences, strict=True)
        ),
        relations=tuple(row for one in found.stated for row in _rows(one)),
        score=found.kept,
    )


def _rows(stated: Stated) -> list[SceneRelation]:
    """One row, or for between one with each of the two."""
    relation, constraint = stated.relation, stated.constraint
    objects = [constraint.object] if constraint.other is None else [constraint.object, constraint.other]
    return [
        SceneRelation(
            constraint.subject,
            relation.predicate,
            thing,
            relation.trigger,
            relation.explicit,
            stated.satisfied,
        )
        for thing in objects
    ]


def _object(offset: int, mention: Mention, thing: Placed, confidence: float | None) -> SceneObject:
    noun = noun_of(mention.surface)
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
        width=round(thing.width, 4),
        height=round(thing.height, 4),
        confidence=confidence,
        noun=noun,
        concept=concept_of(noun, mention.entry.category.name),
    )
