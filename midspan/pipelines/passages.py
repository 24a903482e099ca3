"""Stage: the vector of every passage of a document, made of the vectors of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from midspan.pipelines.embedding import SentenceVectors
from midspan.pipelines.stage import WHOLE, Batch, Stage
from midspan.records import Embedding, Product, Run, Segment, Source, Unit

PASSAGE = 2_000
"""Code points: a passage is the sentences that begin within so many, counted from the document's start. Most
abstracts and notes are one; a book has hundreds."""

Vector = npt.NDArray[np.float32]


@dataclass
class _Passage:
    segment_id: str
    """Of its first sentence."""
    weighted: dict[int, Vector | None] = field(default_factory=dict)
    """By ordinal the vector of a sentence times its length, once it has one."""


@dataclass
class Passages:
    """Of one document: those that have begun and not ended, by their number."""

    source_id: str
    begun: dict[int, _Passage] = field(default_factory=dict)

    def note(self, segment: Segment) -> None:
        self._of(segment).weighted.setdefault(segment.ordinal, None)

    def set(self, segment: Segment, vector: Vector) -> None:
        self._of(segment).weighted[segment.ordinal] = vector * np.float32(len(segment.text))

    def ended(self, run_id: str, *, all_: bool = False) -> list[Product]:
        """Those behind which a later one has begun, or all; they are forgotten. One of whose sentences has no
        vector is left out: that sentence failed, and the document is done again."""
        numbers = sorted(self.begun)
        ended = [self.begun.pop(number) for number in (numbers if all_ else numbers[:-1])]
        return [made for passage in ended for made in _embedding(passage, self.source_id, run_id)]

    def _of(self, segment: Segment) -> _Passage:
        return self.begun.setdefault(int(segment.start) // PASSAGE, _Passage(segment.id))


class PassageStage(Stage):
    """One :class:`Embedding` in the space ``passage`` for each stretch of a document, at its first sentence:
    the mean of its sentences' vectors, each weighted by its length, made one long. Nothing is encoded for it.

    A document whose evidence is spread over its sentences is found by it.
    """

    name = "passages"
    unit: Unit = "char"
    requires = ("sentence",)
    uses = ("vector",)
    portion = WHOLE
    produces = ("passage",)

    def __init__(self, vectors: SentenceVectors) -> None:
        self._vectors = vectors

    @property
    def run(self) -> Run:
        return passage_run(self._vectors.run)

    def open(self, source: Source) -> Passages:
        return Passages(source.id)

    def __call__(self, batch: Batch) -> list[Product]:
        sentences = [segment for segment in batch.segments if segment.kind == "sentence"]
        memories: dict[str, Passages] = {one.source_id: batch.memories[one.source_id] for one in sentences}
        for segment in sentences:
            memories[segment.source_id].note(segment)
        for segment, vector in zip(sentences, self._vectors_of(batch, sentences), strict=True):
            memories[segment.source_id].set(segment, vector)
        run_id = self.run.id
        return [made for memory in memories.values() for made in memory.ended(run_id)]

    def finish(self, memory: Passages) -> list[Product]:
        return memory.ended(self.run.id, all_=True)

    def _vectors_of(self, batch: Batch, sentences: Sequence[Segment]) -> Sequence[Vector]:
        if not sentences:
            return []
        if "vector" in batch.shared:
            return [vector for vector in batch.shared["vector"] if vector is not None]
        return list(self._vectors.of([segment.text for segment in sentences], batch.check))


def passage_run(encoder: Run) -> Run:
    """Of passages made of an encoder's vectors."""
    return Run(
        stage="passages",
        stage_version=1,
        model=encoder.model,
        weights_sha256=encoder.weights_sha256,
        parameters={**encoder.parameters, "code_points": PASSAGE},
    )


def _embedding(passage: _Passage, source_id: str, run_id: str) -> list[Product]:
    vectors = [vector for vector in passage.weighted.values() if vector is not None]
    if len(vectors) < len(passage.weighted):
        return []
    total = np.sum(vectors, axis=0)
    length = np.linalg.norm(total)
    if not length:  # opposite vectors, which point nowhere
        return []
    return [Embedding(passage.segment_id, source_id, run_id, "passage", total / length)]
