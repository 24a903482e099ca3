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
from midspan.pipelines.readers.detect import detect
from midspan.pipelines.segmenting import reading_run, segment_document
from midspan.pipelines.stage import Batch, Stage
from midspan.platform.stages import STAGES
from midspan.records import Segment, Source

BATCH = 256
WITHOUT = ("facts",)
"""Stages whose share of the whole is measured."""


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


def alone(
    stage: Stage, sources: list[Source], segments: list[Segment], parses: list[Any]
) -> Callable[[], list[Any]]:
    """One stage over all segments, given the parses it would have found; returns those it makes."""

    def work() -> list[Any]:
        memories = {source.id: stage.open(source) for source in sources}
        made: list[Any] = []
        for start in range(0, len(segments), BATCH):
            batch = Batch(segments[start : start + BATCH], memories=memories)
            batch.shared["parse"] = parses[start : start + BATCH]
            stage(batch)
            made += batch.shared["parse"]
        return made

    return work


def measure(count: int, run: int) -> dict[str, float]:
    """Sentences a second: all together, and each part alone."""
    with tempfile.TemporaryDirectory() as scratch:
        documents = Path(scratch) / "documents"
        documents.mkdir()
        write_documents(documents, count, run)
        with Workspace.open(Path(scratch) / "workspace") as workspace:
            warm = Path(scratch) / "warm.txt"
            warm.write_text("Warm up.")
            workspace.ingest([warm], workers=1)
            whole = seconds(lambda: workspace.ingest([documents], workers=1))
            sources = [summary.source for summary in workspace.sources(limit=10_000)]
            segments = [
                segment
                for source in sources
                for segment in workspace.parts.store.segments(source.id, limit=10_000)
            ]
        rates = {"all stages and stores": len(segments) / whole}
        for left_out in WITHOUT:
            others = [name for name in STAGES if name != left_out]
            with Workspace.open(Path(scratch) / f"without {left_out}") as workspace:
                workspace.ingest([warm], stages=others, workers=1)
                spent = seconds(lambda: workspace.ingest([documents], stages=others, workers=1))  # noqa: B023
                rates[f"all stages but {left_out}, and stores"] = len(segments) / spent
        with Workspace.open(Path(scratch) / "second") as empty:
            parses: list[Any] = [None] * len(segments)
            for stage in empty.parts.stages:
                if stage.unit == "char":
                    work = alone(stage, sources, segments, parses)
                    if stage.name == "parse":
                        parses = work()
                    else:
                        alone(stage, sources, segments[:1], parses[:1])()  # loads its model
                    rates[f"{stage.name} alone"] = len(segments) / seconds(work)
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
