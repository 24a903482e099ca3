"""How building a knowledge graph grows with the dump: python -m benchmarks.kg_scale [--sizes N ...]

A made dump in Wikidata's format (benchmarks/made_dump.py, gzipped) is read into a graph by a process of its
own, without vectors; then names are looked up in it by another. Vectors are made of a sample, and the time
for all of them is what the sample's rate gives.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import write
from benchmarks.made_dump import write_dump
from midspan.models.facts.kg.building import build
from midspan.models.facts.kg.sources.wikidata import WikidataDump
from midspan.models.facts.kg.stored import StoredGraph
from midspan.models.facts.link.keys import all_keys
from midspan.models.facts.link.model import LinkModel
from midspan.models.facts.link.words import word_pieces

LOOKS = 300
SAMPLE = 2000
COLUMNS = [
    *(
        "entities",
        "relations",
        "dump, GB",
        "wall, s",
        "CPU, s",
        "entities/s of CPU",
        "peak RSS, MB",
        "on disk, MB",
    ),
    *("named, ms", "alike, ms", "alike at worst, ms", "RSS of lookups, MB"),
]


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def built(dump: Path, folder: Path) -> dict[str, Any]:
    start = time.perf_counter()
    card = build(folder, WikidataDump(dump))
    seconds = time.perf_counter() - start
    return {
        "entities": card.entities,
        "relations": card.relations,
        "wall": seconds,
        "cpu": time.process_time(),
        "rss": peak_mb(),
    }


def looked_up(folder: Path) -> dict[str, Any]:
    """Milliseconds of CPU of exact names, and of names with a letter changed, each for the first time."""
    graph, chosen = StoredGraph(folder), random.Random(0)
    mentions = [entity.name for entity in islice(graph, 0, len(graph), max(1, len(graph) // LOOKS))][:LOOKS]
    exact, fuzzy = [], []
    for mention in mentions:
        start = time.process_time()
        graph.named(mention)
        exact.append(1000 * (time.process_time() - start))
        at = chosen.randrange(1, len(mention))
        start = time.process_time()
        graph.alike(mention[:at] + "x" + mention[at + 1 :])
        fuzzy.append(1000 * (time.process_time() - start))
    return {"named": median(exact), "alike": median(fuzzy), "worst": max(fuzzy), "rss": peak_mb()}


def in_process(part: str, *arguments: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.kg_scale", "--only", part, *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def measured(size: int, scratch: Path) -> list[Any]:
    dump, folder = scratch / "dump.json.gz", scratch / "graph"
    write_dump(dump, size)
    made, looks = in_process("built", dump, folder), in_process("looked_up", folder)
    disk = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    row = [
        *(f"{made['entities']:,}", f"{made['relations']:,}", f"{dump.stat().st_size / 1e9:.2f}"),
        *(f"{made['wall']:.0f}", f"{made['cpu']:.0f}", f"{made['entities'] / made['cpu']:,.0f}"),
        *(f"{made['rss']:.0f}", f"{disk:,.0f}"),
        *(f"{looks['named']:.2f}", f"{looks['alike']:.1f}", f"{looks['worst']:.0f}", f"{looks['rss']:.0f}"),
    ]
    return row


def keys_a_second(folder: Path) -> float:
    """Of the linker's, by the first ``SAMPLE`` entities."""
    space, bags, count = LinkModel.load().space, word_pieces(), 0
    start = time.process_time()
    for uids, _ in all_keys(StoredGraph(folder), space, bags):
        count += len(uids)
        if count >= SAMPLE:
            break
    return count / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000_000, 2_000_000, 4_000_000])
    parser.add_argument("--only", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        part, *paths = options.only
        work = {"built": built, "looked_up": looked_up}[part]
        print(json.dumps(work(*map(Path, paths))))
        return
    rows: list[list[Any]] = []
    for size in options.sizes:
        scratch = Path(tempfile.mkdtemp(prefix="kg-scale-"))
        try:
            rows.append(measured(size, scratch))
            print(rows[-1], flush=True)
            rate = keys_a_second(scratch / "graph")
        finally:
            shutil.rmtree(scratch)
        note = f"the linker's keys of {SAMPLE:,} entities of the last graph: {rate:,.0f} a second of CPU"
        for_all = f"for {size:,} that is {size / rate / 60:.0f} minutes, once (extrapolated)"
        write(
            "kg_scale",
            "What building a knowledge graph of a Wikidata dump costs",
            COLUMNS,
            rows,
            [
                f"{note}; {for_all}",
                f"names: {LOOKS} different ones of the graph, exactly and with one letter changed; median "
                "and worst of the CPU time, asked for the first time in one process",
                "one run a size; the machine did other work beside it, so that wall is more than CPU",
            ],
        )


if __name__ == "__main__":
    main()
