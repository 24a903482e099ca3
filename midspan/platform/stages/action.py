"""Vectors and motion of video windows."""

from __future__ import annotations

from midspan.pipelines.action import ActionStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    return [ActionStage()]


def verify(models: Models) -> list[str]:
    """Nothing to read: the code is the model."""
    return []
