"""Chapter 5: facts out of sentences. Measured here is their extraction, by rules that nothing trains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.errors import WrongUse
from midspan.models.kit.chapter import Chapter, Option
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.facts.reader import FactReader
    from midspan.models.kit.evaluation import Evaluation

HALVES = ("tuned", "untouched")
"""The sentences that were looked at while the rules were written, and those that were not."""


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.facts.evaluation.table import evaluate  # loads spaCy

    return evaluate(models, seeds, work, **options)


def _predictor(folder: Path | None) -> FactReader:
    from midspan.models.facts.reader import FactReader  # loads spaCy

    if folder is not None:
        raise WrongUse("facts have no model folder: their rules come with midspan")
    return FactReader.bundled()


CHAPTER = Chapter(
    name="facts",
    number=5,
    data="",
    variants=(),
    metrics=(
        *(
            Metric(f"carb_{name}", "%", True, (*HALVES, "given"), "triples")
            for name in ("precision", "recall", "f1")
        ),
        Metric("pair_recall", "%", True, ("fewrel", "knowledgenet", "knowledgenet_names"), "pairs"),
        *(
            Metric(
                f"fact_{name}",
                "%",
                True,
                ("fewrel", *(f"knowledgenet_{half}" for half in HALVES)),
                "facts",
            )
            for name in ("precision", "recall", "f1")
        ),
        Metric("stance_right", "%", True, HALVES, "polarity"),
        Metric("polarity_right", "%", True, HALVES, "polarity"),
        Metric("rules_of_parse", "% of the parse's time", False, (), "speed"),
    ),
    train=None,
    evaluate=_evaluate,
    predictor=_predictor,
    options={
        "evaluate": (
            Option("carb", Path, "Gold tuples of one's own, as CaRB publishes them."),
            Option(
                "knowledgenet",
                Path,
                "Facts of KnowledgeNet: JSON list of {fold, doc, property, sentence, subject, subject_qid, "
                "object, object_qid}.",
            ),
        )
    },
)
