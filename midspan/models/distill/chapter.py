"""Chapter 7: a network that sees frames alone, taught by others that see flow, boxes and sound as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.models.action.reported import DATA, EVALUATE, METRICS, trained_option
from midspan.models.action.shipped import STUDENT
from midspan.models.kit.chapter import Chapter, Option, Variant

if TYPE_CHECKING:
    from midspan.models.action.predictor import ActionPredictor
    from midspan.models.kit.evaluation import Evaluation


def _train(variant: str, out: Path, work: Path, **options: Any) -> dict[str, Any]:
    from midspan.models.distill.variants import train_student  # loads torch

    return train_student(variant, out, work, **options)


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.distill.table import evaluate  # loads torch

    return evaluate(models, seeds, work, **options)


def _predictor(folder: Path | None) -> ActionPredictor:
    from midspan.models.action.predictor import ActionPredictor  # loads numpy

    return ActionPredictor.load(folder or STUDENT)


CHAPTER = Chapter(
    name="distill",
    number=7,
    data=DATA,
    variants=(
        Variant("student", "small, taught by frames, flow, boxes and sound"),
        Variant("paper", "in the published size, Swin-T 3D"),
    ),
    metrics=METRICS,
    train=_train,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (
            *EVALUATE,
            trained_option("rgb", "rgb-strong", "flow", "layout", "audio"),
            Option(
                "plans",
                list[str],
                "Students to train, each as long as a network of frames (repeatable; default: student and "
                "self): even, per-sample, half-labels, t1, no-rgb, no-flow, no-layout, no-audio; all.",
            ),
        )
    },
    clips=True,
)
