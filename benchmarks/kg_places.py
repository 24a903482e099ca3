"""What a graph of GeoNames costs to build and to use: python -m benchmarks.kg_places

Built by a process of its own and asked by another, together with the bundled graph. Vectors are random unit
rows in place of the encoder's, which would take minutes: they take the same room and the same time to search.
The time for the true ones is what the rate of a sample gives.
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
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.common import write
from benchmarks.kg_scale import peak_mb, vectors_a_second
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.bundled import bundled_kg
from midspan.models.facts.kg.sources.geonames import Geonames
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.kg.union import Graphs
from midspan.models.facts.knowledge_graph import normalise
from midspan.models.minilm import wheel

LOOKS = 300
COLUMNS = [
    *("least population", "places", "names", "of several places", "build: CPU, s", "build: peak RSS, MB"),
    *("on disk, MB", "in use: RSS, MB", "named, ms", "alike, ms", "near, ms", "near, of 64, ms"),
]


class RandomVectors:
    """In place of the encoder: rows of its size, under its name, so that both graphs can be asked at once."""

    name, weights_sha256, dim = wheel.NAME, wheel.SHA256, wheel.DIM

    def __init__(self) -> None:
        self._chosen = np.random.default_rng(0)

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = self._chosen.standard_normal((len(texts), self.dim), dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def built(folder: Path, least: str) -> dict[str, Any]:
    card = build(folder, Geonames(int(least), bundled_kg()), RandomVectors)
    return {"places": card.entities, "names": card.names, "cpu": time.process_time(), "rss": peak_mb()}


def asked(folder: Path, _: str) -> dict[str, Any]:
    """Milliseconds of CPU of a look, each asked for the first time, in both graphs at once."""
    places, chosen = StoredGraph(folder), random.Random(0)
    graph = Graphs([bundled_kg(), places])
    names = [one.name for one in islice(places, 0, None, max(1, len(places) // LOOKS))][:LOOKS]
    changed = [name[:at] + "x" + name[at + 1 :] for name in names for at in [chosen.randrange(1, len(name))]]
    rows = RandomVectors().encode(names)
    graph.near(rows[:1], 10)  # which makes the index
    return {
        "named": each(names, graph.named),
        "alike": each(changed, graph.alike),
        "near": each(list(rows[:40]), lambda row: graph.near(row[None], 10)),
        "many": each([rows[:64]] * 3, lambda some: graph.near(some, 10)),
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


def in_process(part: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.kg_places", "--only", part, *map(str, arguments)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def measured(least: int, folder: Path) -> list[Any]:
    made, looks = in_process("built", folder, least), in_process("asked", folder, "")
    disk = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    return [
        *(f"{least:,}", f"{made['places']:,}", f"{made['names']:,}", f"{ambiguous(folder):,}"),
        *(f"{made['cpu']:.0f}", f"{made['rss']:.0f}", f"{disk:,.0f}", f"{looks['rss']:.0f}"),
        *(f"{looks['named']:.2f}", f"{looks['alike']:.1f}", f"{looks['near']:.0f}", f"{looks['many']:.0f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--least", type=int, nargs="+", default=[15_000, 0])
    parser.add_argument("--only", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        part, folder, argument = options.only
        print(json.dumps({"built": built, "asked": asked}[part](Path(folder), argument)))
        return
    rows, rate, places = [], 0.0, 1
    for least in options.least:
        scratch = Path(tempfile.mkdtemp(prefix="kg-places-"))
        try:
            rows.append(measured(least, scratch / "graph"))
            print(rows[-1], flush=True)
            rate, places = vectors_a_second(scratch / "graph"), len(StoredGraph(scratch / "graph"))
        finally:
            shutil.rmtree(scratch)
    minutes = places / rate / 60
    write(
        "kg_places",
        "What a knowledge graph of GeoNames costs",
        COLUMNS,
        rows,
        [
            "vectors are random rows of the encoder's size; true ones were made at "
            f"{rate:,.0f} a second of CPU: {minutes:.0f} minutes for the last row (extrapolated)",
            f"in use: with the bundled graph; {LOOKS} different names, exactly and with one letter changed; "
            "near: the ten nearest of one vector, and of 64 at once; medians of CPU time, each asked for the "
            "first time",
            "one run; the machine did other work beside it",
        ],
    )


if __name__ == "__main__":
    main()
