"""What a search costs in a workspace of many sentences and as many events, by part.

    python -m benchmarks.search [--segments 10000 100000 1000000] [--folder DIR] [--queries 200] [--seed 0]

The store is filled through its own `commit`. Sentences are recombined from the bundled corpus, twenty a
document; their vectors are the corpus's own, each turned a little at random (encoding 100,000 sentences would
take most of an hour and change nothing about the time a search takes). So are those of events, fifty a video.
Queries are encoded for real.

Milliseconds are CPU of the process that searches, since the machine has other work; what it waits for is not
counted. Workspaces are kept in ``--folder`` and not filled again, and are asked everything twice: what a
first query reads may come from the disk, which costs CPU too. Say OMP_NUM_THREADS=1, or threads that wait for
each other are counted. ``benchmarks.search_servers`` does the same with the records in PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from benchmarks.common import write
from benchmarks.throughput import corpus_sentences
from midspan import Workspace
from midspan.db.record_store import Commit, RunResult, TextChunk
from midspan.pipelines.passages import passage_run
from midspan.pipelines.segmenting import reading_run
from midspan.platform import search as searching
from midspan.platform.answers import Answer
from midspan.records import (
    ActionEvent,
    Embedding,
    Location,
    Provenance,
    Run,
    Segment,
    Source,
    digest,
    record_id,
)

A_COMMIT = 1000
A_DOCUMENT, A_VIDEO = 20, 50
NOISE = 0.35
WARM_UP = 5
SEEN = Run("action", 1)
PARTS = ("full_text", "encode", "vectors", "rows", "ranking")
BEYOND = "all but encode"
AGAIN = "all but encode, asked again"

Vectors = npt.NDArray[np.float32]


# --- what is searched ---


def fill(workspace: Workspace, count: int, seed: int) -> dict[str, float]:
    """``count`` sentences and as many events, 1,000 of both a commit, then projected; CPU seconds by part."""
    begun = time.process_time()
    chosen, generator = random.Random(seed), np.random.default_rng(seed)
    sentences = corpus_sentences()
    vectors = workspace.parts.models.encode(sentences)
    encoder = workspace.parts.models.text_run
    runs = [reading_run(), encoder, passage_run(encoder), SEEN]

    def turned(row: int) -> Vectors:
        noise = generator.normal(size=vectors.shape[1]).astype(np.float32)
        vector = vectors[row] + NOISE * noise / np.linalg.norm(noise)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def pick() -> tuple[int, str]:
        first, second = chosen.randrange(len(sentences)), chosen.randrange(len(sentences))
        return first, " ".join(sentences[first].split()[:12] + sentences[second].split()[:12])

    for start in range(0, count, A_COMMIT):
        commit = Commit(runs=runs)
        for number in range(start, start + A_COMMIT, A_DOCUMENT):
            add_document(
                commit, digest("document", seed, number), [pick() for _ in range(A_DOCUMENT)], turned
            )
        for number in range(start, start + A_COMMIT, A_VIDEO):
            texts = [pick() for _ in range(A_VIDEO)]
            add_video(commit, digest("video", seed, number), texts, turned)
        workspace.parts.store.commit(commit)
    written = time.process_time()
    done = workspace.parts.projector.project()
    assert done.complete, done
    workspace.parts.projector.close()
    return {"records": written - begun, "projections": time.process_time() - written}


def add_document(
    commit: Commit, source_id: str, texts: list[tuple[int, str]], turned: Callable[[int], Vectors]
) -> None:
    reading, encoder, passages = (run.id for run in commit.runs[:3])
    position, made = 0, list[Embedding]()
    for ordinal, (row, text) in enumerate(texts):
        end = position + len(text)
        identity = record_id("seg", source_id, reading, position, end)
        commit.segments.append(
            Segment(identity, source_id, ordinal, "sentence", "char", position, end, text, run_id=reading)
        )
        made.append(Embedding(identity, source_id, encoder, "text", turned(row), digest(text)))
        position = end + 1
    mean = np.mean([one.vector for one in made], axis=0)
    passage = Embedding(made[0].segment_id, source_id, passages, "passage", mean / np.linalg.norm(mean))
    commit.products += [*made, passage]
    commit.chunks.append(TextChunk(source_id, reading, 0, " ".join(text for _, text in texts)))
    add_source(commit, source_id, "document", commit.runs[:3])


def add_video(
    commit: Commit, source_id: str, texts: list[tuple[int, str]], turned: Callable[[int], Vectors]
) -> None:
    """One long window, and an event a second in it, called by three words."""
    reading, encoder = (run.id for run in commit.runs[:2])
    window = record_id("seg", source_id, reading, 0)
    commit.segments.append(
        Segment(window, source_id, 0, "window", "s", 0.0, float(len(texts)), "", run_id=reading)
    )
    for second, (row, text) in enumerate(texts):
        verb, *nouns = text.split()[:3]
        event_id = record_id("event", source_id, SEEN.id, second)
        place = Provenance(source_id, SEEN.id, window, "s", float(second), second + 1.0)
        called = " ".join((verb, *nouns))
        commit.products += [
            ActionEvent(event_id, place, called, verb=verb, nouns=tuple(nouns), score=0.5),
            Embedding(window, source_id, encoder, "event", turned(row), digest(called), event_id),
        ]
    add_source(commit, source_id, "video", [commit.runs[0], SEEN])


def add_source(commit: Commit, source_id: str, kind: str, runs: list[Run]) -> None:
    media = {"document": "text/plain", "video": "video/mp4"}[kind]
    commit.sources.append(Source(source_id, kind, media, f"source {source_id[:8]}", 1, time.time()))
    commit.locations.append(Location(f"/nowhere/{source_id}", source_id, 1, 0, time.time()))
    commit.results += [RunResult(source_id, run.id, True) for run in runs]


# --- searching ---


@contextmanager
def clocked_by_cpu() -> Iterator[None]:
    """The parts of a search are told in CPU time of this process."""
    kept = searching.time
    searching.time = SimpleNamespace(perf_counter=time.process_time)
    try:
        yield
    finally:
        searching.time = kept


def questions(count: int, seed: int) -> list[str]:
    chosen = random.Random(seed + 1)
    words = [word for text in corpus_sentences() for word in text.split() if len(word) > 4]
    return [" ".join(chosen.sample(words, chosen.randint(2, 5))) for _ in range(WARM_UP + count)]


def warm_up(workspace: Workspace) -> None:
    """As the browser's server does."""
    workspace.warm_up()
    while workspace.warming_up:
        time.sleep(0.05)


def embedded(
    count: int, queries: int, seed: int, folder: Path
) -> tuple[list[list[Answer]], dict[str, float]]:
    """Answers, those to the same queries again, and the CPU seconds that building the workspace took, when it
    was built."""
    told = folder / f"{count}-{seed}.json"
    with Workspace.open(folder / f"{count}-{seed}") as workspace:
        if not told.exists():
            told.write_text(json.dumps(fill(workspace, count, seed)))
        assert workspace.project().complete
        warm_up(workspace)
        with clocked_by_cpu():
            asked = questions(queries, seed)
            answers = [[workspace.search(query) for query in asked][WARM_UP:] for _ in range(2)]
    return answers, json.loads(told.read_text())


# --- the table ---


def cells(answers: list[Answer]) -> dict[str, str]:
    """By part the median and the 95th percentile in milliseconds."""
    parts = {name: [answer.shares.get(name, 0.0) for answer in answers] for name in PARTS}
    whole = [answer.milliseconds for answer in answers]
    beyond = [total - encode for total, encode in zip(whole, parts["encode"], strict=True)]
    return {
        name: "{:.1f} ({:.1f})".format(*np.percentile(values, [50, 95]))
        for name, values in {"whole search": whole, BEYOND: beyond, **parts}.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--segments", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    columns: dict[str, dict[str, str]] = {}
    built: list[str] = []
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        for count in options.segments:
            (answers, again), spent = embedded(count, options.queries, options.seed, folder)
            columns[f"{count:,}: embedded, CPU ms"] = {**cells(answers), AGAIN: cells(again)[BEYOND]}
            built.append(f"{count:,}: {spent['records']:.0f} and {spent['projections']:.0f}")
            print(columns, built, flush=True)
    names = next(iter(columns.values()))
    write(
        "search",
        "What a search costs, by part",
        ["part", *columns],
        [[name, *(column.get(name, "-") for column in columns.values())] for name in names],
        [
            f"so many sentences and as many events; {options.queries} queries of 2 to 5 words, seed "
            f"{options.seed}; one process; median (95th percentile)",
            "full_text: documents, sentences and events; encode: the query's vector; vectors: sentences, "
            "passages and events; rows: what is read of the record store",
            "asked again: the same queries once more, so that all they read is in the system's memory; the "
            "other rows are of the first time; OMP_NUM_THREADS=1",
            "encoding a query is the same work at every size: where it differs between columns, so does how "
            "busy the machine was",
            f"CPU seconds to make and commit the records, and to project them: {'; '.join(built)}",
        ],
    )


if __name__ == "__main__":
    main()
