"""Stage: facts. Parsed sentences in, surface triples with their canonical form out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from midspan.models.facts import extraction, linking
from midspan.models.facts.extraction import Triple, extract_triples
from midspan.models.facts.linking import LinkedTriple, Linker
from midspan.pipelines.stage import Batch, Stage
from midspan.records import Fact, FactSlot, Product, Provenance, Run, Segment, Unit, record_id


class FactStage(Stage):
    """One :class:`Fact` a triple; offsets count code points of the source's text."""

    name = "facts"
    unit: Unit = "char"
    requires = ("parse",)
    produces = ("fact",)

    def __init__(self, linker: Linker, *, graph_sha256: str, parser_sha256: str) -> None:
        self._linker = linker
        self._graph_sha256 = graph_sha256
        self._parser_sha256 = parser_sha256

    @property
    def run(self) -> Run:
        return Run(
            stage=self.name,
            stage_version=1,
            model="facts.rules+facts.alias",
            weights_sha256=self._graph_sha256,
            parameters={
                "parser": self._parser_sha256,
                "rules": extraction.VERSION,
                "linker": linking.VERSION,
            },
        )

    def __call__(self, batch: Batch) -> list[Product]:
        run_id = self.run.id
        return [
            _fact(segment, triple, self._linker.link(triple), run_id)
            for segment, doc in zip(batch.segments, batch.shared["parse"], strict=True)
            if doc is not None
            for triple in extract_triples(doc)
        ]


def _fact(segment: Segment, triple: Triple, linked: LinkedTriple, run_id: str) -> Fact:
    offset = int(segment.start)
    subject, predicate, object_ = (
        _moved(slot, offset) for slot in (linked.subject, linked.predicate, linked.object)
    )
    place: list[Any] = [segment.id, triple.relation]
    for slot in (subject, predicate, object_):
        place += [slot.start, slot.end]
    return Fact(
        id=record_id("fact", segment.source_id, run_id, *place),
        provenance=Provenance(
            segment.source_id, run_id, segment.id, segment.unit, segment.start, segment.end
        ),
        text=segment.text,
        subject=subject,
        predicate=predicate,
        object=object_,
        polarity=triple.polarity,
        status=linked.status,
        score=linked.score,
    )


def _moved(slot: FactSlot, offset: int) -> FactSlot:
    return replace(slot, start=slot.start + offset, end=slot.end + offset)
