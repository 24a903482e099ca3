"""What the facts page and the exports take over many facts, on SQLite: milliseconds, and memory.

    python -m benchmarks.facts_view [--facts N ...]

Made-up facts, of which two thirds are believed, over an eighth as many entities, each slot with three
candidates that lost; a twentieth of them speak of one entity. Each question is asked seven times; each export
runs in a process of its own, whose greatest memory is told beside that of one that exports nothing.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import made_facts
from benchmarks.common import seconds, write
from midspan import Workspace
from midspan.db.record_store import Commit
from midspan.platform.answers import FactFilter, words_key
from midspan.platform.export import FORMATS
from midspan.records import Candidate, Fact, FactSlot, Provenance, Run, Source, digest

A_SOURCE = 200
LOOKS = 7
SAID = Run("facts", 1, "benchmark")
HUB = "wd:Q0"

EXPORT = """
import json, resource, sys, time
from midspan import Workspace
from midspan.platform.answers import FactFilter
folder, format, target = sys.argv[1:]
where = FactFilter("wd:nobody") if format == "nothing" else FactFilter()
with Workspace.open(folder) as workspace:
    start = time.perf_counter()
    done = workspace.export_facts(target, "jsonld" if format == "nothing" else format, where)
    spent = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([done.written, done.bytes, spent, peak]))
"""


def slot(number: int, prefix: str, chosen: random.Random) -> FactSlot:
    lost = tuple(
        Candidate(
            f"wd:{prefix}{chosen.randrange(10**6)}", f"namesake {n}", 0.1 / (n + 1), "less like the text"
        )
        for n in range(3)
    )
    known = chosen.random() < 0.75
    name = f"name {number}"
    return FactSlot(name, 0, len(name), f"wd:{prefix}{number}" if known else None, name, 0.9, candidates=lost)


def document(number: int, entities: int) -> Commit:
    """``A_SOURCE`` sentences with a fact each."""
    chosen = random.Random(number)
    source = Source(
        digest("facts view", number), "document", "text/plain", f"document {number}", 1, float(number)
    )
    first = number * A_SOURCE
    texts = (
        f"What sentence number {first + ordinal} of the benchmark says of two things."
        for ordinal in range(A_SOURCE)
    )
    facts = [fact(text, entities, chosen) for text in texts]
    return made_facts.commit(source, SAID, facts, f"/nowhere/{number}")[0]


def fact(text: str, entities: int, chosen: random.Random) -> Fact:
    hub = chosen.random() < 0.05
    subject = slot(0 if hub else 1 + chosen.randrange(entities), "Q", chosen)
    parts = (
        subject,
        slot(chosen.randrange(60), "P", chosen),
        slot(1 + chosen.randrange(entities), "Q", chosen),
    )
    if hub:
        parts = (replace(subject, uid=HUB), *parts[1:])
    linked = all(part.uid for part in parts)
    return Fact(
        "",
        Provenance("", "", "", "char", 0, 0),
        text,
        *parts,
        polarity=chosen.choices(("affirmed", "negated", "hedged"), (8, 1, 1))[0],
        status="linked" if linked else "partial",
        score=chosen.triangular(0.2, 1.0, 0.8),
    )


def questions(workspace: Workspace) -> dict[str, Callable[[], Any]]:
    """What the page asks when it is drawn."""
    some = workspace.facts(limit=1)[0].fact
    inside = FactFilter(source_ids=frozenset({some.provenance.source_id}), linked=True, least_score=0.7)
    return {
        "count what is believed": workspace.count_facts,
        "count everything": lambda: workspace.count_facts(FactFilter(everything=True)),
        "200 best edges of all": lambda: workspace.fact_edges(limit=200),
        "10 edges of the entity with most": lambda: workspace.fact_edges(FactFilter(HUB), 10),
        "200 edges of another entity": lambda: workspace.fact_edges(FactFilter("wd:Q7"), 200),
        "200 edges of what is in no graph": lambda: workspace.fact_edges(
            FactFilter(words_key("name 7")), 200
        ),
        "200 edges of a predicate": lambda: workspace.fact_edges(FactFilter(predicate="wd:P1"), 200),
        "200 edges of a source, linked, sure": lambda: workspace.fact_edges(inside, 200),
        "300 entities": lambda: workspace.fact_entities(limit=300),
        "entities by a part of the name": lambda: workspace.fact_entities(limit=50, contains="e 77"),
        "300 predicates": lambda: workspace.fact_predicates(limit=300),
        "what says the same as a fact": lambda: workspace.facts(FactFilter(like=some.id), 5),
    }


def exported(folder: Path, format: str) -> tuple[int, int, float, float]:
    """(written, bytes, seconds, MB at most)"""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-c", EXPORT, str(folder), format, f"{place}/facts"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    written, size, spent, peak = json.loads(done.stdout)
    return written, size, spent, peak


def rows_of(count: int) -> list[list[Any]]:
    rows: list[list[Any]] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "workspace"
        with Workspace.open(folder) as workspace:
            for number in range(count // A_SOURCE):
                workspace.parts.store.commit(document(number, count // 8))
            for name, ask in questions(workspace).items():
                times = [1000 * seconds(ask) for _ in range(LOOKS)]
                rows.append([f"{count:,}", name, f"{statistics.median(times):.0f} ms", "", ""])
        for format in ("nothing", *FORMATS):
            written, size, spent, peak = exported(folder, format)
            told = [f"{spent:.1f} s", f"{peak:.0f} MB", f"{written:,} in {size / 1e6:.1f} MB"]
            rows.append([f"{count:,}", f"export {format}", *told])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=int, nargs="+", default=[25_000, 100_000])
    arguments = parser.parse_args()
    rows = [row for count in arguments.facts for row in rows_of(count)]
    write(
        "facts_view",
        "Facts: what the page asks, and exports",
        ["facts", "what", "time", "memory at most", "written"],
        rows,
        [
            f"questions: median of {LOOKS}, in one process; exports: one run each, of what is believed",
            "memory is that of the whole process, Python and SQLAlchemy within; `nothing` exports no fact",
        ],
    )


if __name__ == "__main__":
    main()
