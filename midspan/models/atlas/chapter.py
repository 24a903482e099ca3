"""Chapter 4: sentences at their place in the body."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.models.atlas.identity import SHIPPED
from midspan.models.kit.chapter import Chapter, Option, Variant
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.atlas.learned.predictor import OrganPredictor
    from midspan.models.kit.evaluation import Evaluation

FORMS = ("masked", "unnamed", "plain")
"""With the organs' names masked, left out, and as they are."""
VIEWS = (*FORMS, "stem_clean")
"""The last: masked, without stems that give an organ away."""


def _train(variant: str, out: Path, work: Path, **options: Any) -> dict[str, Any]:
    from midspan.models.atlas.learned.variants import train_variant  # loads torch

    return train_variant(variant, out, work, **options)


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.atlas.learned.table import evaluate  # loads torch

    return evaluate(models, seeds, work, **options)


def _predictor(folder: Path | None) -> OrganPredictor:
    from midspan.models.atlas.learned.predictor import OrganPredictor  # loads torch

    return OrganPredictor.load(folder or SHIPPED)


CHAPTER = Chapter(
    name="atlas",
    number=4,
    data="organs.jsonl.gz and none.jsonl.gz",
    variants=(
        Variant("small", "names the organ"),
        Variant("judge", "keeps text of no medical subject out"),
        Variant("sod", "gives a point near the organ"),
        Variant("minimum", "near its centre"),
        Variant("mean", "near the mean of all organs named"),
        Variant("paper", "as published, near the organ", from_encoder=True),
    ),
    metrics=(
        Metric("ior", "%", True, VIEWS, "places"),
        Metric("ior_10mm", "%", True, VIEWS, "places"),
        Metric("nvd_cm", "cm", False, VIEWS, "places"),
        Metric("nvd_o_cm", "cm", False, VIEWS, "places"),
        Metric("top_organ", "%", True, VIEWS, "places"),
        *(Metric(f"recall@{k}", "%", True, ("masked",), "retrieval") for k in (1, 5, 10)),
        Metric("ndcg@10", "", True, ("masked",), "retrieval"),
        Metric("none_precision", "%", True, FORMS, "abstention"),
        Metric("none_recall", "%", True, FORMS, "abstention"),
        Metric("ece", "", False, FORMS, "abstention"),
        Metric("gate_keeps_anatomy", "%", True, FORMS, "abstention"),
        Metric("gate_drops_none", "%", True, FORMS, "abstention"),
        Metric("placed", "%", True, ("unnamed",), "abstention"),
        Metric("placed_rightly", "%", True, ("unnamed",), "abstention"),
        Metric("placed_of_none", "%", False, ("unnamed",), "abstention"),
    ),
    train=_train,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (Option("point", list[Path], "Folder of a fine-tuned regression model (repeatable)."),)
    },
)
