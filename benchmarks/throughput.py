"""Sentences a second through all text stages, against each part alone on the same sentences.

    python -m benchmarks.throughput [--sentences 2000] [--runs 3]

Every run writes fresh documents (sentences of the bundled corpus with a running number in each, so that no
embedding is cached), ingests them into a new workspace, and then does each part alone, in the same process.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.common import seconds, spread, write
from midspan import Workspace
from midspan.corpus import folder
from midspan.pipelines.batch_run import needed_stages
from midspan.pipelines.readers.detect import detect
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.pipelines.stage import Batch, Stage
from midspan.records import Segment

BATCH = 256


def corpus_sentences() -> list[str]:
    """The sentences of the bundled documents."""
    found: list[str] = []
    for path in sorted((folder() / "documents").iterdir()):
        pieces = segment_document("corpus", reading_run(), detect(path).reader(path))
        found += [p.text for p in pieces if isinstance(p, Segment) and p.kind == "sentence"]
    return found


def numbered_sentences(count: int, run: int | str) -> list[str]:
    """Each one with a number that no other run has."""
    return [
        f"{text.rstrip('.')} in case {run}-{number}."
        for number, text in enumerate(islice(cycle(corpus_sentences()), count))
    ]


def write_documents(target: Path, count: int, run: int | str) -> None:
    """``count`` sentences in documents of 50."""
    numbered = numbered_sentences(count, run)
    for start in range(0, count, 50):
        text = "\n\n".join(numbered[start : start + 50])
        (target / f"part-{start:06}.txt").write_text(text)


def alone(stage: Stage, segments: list[Segment], parses: list[Any]) -> Callable[[], None]:
    """One stage over all segments, given the parses it would have found."""

    def work() -> None:
        for start in range(0, len(segments), BATCH):
            batch = Batch(segments[start : start + BATCH])
            batch.shared["parse"] = parses[start : start + BATCH]
            stage(batch)

    return work


def measure(count: int, run: int) -> dict[str, float]:
    """Sentences a second: all together, and each part alone."""
    with tempfile.TemporaryDirectory() as scratch:
        documents = Path(scratch) / "documents"
        documents.mkdir()
        write_documents(documents, count, run)
        with Workspace.open(Path(scratch) / "workspace") as workspace:
            stages = needed_stages(workspace.parts.stages, workspace.parts.ingest_loop().run_ids)
            warm = [Segment("w", "w", 0, "sentence", "char", 0, 9, "Warm up.")]
            batch = Batch(warm)
            for stage in stages:
                if stage.unit == "char":
                    stage(batch)
            whole = seconds(lambda: workspace.ingest([documents], workers=1))
            segments = [
                segment
                for summary in workspace.sources(limit=10_000)
                for segment in workspace.parts.store.segments(summary.source.id, limit=10_000)
            ]
        rates = {"all stages and stores": len(segments) / whole}
        with Workspace.open(Path(scratch) / "second") as empty:
            parses: list[Any] = []
            for stage in empty.parts.stages:
                if stage.unit == "char":
                    spent = seconds(alone(stage, segments, parses))
                    rates[f"{stage.name} alone"] = len(segments) / spent
                    if stage.name == "parse":
                        for start in range(0, len(segments), BATCH):
                            part = Batch(segments[start : start + BATCH])
                            stage(part)
                            parses += part.shared["parse"]
            spent = seconds(lambda: empty.ingest([documents], stages=["none"]))
            rates["reading and storing alone"] = len(segments) / spent
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    runs = [measure(options.sentences, run) for run in range(options.runs)]
    slowest = [min(rate for name, rate in run.items() if name.endswith("alone")) for run in runs]
    rows: list[list[Any]] = []
    for name in runs[0]:
        rate = spread([run[name] for run in runs])
        ratio = spread([run[name] / slow for run, slow in zip(runs, slowest, strict=True)])
        rows.append(
            [name, f"{rate['median']:.0f}", f"{rate['min']:.0f}-{rate['max']:.0f}", f"{ratio['median']:.2f}"]
        )
    write(
        "throughput",
        "Text throughput",
        ["part", "sentences/s (median)", "range", "ratio to the slowest part alone"],
        rows,
        [
            f"{options.sentences} sentences a run, {options.runs} runs, all parts in one process",
            "the models are loaded before the clock starts; the embedding cache is empty",
        ],
    )


if __name__ == "__main__":
    main()
