"""Scenes: rules over the parse; things begin at usual places, or where a model says."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from midspan.models.identity import PARSER
from midspan.models.scene.shipped import PLACER, PLACER_NAME
from midspan.pipelines.scene import SceneStage
from midspan.pipelines.stage import Stage
from midspan.platform.models import Models

if TYPE_CHECKING:
    from midspan.models.scene.learned.placer import Placer


def stages(models: Models) -> list[Stage]:
    if not models.scenes_by_model:
        return [SceneStage()]
    return [SceneStage(models.lazy("placer of scenes", partial(_load_placer, models)))]


def verify(models: Models) -> list[str]:
    from midspan.models.kit.folder import load_model  # loads numpy

    return [
        f"{PARSER} {models.parser().weights_sha256[:12]}",
        f"{PLACER_NAME} {load_model(PLACER).sha256[:12]}",
    ]


def _load_placer(models: Models) -> Placer:
    from midspan.models.scene.learned.placer import Placer  # loads ONNX Runtime

    return Placer.load(**models.inference)
