"""The stage that puts sentences into the anatomical atlas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from midspan.models.atlas import identity
from midspan.models.atlas.identity import ATLAS
from midspan.pipelines.embedding import SentenceVectors
from midspan.pipelines.stage import WHOLE, Batch, Stage
from midspan.records import AtlasGrounding, Product, Provenance, Run, Segment, Source, record_id

if TYPE_CHECKING:
    from midspan.models.atlas.language.context import Context, Document
    from midspan.models.atlas.language.grounding import Grounding
    from midspan.models.atlas.placing import Placer, Subjects


class AtlasStage(Stage):
    """One grounding, or an abstention with its probability, for every sentence; fragments give none."""

    name = "atlas"
    unit = "char"
    requires = ("sentence",)
    portion = WHOLE
    produces = ("atlas",)

    def __init__(
        self,
        placer: Callable[[], Placer],
        vectors: SentenceVectors | None,
        atlas: str = ATLAS,
        sha256: str = "",
    ) -> None:
        """``placer`` is called when there is a sentence to place. ``vectors`` of the bundled encoder open the
        gate (those that the batch brings, or else made here) and judge the document; without them every
        sentence that names no organ pays for the second encoder, and no document is judged. An imported
        ``atlas`` has the hash of its voxels and table; what is said about it stands beside what is said about
        the others."""
        self._placer = placer
        self._vectors = vectors
        self.uses = () if vectors is None else ("vector",)
        self._atlas = atlas
        self._run = identity.run(atlas, sha256, gated=vectors is not None)

    @property
    def run(self) -> Run:
        return self._run

    def open(self, source: Source) -> Document:
        from midspan.models.atlas.language.context import Document  # loads the dictionary

        return Document()

    def __call__(self, batch: Batch) -> list[Product]:
        sentences = [segment for segment in batch.segments if segment.kind == "sentence"]
        if not sentences:
            return []
        contexts = _read(sentences, batch.memories)
        texts = [segment.text for segment in sentences]
        vectors = self._vectors_of(batch, texts)
        placer = self._placer()
        subjects = self._subjects(sentences, batch.memories, placer, vectors)
        groundings = placer.place(texts, vectors, contexts, batch.check, subjects)
        return [
            _record(segment, grounding, self._run, self._atlas)
            for segment, grounding in zip(sentences, groundings, strict=True)
        ]

    def _subjects(
        self,
        sentences: Sequence[Segment],
        documents: Mapping[str, Document],
        placer: Placer,
        vectors: npt.NDArray[np.float32] | None,
    ) -> Subjects | None:
        """Of which subject the documents are, at each sentence."""
        from midspan.models.atlas.placing import Subjects  # loads SciPy

        if self._vectors is None or vectors is None:
            return None
        said = zip(sentences, placer.evidence(vectors), strict=True)
        odds = [documents[one.source_id].judge(one.ordinal, evidence) for one, evidence in said]
        return Subjects(odds, self._vectors.of)

    def _vectors_of(self, batch: Batch, texts: Sequence[str]) -> npt.NDArray[np.float32] | None:
        """(n, 384) of the batch's sentences."""
        if self._vectors is None:
            return None
        if "vector" in batch.shared:
            return np.stack([vector for vector in batch.shared["vector"] if vector is not None])
        return self._vectors.of(texts, batch.check)


def _read(sentences: Sequence[Segment], documents: Mapping[str, Document]) -> list[Context]:
    """What the sentences before each of these name, in its own document."""
    for one in sentences:
        documents[one.source_id].read(one.ordinal, one.text)
    return [documents[one.source_id].before(one.ordinal) for one in sentences]


def _record(segment: Segment, grounding: Grounding, run: Run, atlas: str) -> AtlasGrounding:
    start, end = segment.start + grounding.start, segment.start + grounding.end
    x, y, z = grounding.point_mm or (None, None, None)
    return AtlasGrounding(
        id=record_id("atlas", segment.source_id, run.id, int(start), int(end)),
        provenance=Provenance(segment.source_id, run.id, segment.id, "char", start, end),
        text=segment.text,
        atlas=atlas,
        status=grounding.status,
        reason=grounding.reason,
        x_mm=x,
        y_mm=y,
        z_mm=z,
        organ=grounding.organ,
        organs=grounding.organs,
        laterality=grounding.laterality,
        named=grounding.named,
        negated=grounding.negated,
        score=grounding.score,
        spread_mm=grounding.spread_mm,
        hypothetical=grounding.hypothetical,
        family=grounding.family,
    )
