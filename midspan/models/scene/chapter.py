"""Chapter 3: scenes out of spatial language, read by rules and placed by a network that is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.errors import WrongUse
from midspan.models.kit.chapter import Chapter, Option
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from midspan.models.kit.evaluation import Evaluation
    from midspan.models.scene.relations import Description

VIEWS = ("tuned", "untouched", "given_tuned", "given_untouched")
"""Sentences of our own that were looked at while the rules were written, and those that were not; captions
that
are given, in the same two halves."""
PROSE = ("plain_tuned", "plain_untouched", "figurative_tuned", "figurative_untouched")


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.scene.evaluation.table import evaluate  # loads spaCy

    return evaluate(models, seeds, work, **options)


def _predictor(folder: Path | None) -> Callable[[Doc], Description | None]:
    from midspan.models.scene.describe import describe  # loads the nouns

    if folder is not None:
        raise WrongUse("scenes have no model folder: their rules come with midspan")
    return describe


CHAPTER = Chapter(
    name="scene",
    number=3,
    data="",
    variants=(),
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
        Metric("sentences_per_second", "1/s", True, (), "speed"),
    ),
    train=None,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (Option("captions", Path, "Captions of VSR: JSON lines with caption and relation."),)
    },
)
