"""How linking goes as the knowledge graph grows: python -m benchmarks.kg_recall

Facts of the bundled graph are asked for, in it alone and beside ever more places of GeoNames, whose names are
those that its own entities bear as well. Each graph is built by a process and asked by another.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.common import write
from benchmarks.kg_places import in_process, run_part
from benchmarks.kg_scale import peak_mb
from midspan.models.facts.evaluation.linking import (
    FACTS,
    View,
    absence,
    baselines,
    forced,
    linker,
    recall,
    worlds,
)
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.sources.geonames import Geonames
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import KnowledgeGraph
from midspan.models.facts.link.decision import decide
from midspan.models.facts.link.lists import Lister
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.near import Near, near_in
from midspan.models.facts.link.question import SIDES
from midspan.models.facts.link.training import falb
from midspan.models.facts.link.training.examples import Examples
from midspan.models.facts.link.training.falb import Case
from midspan.models.facts.link.training.sentences import sentences
from midspan.models.facts.link.training.worlds import Worlds
from midspan.models.facts.link.words import word_pieces

LEAST = (14_000, 2_200, 0)
"""Least populations of the places, for about 60, 120 and 260 thousand entities."""
SEED = 0
AT_ONCE = 64
BASELINE = "alias and popularity"


def built(folder: Path, least: str) -> dict[str, Any]:
    return {"entities": build(folder, Geonames(int(least), bundled_kg())).entities}


def asked(folder: Path, _: str) -> dict[str, Any]:
    """Of the bundled graph with the one in the folder, or alone where there is none."""
    known = bundled_kg()
    graph: KnowledgeGraph = Graphs([known, StoredGraph(folder)]) if folder.is_dir() else known
    model, bags = LinkModel.load(), word_pieces()
    near = near_in(graph, model.space, bags, model.sha256)
    spent = each(graph, model, near, sentences("fewrel", "test"))
    used = peak_mb()
    examples = Examples(graph, model.space, bags, near)
    of_known = Worlds(known, examples)
    cases = falb.cases(known, of_known.facts, "test", FACTS, SEED)
    made = worlds(graph, known, cases, of_known.not_trained, 1000 + SEED)
    half, gone = (View(made[name], examples.of(cases, made[name])) for name in ("half", "half_gone"))
    found = {**recall("half", half, forced(model)), **absence("gone", gone, linker(model))}
    simple = {
        **recall("half", half, baselines()[BASELINE]),
        **absence("gone", gone, baselines()[BASELINE]),
    }
    return {
        "entities": sum(1 for _ in graph),
        "shared": sum(one.namesake for one in half.examples) / len(half.examples),
        "linker": {name: figure.mean for name, figure in found.items()},
        "simple": {name: figure.mean for name, figure in simple.items()},
        "ms": 1000 * spent,
        "rss": used,
    }


def each(graph: KnowledgeGraph, model: LinkModel, near: Near, cases: Sequence[Case]) -> float:
    """Seconds of CPU of linking one fact, all asked for the first time."""
    lister = Lister(graph, model.space, word_pieces(), near)
    start = time.process_time()
    for first in range(0, len(cases), AT_ONCE):
        questions = [case.question for case in cases[first : first + AT_ONCE]]
        for ranked in lister.lists(questions, [None] * len(questions)):
            for side in SIDES:
                decide(ranked[side], model.ranker)
    return (time.process_time() - start) / len(cases)


def measured(least: int | None) -> dict[str, Any]:
    scratch = Path(tempfile.mkdtemp(prefix="kg-recall-"))
    try:
        if least is not None:
            in_process("benchmarks.kg_recall", "built", scratch / "graph", least)
        return in_process("benchmarks.kg_recall", "asked", scratch / "graph", "")
    finally:
        shutil.rmtree(scratch)


def row(found: dict[str, Any], first: dict[str, Any]) -> list[Any]:
    shares = ("r1_half", "r1_polysemous_half", "macro_gone", "namesakes_gone")
    both = [f"{found['linker'][name]:.1f} ({found['simple'][name]:.1f})" for name in shares]
    cost = [f"{found['ms']:.1f}", f"{found['ms'] / first['ms']:.2f}", f"{found['rss']:.0f}"]
    return [f"{found['entities']:,}", f"{100 * found['shared']:.1f}", *both, *cost]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--least", type=int, nargs="+", default=LEAST)
    parser.add_argument("--only", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        run_part({"built": built, "asked": asked}, options.only)
        return
    found: list[dict[str, Any]] = []
    for least in (None, *options.least):
        found.append(measured(least))
        print(row(found[-1], found[0]), flush=True)
    write(
        "kg_recall",
        "How linking goes as the knowledge graph grows",
        [
            *("entities", "names that others bear too, %", "right, %", "of those names, %"),
            *("in the graph or not, macro, %", "of those names, %"),
            *("a fact, ms of CPU", "as many times the first", "RSS, MB"),
        ],
        [row(one, found[0]) for one in found],
        [
            f"{FACTS:,} facts of the bundled graph in other words, half of its aliases unknown (seed {SEED}; "
            "in brackets: alias and popularity)",
            "in the graph or not: half of what is asked for is taken out",
            f"time and memory: sentences of FewRel, {AT_ONCE} at once, each asked for the first time, the "
            "parser's work done; RSS is the process's, with Python, scipy and both graphs",
            "the linker is the shipped one, which knows no place of GeoNames; one run; the machine did other "
            "work beside it",
        ],
    )


if __name__ == "__main__":
    main()
