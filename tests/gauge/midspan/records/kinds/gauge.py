"""Gauges: what an instrument reads."""

from __future__ import annotations

from dataclasses import dataclass

from midspan.records.record import Record


@dataclass(frozen=True)
class Gauge(Record):
    """A quantity that a sentence states."""

    kind = "gauge"
    plural = "gauges"

    value: float
    unit_symbol: str

    @property
    def line(self) -> str:
        return f"{self.value:g} {self.unit_symbol}: {self.text}"


RECORD = Gauge
