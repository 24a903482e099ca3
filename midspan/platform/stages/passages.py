"""Vectors of passages, made of those of their sentences."""

from __future__ import annotations

from midspan.pipelines.passages import PassageStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    return [PassageStage(models.vectors)]


def verify(models: Models) -> list[str]:
    """Nothing to read but what the vectors of sentences are made with."""
    return []
