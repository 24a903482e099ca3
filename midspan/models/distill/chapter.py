"""Chapter 7: a network that sees frames alone, taught by others that see flow, boxes and sound as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.errors import WrongUse
from midspan.models.kit.chapter import Chapter, Option, Variant
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.action.predictor import ActionPredictor
    from midspan.models.kit.evaluation import Evaluation

VIEWS = ("seen", "unseen")
"""Clips of combinations of verb and noun that were learned, and of the others."""


def _train(variant: str, out: Path, work: Path, **options: Any) -> dict[str, Any]:
    from midspan.models.distill.variants import train_student  # loads torch

    return train_student(variant, out, work, **options)


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.distill.table import evaluate  # loads torch

    return evaluate(models, seeds, work, **options)


def _predictor(folder: Path | None) -> ActionPredictor:
    from midspan.models.action.predictor import ActionPredictor  # loads numpy

    if folder is None:
        raise WrongUse("no student ships yet: name the folder of one (`midspan distill`)")
    return ActionPredictor.load(folder)


CHAPTER = Chapter(
    name="distill",
    number=7,
    data="clips (`midspan data tabletop` makes some)",
    variants=(
        Variant("student", "small, taught by frames, flow, boxes and sound"),
        Variant("paper", "in the published size, Swin-T 3D"),
    ),
    metrics=(
        *(Metric(name, "%", True, VIEWS, "clips") for name in ("top1", "top5", "map")),
        Metric("ece", "%", False, VIEWS, "clips"),
        *(Metric(name, "%", True, VIEWS, "verb and noun") for name in ("noun", "both")),
        Metric("parameters", "thousands", False, (), "cost"),
        Metric("macs", "millions a clip", False, (), "cost"),
        Metric("ms", "a clip, one thread", False, (), "cost"),
    ),
    train=_train,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (
            Option("data", Path, "Folder with clips (`midspan data tabletop` makes some)."),
            Option("epochs", int, "Of all that is trained, other than the recipes'."),
        )
    },
)
