"""Scenes: rules over the parse."""

from __future__ import annotations

from midspan.models.identity import PARSER
from midspan.pipelines.scene import SceneStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models


def stages(models: Models) -> list[Stage]:
    return [SceneStage()]


def verify(models: Models) -> list[str]:
    return [f"{PARSER} {models.parser().weights_sha256[:12]}"]
