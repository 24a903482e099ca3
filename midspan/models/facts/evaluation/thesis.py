"""The chapter's own linker and detectors, beside ours: what lies nearest, re-ranked, and whether it is
anything."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from pathlib import Path

from midspan.models.facts.evaluation.detectors import Selection, detectors
from midspan.models.facts.evaluation.linking import Answer, Tests, View, absences, recall
from midspan.models.facts.evaluation.nearest import Nearest
from midspan.models.facts.knowledge_graph import KnowledgeGraph, Relation
from midspan.models.facts.link.question import SIDES
from midspan.models.facts.paper.config import PAPER_NAME
from midspan.models.facts.paper.model import CANDIDATES, PaperModel
from midspan.models.kit.measuring import Figures, Row, measured, over_seeds

Asked = Sequence[tuple[int, Tests]]
"""Seeds with what they draw."""


def detector_rows(
    name: str, graph: KnowledgeGraph, facts: Sequence[Relation], several: Sequence[Nearest], asked: Asked
) -> list[Row]:
    """The detectors over a bi-encoder, one a seed; what they say is there is what lies nearest."""
    started = time.monotonic()
    runs: dict[str, list[Figures]] = {}
    for (seed, tests), nearest in zip(asked, several, strict=True):
        for detector, one in detectors(Selection.of(graph, facts, nearest, seed), seed).items():
            runs.setdefault(detector, []).append(absences(tests, one.answer(nearest)))
    seconds = round(time.monotonic() - started, 1)
    return [Row(f"{name}, {detector}", over_seeds(found), seconds) for detector, found in runs.items()]


def paper_rows(
    graph: KnowledgeGraph, facts: Sequence[Relation], folders: Sequence[Path], asked: Asked
) -> list[Row]:
    """``facts.paper``, one a seed; nothing where there is none."""
    if not folders:
        return []
    models = [PaperModel.load(folder) for folder in folders]
    searches = [Nearest(graph, model) for model in models]
    used = list(zip(itertools.cycle(zip(models, searches, strict=True)), asked, strict=False))

    def recalls(answer: Answer, tests: Tests) -> Figures:
        return {
            key: one
            for view in ("half", "full")
            for key, one in recall(view, tests.facts[view], answer).items()
        }

    return [
        measured(PAPER_NAME, lambda: [recalls(near.answer(), tests) for (_, near), (_, tests) in used]),
        measured(
            f"{PAPER_NAME}, re-ranked",
            lambda: [recalls(re_ranked(graph, model, near), tests) for (model, near), (_, tests) in used],
        ),
        *detector_rows(PAPER_NAME, graph, facts, [near for (_, near), _ in used], asked),
    ]


def re_ranked(graph: KnowledgeGraph, model: PaperModel, nearest: Nearest) -> Answer:
    """Both sides of a fact at once, of the nearest candidates of each of its parts."""

    def answers(view: View) -> list[tuple[str, float]]:
        questions = list(dict.fromkeys(one.question for one in view.examples))
        sides = [
            [
                [one for one in view.world.entities(row[:CANDIDATES].tolist()) if one is not None]
                for row in nearest.of(view.world, [(question, side) for question in questions]).uids
            ]
            for side in SIDES
        ]
        predicates = model.properties(graph.predicates(), questions)
        facts = model.facts(questions, sides[0], predicates, sides[1])
        found = {
            question: {"subject": subject.uid, "object": object_.uid}
            for question, (subject, _, object_) in zip(questions, facts, strict=True)
        }
        return [(found[one.question][one.side], 1.0) for one in view.examples]

    return answers
