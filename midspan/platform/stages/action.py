"""Vectors and motion of video windows."""

from __future__ import annotations

from midspan.pipelines.signature import SignatureStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    return [SignatureStage()]


def verify(models: Models) -> list[str]:
    """Nothing to read: the code is the model."""
    return []
