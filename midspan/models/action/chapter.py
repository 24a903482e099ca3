"""Chapter 6: what a hand does with things, told from frames and from where the things are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.models.action.reported import DATA, EVALUATE, METRICS, trained_option
from midspan.models.action.shipped import FUSION
from midspan.models.kit.chapter import Chapter, Variant
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.action.predictor import ActionPredictor
    from midspan.models.kit.evaluation import Evaluation


DETECTOR, NAMES = "detector", "names"


def _train(variant: str, out: Path, work: Path, **options: Any) -> dict[str, Any]:
    if variant == DETECTOR:
        from midspan.models.action.boxes.learned.training import train_detector  # loads torch

        return train_detector(out, work, **options)
    if variant == NAMES:
        from midspan.models.action.naming.training import train_namer  # loads torch

        return train_namer(out, work, **options)
    from midspan.models.action.training.variants import train_variant  # loads torch

    return train_variant(variant, out, work, **options)


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.action.evaluation.table import evaluate  # loads torch

    return evaluate(models, seeds, work, **options)


def _predictor(folder: Path | None) -> ActionPredictor:
    from midspan.models.action.predictor import ActionPredictor  # loads numpy

    return ActionPredictor.load(folder or FUSION)


CHAPTER = Chapter(
    name="action",
    number=6,
    data=DATA,
    variants=(
        Variant("cacnf", "boxes and frames, fused, with a head on each branch"),
        Variant("caf", "the same with one head"),
        Variant("lcf", "joined at the end alone"),
        Variant("layout", "boxes alone"),
        Variant("rgb", "frames alone"),
        Variant("rgb-strong", "the same, on stronger views and half as long again"),
        Variant("flow", "optical flow alone"),
        Variant("audio", "sound alone"),
        Variant("cacnf-paper", "in the published sizes"),
        Variant("layout-paper", "the same, boxes alone"),
        Variant("rgb-paper", "the same, frames alone"),
        Variant(NAMES, "names things by their boxes, learned on films that it draws (without --data)"),
        Variant(DETECTOR, "finds hands and things, learned on films that it draws (without --data)"),
        Variant("checkpoint", "frames alone, on VideoMAE or TimeSformer", from_encoder=True),
    ),
    metrics=(
        *METRICS,
        *(Metric(f"shots{count}", "%", True, (), "few-shot") for count in (5, 10)),
    ),
    train=_train,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (
            *EVALUATE,
            trained_option("rgb", "rgb-strong", "flow", "audio", "layout", "lcf", "caf", "cacnf", "few-shot"),
        )
    },
    clips=True,
)
