"""Search latency at 100,000 segments, and the share of it that is spent in FAISS.

    python -m benchmarks.search [--segments 100000] [--queries 200] [--seeds 0 1 2]

The store is filled through its own `commit`. Sentences are recombined from the bundled corpus; their vectors
are the corpus's own, each turned a little at random (encoding 100,000 sentences would take most of an hour
and change nothing about the time a search takes). Queries are encoded for real.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import spread, write
from benchmarks.throughput import corpus_sentences
from midspan import Workspace
from midspan.db.stores import Commit, RunResult, TextChunk
from midspan.pipelines.segmenting import reading_run
from midspan.records import Embedding, Location, Segment, Source, digest, record_id

PER_SOURCE = 1000
NOISE = 0.35


def fill(workspace: Workspace, count: int, seed: int) -> None:
    """``count`` sentences in sources of 1,000, committed a source at a time, then projected."""
    chosen = random.Random(seed)
    generator = np.random.default_rng(seed)
    sentences = corpus_sentences()
    vectors = workspace.models.encode(sentences)
    reading, embedding = reading_run(), workspace.models.text_run
    for number in range(count // PER_SOURCE):
        source_id = digest("search benchmark", seed, number)
        commit = Commit(runs=[reading, embedding])
        commit.sources.append(Source(source_id, "document", "text/plain", f"source {number}", 1, time.time()))
        texts, position = [], 0
        for ordinal in range(PER_SOURCE):
            first, second = chosen.randrange(len(sentences)), chosen.randrange(len(sentences))
            words = sentences[first].split()[:12] + sentences[second].split()[:12]
            text = " ".join(words)
            end = position + len(text)
            identity = record_id("seg", source_id, reading.id, position, end)
            commit.segments.append(
                Segment(
                    identity, source_id, ordinal, "sentence", "char", position, end, text, run_id=reading.id
                )
            )
            noise = generator.normal(size=vectors.shape[1]).astype(np.float32)
            vector = vectors[first] + NOISE * noise / np.linalg.norm(noise)
            vector /= np.linalg.norm(vector)
            commit.products.append(Embedding(identity, source_id, embedding.id, "text", vector, digest(text)))
            texts.append(text)
            position = end + 1
        commit.chunks.append(TextChunk(source_id, reading.id, 0, " ".join(texts)))
        commit.locations.append(Location(f"/nowhere/{seed}/{number}", source_id, 1, 0, time.time()))
        commit.results += [RunResult(source_id, run.id, True) for run in (reading, embedding)]
        workspace.store.commit(commit)
    workspace.projector.project()


def measure(count: int, queries: int, seed: int) -> dict[str, float]:
    """Milliseconds: median and 95th percentile of a search, and medians of its parts."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        Workspace.open(Path(scratch) / "workspace") as workspace,
    ):
        fill(workspace, count, seed)
        chosen = random.Random(seed + 1)
        words = [word for text in corpus_sentences() for word in text.split() if len(word) > 4]
        for _ in range(5):
            workspace.search(" ".join(chosen.sample(words, 3)))
        answers = [
            workspace.search(" ".join(chosen.sample(words, chosen.randint(2, 5)))) for _ in range(queries)
        ]
    total = np.array([answer.milliseconds for answer in answers])
    parts = {
        name: float(np.median([answer.shares.get(name, 0.0) for answer in answers]))
        for name in ("full_text", "encode", "vectors", "rows")
    }
    share = float(np.mean([a.shares.get("vectors", 0.0) / a.milliseconds for a in answers]))
    return {
        "p50": float(np.percentile(total, 50)),
        "p95": float(np.percentile(total, 95)),
        **parts,
        "share of FAISS": share,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    runs = [measure(options.segments, options.queries, seed) for seed in options.seeds]
    rows: list[list[Any]] = []
    for name in runs[0]:
        figure = spread([run[name] for run in runs])
        unit = "" if name == "share of FAISS" else " ms"
        digits = 2 if name == "share of FAISS" else 1
        rows.append(
            [
                name,
                f"{figure['median']:.{digits}f}{unit}",
                f"{figure['min']:.{digits}f}-{figure['max']:.{digits}f}",
            ]
        )
    write(
        "search",
        f"Search at {options.segments} segments",
        ["figure", "median of seeds", "range"],
        rows,
        [
            f"{options.queries} queries of 2 to 5 words a seed, seeds {options.seeds}; one process",
            "full_text: both word lists; encode: the query's vector; vectors: FAISS (exact, flat index)",
        ],
    )


if __name__ == "__main__":
    main()
