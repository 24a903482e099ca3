"""The stage that puts sentences into the anatomical atlas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from midspan.models.atlas.identity import ATLAS
from midspan.models.atlas.language.context import Context, Document
from midspan.models.atlas.language.grounding import Grounding
from midspan.models.registry import model_entry
from midspan.pipelines.embedding import SentenceVectors
from midspan.pipelines.stage import Batch, Stage
from midspan.records import AtlasGrounding, Product, Provenance, Run, Segment, record_id

MODEL = "atlas.small"
DOCUMENTS = 1024
"""So many documents are remembered at once; more than a batch has."""


class SentencePlacer(Protocol):
    """What :class:`midspan.models.atlas.placing.Placer` offers."""

    def place(
        self,
        texts: Sequence[str],
        embeddings: npt.NDArray[np.float32] | None = None,
        contexts: Sequence[Context] | None = None,
    ) -> list[Grounding]: ...


class AtlasStage(Stage):
    """One grounding, or an abstention with its probability, for every sentence; fragments give none."""

    name = "atlas"
    unit = "char"
    requires = ("sentence",)
    produces = ("atlas",)

    def __init__(
        self, placer: SentencePlacer, vectors: SentenceVectors | None, atlas: str = ATLAS, sha256: str = ""
    ) -> None:
        """``vectors`` of the bundled encoder open the gate; without them every sentence that names no
        organ pays for the second encoder. An imported ``atlas`` has the hash of its voxels and table; what
        is said about it stands beside what is said about the others."""
        self._placer = placer
        self._vectors = vectors
        self._atlas = atlas
        self._documents: dict[str, Document] = {}
        self._run = Run(
            stage="atlas" if atlas == ATLAS else f"atlas@{atlas}",
            stage_version=5,
            model=MODEL,
            weights_sha256=model_entry(MODEL).weights_sha256,
            parameters={"atlas": atlas, "gate": vectors is not None} | ({"sha256": sha256} if sha256 else {}),
        )

    @property
    def run(self) -> Run:
        return self._run

    def __call__(self, batch: Batch) -> list[Product]:
        sentences = [segment for segment in batch.segments if segment.kind == "sentence"]
        if not sentences:
            return []
        texts = [segment.text for segment in sentences]
        vectors = self._vectors.of(texts) if self._vectors is not None else None
        groundings = self._placer.place(texts, vectors, self._read(sentences))
        return [
            _record(segment, grounding, self._run, self._atlas)
            for segment, grounding in zip(sentences, groundings, strict=True)
        ]

    def finish(self, source_id: str) -> list[Product]:
        self._documents.pop(source_id, None)
        return []

    def _read(self, sentences: Sequence[Segment]) -> list[Context]:
        """What the sentences before each name. Those of a source come in order, some perhaps again."""
        for segment in sentences:
            document = self._documents.setdefault(segment.source_id, Document())
            document.read(segment.ordinal, segment.text)
        contexts = [self._documents[one.source_id].before(one.ordinal) for one in sentences]
        while len(self._documents) > DOCUMENTS:  # of sources that broke off and had no end
            del self._documents[next(iter(self._documents))]
        return contexts


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
