"""Stage: facts. Parsed sentences in, surface triples with their canonical form out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from midspan.models.facts import identity
from midspan.pipelines.stage import Batch, Stage
from midspan.records import (
    Argument,
    Fact,
    FactSlot,
    Product,
    Provenance,
    Run,
    Segment,
    Source,
    Unit,
    record_id,
)

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from midspan.models.facts.extraction import Triple
    from midspan.models.facts.linking import LinkedTriple
    from midspan.models.facts.memory import DocumentMemory
    from midspan.models.facts.reader import FactReader


class FactStage(Stage):
    """One :class:`Fact` a triple; offsets count code points of the source's text."""

    name = "facts"
    unit: Unit = "char"
    requires = ("parse",)
    produces = ("fact",)

    def __init__(
        self, reader: Callable[[], FactReader], graphs: Sequence[str] = (identity.BUNDLED_KG,)
    ) -> None:
        """``reader`` is called when there is a sentence to read; ``graphs`` are the identities of the
        knowledge graphs that it links against."""
        self._reader, self._graphs = reader, tuple(graphs)

    @property
    def run(self) -> Run:
        return identity.run(self._graphs)

    def open(self, source: Source) -> DocumentMemory:
        from midspan.models.facts.memory import DocumentMemory

        return DocumentMemory()

    def __call__(self, batch: Batch) -> list[Product]:
        run_id = self.run.id
        parsed = list(zip(batch.segments, batch.shared["parse"], strict=True))
        for segment, doc in parsed:
            _note(batch.memories[segment.source_id], segment, doc)
        sentences = [(segment, doc) for segment, doc in parsed if doc is not None]
        if not sentences:
            return []
        said = self._reader().read(
            [_memory(batch, segment).sentence(segment.ordinal, doc) for segment, doc in sentences]
        )
        return [
            _fact(segment, triple, linked, run_id)
            for (segment, _), found in zip(sentences, said, strict=True)
            for triple, linked in found
        ]


def _memory(batch: Batch, segment: Segment) -> DocumentMemory:
    memory: DocumentMemory = batch.memories[segment.source_id]
    return memory


def _note(memory: DocumentMemory, segment: Segment, doc: Doc | None) -> None:
    if doc is None:
        memory.title(segment.ordinal, segment.id, segment.text, int(segment.start))
    else:
        memory.read(segment.ordinal, segment.id, doc, int(segment.start))


def _fact(segment: Segment, triple: Triple, linked: LinkedTriple, run_id: str) -> Fact:
    offset = int(segment.start)
    subject, predicate, object_ = (
        _moved(slot, offset) for slot in (linked.subject, linked.predicate, linked.object)
    )
    place: list[Any] = [segment.id, triple.relation]
    for slot in (subject, predicate, object_):
        place += [slot.start, slot.end]
    if triple.generator != "clause":
        place.append(triple.generator)
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
        modality=triple.modality,
        generator=triple.generator,
        further=tuple(Argument(one.surface, one.start + offset, one.end + offset) for one in triple.further),
    )


def _moved(slot: FactSlot, offset: int) -> FactSlot:
    return replace(slot, start=slot.start + offset, end=slot.end + offset)
