"""Stage: gauges. Sentences in, the quantities that they state out."""

from __future__ import annotations

from midspan.models.gauge import identity
from midspan.models.gauge.pattern import Quantity, quantities
from midspan.records.kinds.gauge import Gauge

from midspan.pipelines.stage import Batch, Stage
from midspan.records import Product, Provenance, Run, Segment, Unit, record_id


class GaugeStage(Stage):
    name = "gauge"
    unit: Unit = "char"
    requires = ("sentence",)
    produces = ("gauge",)

    @property
    def run(self) -> Run:
        return identity.run()

    def __call__(self, batch: Batch) -> list[Product]:
        run_id = self.run.id
        return [
            _gauge(segment, quantity, run_id)
            for segment in batch.segments
            for quantity in quantities(segment.text)
        ]


def _gauge(segment: Segment, quantity: Quantity, run_id: str) -> Gauge:
    start, end = int(segment.start) + quantity.start, int(segment.start) + quantity.end
    return Gauge(
        id=record_id("gauge", segment.source_id, run_id, start, end),
        provenance=Provenance(segment.source_id, run_id, segment.id, "char", start, end),
        text=segment.text,
        value=quantity.value,
        unit_symbol=quantity.unit,
    )
