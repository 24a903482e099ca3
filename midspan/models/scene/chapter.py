"""Chapter 3: scenes out of spatial language, read by rules and placed by a network that is trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.models.kit.chapter import Chapter, Option, Variant
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.kit.evaluation import Evaluation
    from midspan.models.scene.learned.placer import Placer

VIEWS = ("tuned", "untouched", "given_tuned", "given_untouched")
"""Sentences of our own that were looked at while the rules were written, and those that were not; captions
that are given, in the same two halves."""
SCENES = ("templates", "pairs", "categories", "implied", "codraw")
"""Made scenes with templates, pairs of nouns or categories that no training scene has, and with nothing
stated; CoDraw's test part."""
PROSE = ("plain_tuned", "plain_untouched", "figurative_tuned", "figurative_untouched")


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.scene.evaluation.table import evaluate  # loads spaCy

    return evaluate(models, seeds, work, **options)


def _train(variant: str, out: Path, work: Path, **options: Any) -> dict[str, Any]:
    from midspan.models.scene.training.variants import train_variant  # loads torch

    return train_variant(variant, out, work, **options)


def _predictor(folder: Path | None) -> Placer:
    from midspan.models.scene.learned.placer import Placer  # loads ONNX Runtime

    return Placer.load() if folder is None else Placer.load(folder)


CHAPTER = Chapter(
    name="scene",
    number=3,
    data="Abstract Scenes 1.1 or CoDraw",
    variants=(
        Variant("small", "places the things of a scene; what ships"),
        Variant("codraw", "the same, which goes on from it on real scenes (--data)"),
        Variant("srbert", "SR-BERT, one stream, small"),
        Variant("paper", "SR-BERT as published, of BERT-base's size", from_encoder=True),
    ),
    metrics=(
        *(
            Metric(name, "%", True, VIEWS, "language")
            for name in (
                "scene",
                "things_found",
                "relation_right",
                "left_right",
                "right_right",
                "stated_right",
                "satisfied",
            )
        ),
        *(Metric(name, "%", True, VIEWS, "implied") for name in ("implied_right", "implied_right_of_made")),
        Metric("false_scenes", "%", False, PROSE, "prose"),
        *(
            Metric(name, unit, True, SCENES, "placing")
            for name, unit in (
                ("absolute", ""),
                ("relative", ""),
                ("facing", "%"),
                ("depth", "%"),
                ("order", "%"),
                ("said_holds", "%"),
            )
        ),
        *(
            Metric(f"{name}_published", unit, True, SCENES, "placing as published")
            for name, unit in (("absolute", ""), ("relative", ""), ("facing", "%"))
        ),
        Metric("sentences_per_second", "1/s", True, (), "speed"),
    ),
    train=_train,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (
            Option("captions", Path, "Captions of VSR: JSON lines with caption and relation."),
            Option("codraw", Path, "Folder of CoDraw's files, whose test part is measured on."),
            Option("nlvr", Path, "Folder of NLVR's dev.json: relations held against pictures."),
        )
    },
)
