"""What a graph of GeoNames costs to build and to use: python -m benchmarks.kg_places

Built by a process of its own and asked by another, together with the bundled graph, the linker's keys too.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import write
from benchmarks.kg_scale import peak_mb
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.sources.geonames import Geonames
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import normalise
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.near import near_in
from midspan.models.facts.link.words import word_pieces

LOOKS = 300
COLUMNS = [
    *("least population", "places", "names", "of several places", "build: CPU, s", "build: peak RSS, MB"),
    *(
        "on disk, MB",
        "keys: CPU, s",
        "in use: RSS, MB",
        "named, ms",
        "alike, ms",
        "near, ms",
        "near, of 64, ms",
    ),
]


def built(folder: Path, least: str) -> dict[str, Any]:
    card = build(folder, Geonames(int(least), bundled_kg()))
    return {"places": card.entities, "names": card.names, "cpu": time.process_time(), "rss": peak_mb()}


def asked(folder: Path, _: str) -> dict[str, Any]:
    """Milliseconds of CPU of a look, each asked for the first time, in both graphs at once."""
    places, chosen = StoredGraph(folder), random.Random(0)
    graph = Graphs([bundled_kg(), places])
    names = [one.name for one in islice(places, 0, None, max(1, len(places) // LOOKS))][:LOOKS]
    changed = [name[:at] + "x" + name[at + 1 :] for name in names for at in [chosen.randrange(1, len(name))]]
    model, bags = LinkModel.load(), word_pieces()
    start = time.process_time()
    near = near_in(graph, model.space, bags, model.sha256)
    keys = time.process_time() - start
    words = bags(names)
    rows = model.space.queries("subject", words, words, bags(["located in"] * len(names)))
    return {
        "named": each(names, graph.named),
        "alike": each(changed, graph.alike),
        "near": each(list(rows[:40]), lambda row: near(row[None], 10)),
        "many": each([rows[:64]] * 3, lambda some: near(some, 10)),
        "keys": keys,
        "rss": peak_mb(),
    }


def each(questions: list[Any], ask: Callable[[Any], Any]) -> float:
    spent = []
    for question in questions:
        start = time.process_time()
        ask(question)
        spent.append(1000 * (time.process_time() - start))
    return median(spent)


def ambiguous(folder: Path) -> int:
    """Normalised names that several entities have."""
    graph = StoredGraph(folder)
    seen: dict[str, str] = {}
    shared = set()
    for one in graph:
        for key in {normalise(name) for name in (one.name, *one.aliases)}:
            if seen.setdefault(key, one.uid) != one.uid:
                shared.add(key)
    return len(shared)


def in_process(module: str, part: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", module, "--only", part, *map(str, arguments)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def run_part(parts: Mapping[str, Callable[[Path, str], dict[str, Any]]], only: Sequence[str]) -> None:
    """What ``in_process`` asks for, printed."""
    part, folder, argument = only
    print(json.dumps(parts[part](Path(folder), argument)))


def measured(least: int, folder: Path) -> list[Any]:
    made, looks = (in_process("benchmarks.kg_places", part, folder, least) for part in ("built", "asked"))
    disk = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return [
        *(f"{least:,}", f"{made['places']:,}", f"{made['names']:,}", f"{ambiguous(folder):,}"),
        *(
            f"{made['cpu']:.0f}",
            f"{made['rss']:.0f}",
            f"{disk:,.0f}",
            f"{looks['keys']:.0f}",
            f"{looks['rss']:.0f}",
        ),
        *(f"{looks['named']:.2f}", f"{looks['alike']:.1f}", f"{looks['near']:.1f}", f"{looks['many']:.0f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--least", type=int, nargs="+", default=[15_000, 0])
    parser.add_argument("--only", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        run_part({"built": built, "asked": asked}, options.only)
        return
    rows = []
    for least in options.least:
        scratch = Path(tempfile.mkdtemp(prefix="kg-places-"))
        try:
            rows.append(measured(least, scratch / "graph"))
            print(rows[-1], flush=True)
        finally:
            shutil.rmtree(scratch)
    write(
        "kg_places",
        "What a knowledge graph of GeoNames costs",
        COLUMNS,
        rows,
        [
            "keys: where the linker's entities lie in its space, of both graphs, made once",
            f"in use: with the bundled graph; {LOOKS} different names, exactly and with one letter changed; "
            "near: the ten nearest of one vector, and of 64 at once; medians of CPU time, each asked for the "
            "first time",
            "one run; the machine did other work beside it",
        ],
    )


if __name__ == "__main__":
    main()
