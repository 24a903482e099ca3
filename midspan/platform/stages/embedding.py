"""Vectors of sentences."""

from __future__ import annotations

from midspan.pipelines.embedding import EmbeddingStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    return [EmbeddingStage(models.vectors)]


def verify(models: Models) -> list[str]:
    return [f"{models.text_run.model} {models.encoder().weights_sha256[:12]}"]
