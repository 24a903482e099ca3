"""Vectors, motion and actions of videos."""

from __future__ import annotations

from midspan.models.action import identity
from midspan.pipelines.action import ActionStage
from midspan.pipelines.box_sight import BoxSight
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    boxes = models.detectors
    sight = BoxSight(boxes.detector, boxes.named, boxes.modality)
    run = identity.run(encoder=models.text_run.id, boxes=sight.identity)
    return [ActionStage(encode=models.vectors.of, sight=sight, run=run)]


def verify(models: Models) -> list[str]:
    models.detectors.detector()  # which compares hashes
    return [f"{name} {sha256[:12]}" for name, sha256 in models.detectors.identity.items()]
