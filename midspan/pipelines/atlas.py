"""The stage that puts sentences into the anatomical atlas."""

from __future__ import annotations

from midspan.models.atlas.grounding import Grounding, ground
from midspan.models.atlas.phantom import ATLAS
from midspan.pipelines.stage import Batch, Stage
from midspan.records import AtlasGrounding, Product, Provenance, Run, Segment, record_id

_RUN = Run("atlas", 1, "atlas.dictionary", parameters={"atlas": ATLAS})


class AtlasStage(Stage):
    """At most one grounding, or abstention, a sentence; fragments and sentences without anatomy give none."""

    name = "atlas"
    unit = "char"
    requires = ("sentence",)
    produces = ("atlas",)

    @property
    def run(self) -> Run:
        return _RUN

    def __call__(self, batch: Batch) -> list[Product]:
        products: list[Product] = []
        for segment in batch.segments:
            grounding = ground(segment.text) if segment.kind == "sentence" else None
            if grounding is not None:
                products.append(_record(segment, grounding))
        return products


def _record(segment: Segment, grounding: Grounding) -> AtlasGrounding:
    start, end = segment.start + grounding.start, segment.start + grounding.end
    x, y, z = grounding.point_mm or (None, None, None)
    return AtlasGrounding(
        id=record_id("atlas", segment.source_id, _RUN.id, int(start), int(end)),
        provenance=Provenance(segment.source_id, _RUN.id, segment.id, "char", start, end),
        text=segment.text,
        atlas=ATLAS,
        status=grounding.status,
        reason=grounding.reason,
        x_mm=x,
        y_mm=y,
        z_mm=z,
        organ=grounding.organ,
        organs=grounding.organs,
        laterality=grounding.laterality,
        named=True,
        negated=grounding.negated,
        score=grounding.score,
    )
