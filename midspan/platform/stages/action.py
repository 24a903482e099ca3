"""Vectors, motion and actions of videos."""

from __future__ import annotations

from midspan.models.action import identity
from midspan.pipelines.action import ActionStage
from midspan.pipelines.box_sight import BoxSight
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    boxes = models.detectors
    sight = BoxSight(boxes.detector, boxes.named, boxes.modality, everywhere=boxes.everywhere)
    known = models.recognisers.identity
    name, sha256 = next(iter(known.items()), ("", ""))
    fusion = list(known.values())[1:]
    run = identity.run(name, sha256, models.text_run.id, sight.identity, *fusion)
    recogniser = models.recognisers.load if known else None
    return [ActionStage(recogniser, encode=models.vectors.of, sight=sight, run=run)]


def verify(models: Models) -> list[str]:
    models.detectors.detector()  # which compares hashes, as the other does
    if models.recognisers.identity:
        models.recognisers.load()
    found = models.recognisers.identity | models.detectors.identity
    return [f"{name} {sha256[:12]}" for name, sha256 in found.items()]
