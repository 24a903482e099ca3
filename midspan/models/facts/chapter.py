"""Chapter 5: facts out of sentences, by rules that nothing trains and a linker that is trained."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midspan.models.facts.shipped import LINKER
from midspan.models.kit.chapter import Chapter, Option, Variant
from midspan.models.kit.metric import Metric

if TYPE_CHECKING:
    from midspan.models.facts.reader import FactReader
    from midspan.models.kit.evaluation import Evaluation

TEXTS = ("fewrel", "namesakes", "passing", "strangers", "places", "context", "absent", "plain")
"""Sentences of Wikipedia, meanings of names, names in passing, places with what they lie in; our own: only
the context tells, somebody of the name who is not in the graph, who everybody means."""
ABSENCE = ("half_gone", "doubled", *TEXTS)
"""Half of what is asked for is not in the graph; made namesakes as well."""
HALVES = ("tuned", "untouched")
"""The sentences that were looked at while the rules were written, and those that were not."""


def _evaluate(models: Sequence[Path], seeds: Sequence[int], work: Path, **options: Any) -> Evaluation:
    from midspan.models.facts.evaluation.table import evaluate  # loads spaCy

    return evaluate(models, seeds, work, **options)


def _train(variant: str, out: Path, work: Path, **options: Any) -> dict[str, Any]:
    if variant == "paper":
        from midspan.models.facts.paper.training import train_paper  # loads torch

        return train_paper(out, work, **options)
    from midspan.models.facts.link.training.variants import train_variant  # loads torch

    return train_variant(variant, out, work, **options)


def _predictor(folder: Path | None) -> FactReader:
    from midspan.models.facts.reader import FactReader  # loads spaCy

    return FactReader.bundled(folder or LINKER)


CHAPTER = Chapter(
    name="facts",
    number=5,
    data="",
    variants=(
        Variant("small", "links names to a knowledge graph"),
        Variant("paper", "as published, to be measured beside it", from_encoder=True),
    ),
    metrics=(
        *(
            Metric(f"carb_{name}", "%", True, (*HALVES, "given"), "triples")
            for name in ("precision", "recall", "f1")
        ),
        Metric("pair_recall", "%", True, ("fewrel", "knowledgenet", "knowledgenet_names"), "pairs"),
        *(
            Metric(f"r1{facet}", "%", True, ("half", "full"), "linking")
            for facet in ("", "_polysemous", "_inductive", "_unlisted")
        ),
        *(
            Metric(name, "%", True, ABSENCE, "absence")
            for name in ("right", "links_right", "inside", "outside", "macro", "namesakes")
        ),
        Metric("auc", "", True, ABSENCE, "absence"),
        Metric("ece", "", False, ABSENCE, "absence"),
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
        Metric("fact_ece", "", False, tuple(f"knowledgenet_{half}" for half in HALVES), "facts"),
        Metric("stance_right", "%", True, HALVES, "polarity"),
        Metric("polarity_right", "%", True, HALVES, "polarity"),
        Metric("rules_of_parse", "% of the parse's time", False, (), "speed"),
    ),
    train=_train,
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
