"""Full text on tantivy beside SQLite's FTS5 as midspan had it before, on the same sentences in one run.

    python -m benchmarks.words [--segments 100000] [--queries 60] [--seed 0]

Sentences are recombined from the bundled corpus, 1,000 a document. CPU time of this process, one thread.
tantivy is asked through its adapter, which looks at the record store first and reads ids; FTS5 by the
statement of that time, which reads ids by a join. Both answer with the best 60 of three words.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import write
from benchmarks.throughput import corpus_sentences
from midspan.db.migrate import upgrade
from midspan.db.record_store import WordItem, word_id
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore
from midspan.db.words.parser import parse
from midspan.db.words.tantivy_index import TantivyIndex
from midspan.records import digest

A_DOCUMENT = 1000
BEST = 60
LONG = re.compile(r"\b[^\W\d_]{5,}\b")
SCHEMA = """
CREATE TABLE segment (key INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT);
CREATE VIRTUAL TABLE segment_fts USING fts5(text, content='segment', content_rowid='key',
    tokenize='porter unicode61 remove_diacritics 2');
CREATE TRIGGER segment_fts_insert AFTER INSERT ON segment BEGIN
    INSERT INTO segment_fts(rowid, text) VALUES (new.key, new.text); END;
"""
MATCH = (
    "SELECT s.id, -f.rank FROM segment s JOIN segment_fts f ON f.rowid = s.key "
    "WHERE segment_fts MATCH ? ORDER BY f.rank, s.key LIMIT ?"
)


def cpu(work: Callable[[], Any]) -> float:
    """CPU milliseconds of one call."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def sentences(count: int, chosen: random.Random) -> list[str]:
    corpus = [text.split()[:12] for text in corpus_sentences()]
    return [" ".join(chosen.choice(corpus) + chosen.choice(corpus)) for _ in range(count)]


def items(texts: list[str], first: int = 0) -> Iterator[WordItem]:
    for start in range(0, len(texts), A_DOCUMENT):
        part = texts[start : start + A_DOCUMENT]
        source = digest("words benchmark", first + start)
        yield WordItem("document", source, source, "\n".join(part), "document", title=f"source {start}")
        for number, text in enumerate(part, start=first + start):
            yield WordItem("segment", digest(number), source, text, "sentence", key=number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chosen = random.Random(options.seed)
    texts = sentences(options.segments, chosen)
    words = sorted({word for text in texts[:5000] for word in LONG.findall(text)})
    asked = [chosen.sample(words, 3) for _ in range(options.queries)]
    more = sentences(A_DOCUMENT, chosen)
    with tempfile.TemporaryDirectory() as scratch:
        rows = [measured(name, *way(Path(scratch), texts, more), asked) for name, way in WAYS.items()]
    ratio = ["FTS5 / tantivy", *(f"{a / b:.1f}" for a, b in zip(rows[0][1:], rows[1][1:], strict=True))]
    shown = [[row[0], *(f"{value:.1f}" for value in row[1:])] for row in rows]
    write(
        "words",
        f"Full text: three words in {options.segments:,} sentences",
        ["engine", "built, CPU s", "ms median", "ms p95", "document level, ms median", "add 1,000, ms"],
        [*shown, ratio],
        [
            f"CPU ms of one run, seed {options.seed}, {options.queries} queries; FTS5 knows no "
            "documents: its column repeats the sentences",
            "adding is one generation: files, hashes and the row that publishes them; FTS5's is its commit",
        ],
    )


def measured(
    name: str,
    built: float,
    ask: Callable[[list[str]], Any],
    ask_documents: Callable[[list[str]], Any],
    add: Callable[[], Any],
    asked: list[list[str]],
) -> list[Any]:
    for query in asked[:5]:
        ask(query)
        ask_documents(query)
    spent = [cpu(lambda query=query: ask(query)) for query in asked]  # type: ignore[misc]
    of_documents = [cpu(lambda query=query: ask_documents(query)) for query in asked]  # type: ignore[misc]
    return [
        name,
        built / 1000,
        float(np.median(spent)),
        float(np.percentile(spent, 95)),
        float(np.median(of_documents)),
        cpu(add),
    ]


def fts5(folder: Path, texts: list[str], more: list[str]) -> tuple[Any, ...]:
    database = sqlite3.connect(folder / "fts.db")
    database.executescript(SCHEMA)

    def fill(rows: list[str], first: int) -> None:
        with database:
            database.executemany(
                "INSERT INTO segment VALUES (?, ?, ?)",
                ((number, digest(number), text) for number, text in enumerate(rows, start=first)),
            )

    def ask(query: list[str]) -> Any:
        return database.execute(MATCH, (" OR ".join(f'"{word}"' for word in query), BEST)).fetchall()

    return cpu(lambda: fill(texts, 0)), ask, ask, lambda: fill(more, len(texts))


def on_tantivy(folder: Path, texts: list[str], more: list[str]) -> tuple[Any, ...]:
    url = f"sqlite:///{folder / 'midspan.db'}"
    upgrade(url)
    store = SqlRecordStore(make_engine(url))
    lease = store.acquire("words", "benchmark", 3600.0)
    assert lease is not None
    index = TantivyIndex(folder / "words", store)

    def ask(query: list[str]) -> Any:
        return index.search(parse(" ".join(query)).tree, "segment", BEST)

    def ask_documents(query: list[str]) -> Any:
        return index.search(parse(" ".join(query)).tree, "document", BEST)

    def add() -> None:
        new = list(items(more, len(texts)))
        index.apply(new, [word_id(item.level, item.id) for item in new], 2, lease)

    return cpu(lambda: index.rebuild([items(texts)], 1, lambda: lease)), ask, ask_documents, add


WAYS: dict[str, Callable[[Path, list[str], list[str]], tuple[Any, ...]]] = {
    "FTS5, as it was": fts5,
    "tantivy": on_tantivy,
}


if __name__ == "__main__":
    main()
