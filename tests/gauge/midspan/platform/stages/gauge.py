"""Gauges: a pattern."""

from __future__ import annotations

from midspan.pipelines.gauge import GaugeStage

from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    return [GaugeStage()]


def verify(models: Models) -> list[str]:
    """Nothing to read: the code is the model."""
    return []
