"""What states the run of the gauges: no third party is imported here."""

from __future__ import annotations

from midspan.records import Run

VERSION = 1


def run() -> Run:
    return Run("gauge", VERSION, "gauge.pattern")
