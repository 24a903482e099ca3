"""Vectors, motion and actions of videos."""

from __future__ import annotations

from midspan.models.action import identity
from midspan.pipelines.action import ActionStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    run = identity.run(encoder=models.text_run.id)
    return [ActionStage(encode=models.vectors.of, run=run)]


def verify(models: Models) -> list[str]:
    """Nothing to read: the code is the model."""
    return []
