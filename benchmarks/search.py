"""Search latency at 100,000 segments in both profiles, and the share of it that is spent in FAISS.

    python -m benchmarks.search [--segments 100000] [--queries 200] [--seeds 0 1 2]

The store is filled through its own `commit`. Sentences are recombined from the bundled corpus; their vectors
are the corpus's own, each turned a little at random (encoding 100,000 sentences would take most of an hour
and change nothing about the time a search takes). Queries are encoded for real.

The embedded profile keeps its records in SQLite, the server profile in PostgreSQL on this machine. Both hold
the same corpus and are asked each query in turn, so that the machine's moods meet both.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr

from benchmarks.common import spread, write
from benchmarks.throughput import corpus_sentences
from midspan import Workspace
from midspan.db.migrate import upgrade
from midspan.db.record_store import Commit, RunResult, TextChunk
from midspan.pipelines.segmenting import reading_run
from midspan.platform.answers import Answer
from midspan.platform.parts import Parts
from midspan.platform.settings import Settings
from midspan.records import Embedding, Location, Segment, Source, digest, record_id
from services.postgres import Postgres

PER_SOURCE = 1000
NOISE = 0.35
WARM_UP = 5


def fill(workspace: Workspace, count: int, seed: int) -> None:
    """``count`` sentences in sources of 1,000, committed a source at a time, then projected."""
    chosen = random.Random(seed)
    generator = np.random.default_rng(seed)
    sentences = corpus_sentences()
    vectors = workspace.parts.models.encode(sentences)
    reading, embedding = reading_run(), workspace.parts.models.text_run
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
        workspace.parts.store.commit(commit)
    workspace.parts.projector.project()


def measure(count: int, queries: int, seed: int, server: Postgres) -> dict[str, list[Answer]]:
    """Answers to the same queries by profile."""
    name = f"search_{seed}"
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    with (
        tempfile.TemporaryDirectory() as scratch,
        opened(Path(scratch) / "embedded", None) as embedded,
        opened(Path(scratch) / "server", server.database_url(name)) as served,
    ):
        profiles = {"embedded": embedded, "server": served}
        for workspace in profiles.values():
            fill(workspace, count, seed)
        chosen = random.Random(seed + 1)
        words = [word for text in corpus_sentences() for word in text.split() if len(word) > 4]
        asked = [" ".join(chosen.sample(words, chosen.randint(2, 5))) for _ in range(WARM_UP + queries)]
        answers: dict[str, list[Answer]] = {profile: [] for profile in profiles}
        for query in asked:
            for profile, workspace in profiles.items():
                answers[profile].append(workspace.search(query))
    return {profile: found[WARM_UP:] for profile, found in answers.items()}


def opened(folder: Path, database_url: str | None) -> Workspace:
    """A new workspace, on SQLite in its folder or on the database of the URL."""
    if database_url is None:
        return Workspace.open(folder)
    folder.mkdir()
    upgrade(database_url)
    return Workspace(Parts(Settings(workspace=folder, database_url=SecretStr(database_url))))


def figures(answers: list[Answer]) -> dict[str, float]:
    """Milliseconds: median and 95th percentile of a search, and medians of its parts."""
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
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            runs = [measure(options.segments, options.queries, seed, server) for seed in options.seeds]
        finally:
            server.stop()
    by_profile = {profile: [figures(run[profile]) for run in runs] for profile in runs[0]}
    rows = [row(name, by_profile) for name in by_profile["embedded"][0]]
    write(
        "search",
        f"Search at {options.segments} segments",
        ["figure", "embedded (SQLite)", "server (PostgreSQL)", "server / embedded"],
        rows,
        [
            f"{options.queries} queries of 2 to 5 words a seed, seeds {options.seeds}; one process",
            "median of the seeds (range); the ratio is taken within each seed",
            "full_text: both word lists; encode: the query's vector; vectors: FAISS (exact, flat index)",
        ],
    )


def row(name: str, by_profile: dict[str, list[dict[str, float]]]) -> list[Any]:
    """One figure in both profiles, and its ratio."""
    unit, digits = ("", 2) if name == "share of FAISS" else (" ms", 1)
    cells: list[Any] = [name]
    for runs in by_profile.values():
        cells.append(told([run[name] for run in runs], digits, unit))
    pairs = zip(by_profile["embedded"], by_profile["server"], strict=True)
    ratios = [server[name] / embedded[name] for embedded, server in pairs if embedded[name]]
    return [*cells, told(ratios, 2, "") if ratios else "-"]


def told(values: list[float], digits: int, unit: str) -> str:
    figure = spread(values)
    return f"{figure['median']:.{digits}f}{unit} ({figure['min']:.{digits}f}-{figure['max']:.{digits}f})"


if __name__ == "__main__":
    main()
