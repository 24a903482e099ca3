"""Text ingestion with the atlas stage against the same without it, on the same mixed documents.

    python -m benchmarks.atlas_rate [--sentences 2000] [--runs 3]

The bundled corpus is mixed: health articles, biographies, scenes, lists. Both ways run in one process, the
models loaded before, with fresh sentences each time, so that no embedding is cached.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from benchmarks.common import seconds, spread, write
from benchmarks.throughput import write_documents
from midspan import Workspace
from midspan.platform.stages import STAGES
from midspan.records import AtlasGrounding

WITHOUT = [name for name in STAGES if name != "atlas"]

WARM = (
    "The liver. The patient developed fibrosis and jaundice after years of hepatitis C. "
    "The cup is on the table."
)
"""Sentences that load every model: one that names an organ, one of which it is inferred, a scene."""


def measure(count: int, run: int) -> tuple[dict[str, float], Counter[str]]:
    """Sentences a second of each way, and what became of the sentences."""
    rates: dict[str, float] = {}
    said: Counter[str] = Counter()
    ways = {"without": WITHOUT, "with": list(STAGES)}
    for place, name in enumerate(sorted(ways, reverse=run % 2 == 1)):  # neither way is always the first
        with tempfile.TemporaryDirectory() as scratch:
            documents = Path(scratch) / "documents"
            documents.mkdir()
            write_documents(documents, count, 2 * run + place)
            warm = Path(scratch) / "warm.txt"
            warm.write_text(WARM)
            with Workspace.open(Path(scratch) / "workspace") as workspace:
                workspace.ingest([warm], stages=ways[name], workers=1)
                work = partial(workspace.ingest, [documents], stages=ways[name], workers=1)
                rates[name] = count / seconds(work)
                if name == "with":
                    said = _kinds(workspace)
    return rates, said


def _kinds(workspace: Workspace) -> Counter[str]:
    found = workspace.parts.store.records("atlas", {}, 1_000_000)
    return Counter(
        f"{'named' if record.named else 'not named'}, {record.status}"
        for record in found
        if isinstance(record, AtlasGrounding)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    runs = [measure(options.sentences, run) for run in range(options.runs)]
    rows = []
    for name in ("without", "with"):
        rate = spread([rates[name] for rates, _ in runs])
        rows.append(
            [f"{name} the atlas stage", f"{rate['median']:.0f}", f"{rate['min']:.0f}-{rate['max']:.0f}"]
        )
    ratio = spread([rates["with"] / rates["without"] for rates, _ in runs])
    rows.append(["ratio with / without", f"{ratio['median']:.2f}", f"{ratio['min']:.2f}-{ratio['max']:.2f}"])
    counts = ", ".join(f"{kind}: {count}" for kind, count in sorted(runs[-1][1].items()))
    write(
        "atlas_rate",
        "Text ingestion with and without the atlas stage",
        ["", "sentences/s (median)", "range"],
        rows,
        [
            f"{options.sentences} sentences a run, {options.runs} runs, both ways in one process",
            f"sentences of the last run: {counts}",
        ],
    )


if __name__ == "__main__":
    main()
