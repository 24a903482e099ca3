"""One PostgreSQL table of segments, or the same in hash partitions by source: what partitioning buys.

    python -m benchmarks.partitions [--rows 1000000] [--parts 8]

midspan's schema is not partitioned. This is the measurement behind the advice in docs/scaling.md: a table
with the columns and indexes of ``segment`` that matter for size, filled alike both ways.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.common import seconds, write
from benchmarks.growth import A_SOURCE, looks
from benchmarks.throughput import corpus_sentences
from services.postgres import Postgres

WORDS = "to_tsvector('simple', text)"
STATEMENTS = {
    "whole": "CREATE TABLE {t} (key bigint, source_id text, text text, PRIMARY KEY (source_id, key))",
    "words": f"CREATE INDEX ON {{t}} USING gin ({WORDS})",
    "copy": "COPY {t} FROM STDIN",
    "vacuum": "VACUUM ANALYZE {t}",
    "search": f"SELECT key FROM {{t}} WHERE {WORDS} @@ to_tsquery('simple', %s) "  # noqa: S608
    f"ORDER BY ts_rank({WORDS}, to_tsquery('simple', %s)) DESC LIMIT 10",
    "source": "SELECT key FROM {t} WHERE source_id = %s",
    "delete": "DELETE FROM {t} WHERE source_id = %s",
}


def statement(name: str, table: str) -> sql.Composed:
    return sql.SQL(STATEMENTS[name]).format(t=sql.Identifier(table))


def make(connection: psycopg.Connection, table: str, parts: int) -> None:
    whole = statement("whole", table)
    if not parts:
        connection.execute(whole)
    else:
        connection.execute(whole + sql.SQL(" PARTITION BY HASH (source_id)"))
    for part in range(parts):
        piece = sql.SQL("CREATE TABLE {p} PARTITION OF {t} FOR VALUES WITH (MODULUS {m}, REMAINDER {r})")
        name = sql.Identifier(f"{table}_{part}")
        connection.execute(piece.format(p=name, t=sql.Identifier(table), m=parts, r=part))
    connection.execute(statement("words", table))


def fill(connection: psycopg.Connection, name: str, first: int, count: int, sentences: list[str]) -> float:
    """Seconds for ``count`` rows from number ``first`` on, ``A_SOURCE`` of them a source."""
    chosen = random.Random(first)
    rows = [
        (key, f"source-{key // A_SOURCE}", " ".join(" ".join(chosen.sample(sentences, 2)).split()[:24]))
        for key in range(first, first + count)
    ]

    def work() -> None:
        with connection.cursor() as cursor, cursor.copy(statement("copy", name)) as copy:
            for row in rows:
                copy.write_row(row)

    return seconds(work)


def measure(connection: psycopg.Connection, name: str, total: int, sentences: list[str]) -> list[Any]:
    step = min(50_000, total)
    for first in range(0, total, step):
        spent = fill(connection, name, first, step, sentences)
    vacuum = seconds(lambda: connection.execute(statement("vacuum", name)))
    words = [word for text in sentences for word in text.split() if word.isalpha() and len(word) > 4]
    chosen = random.Random(0)
    ask = statement("search", name)

    def three_words() -> None:
        query = " | ".join(word.lower() for word in chosen.sample(words, 3))
        connection.execute(ask, (query, query)).fetchall()

    def one_source() -> None:
        source = f"source-{chosen.randrange(total // A_SOURCE)}"
        connection.execute(statement("source", name), (source,)).fetchall()

    gone = seconds(partial(connection.execute, statement("delete", name), ("source-0",)))
    return [
        *(f"{step / spent:,.0f}", f"{looks(three_words):.1f}", f"{looks(one_source):.2f}"),
        *(f"{1000 * gone:.0f}", f"{vacuum:.1f}"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=8)
    options = parser.parse_args()
    sentences = corpus_sentences()
    rows: list[list[Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        server = Postgres(Path(scratch))
        server.start()
        try:
            for name, parts in {"whole": 0, "parted": options.parts}.items():
                with server.connect() as connection:
                    make(connection, name, parts)
                    started = time.monotonic()
                    found = measure(connection, name, options.rows, sentences)
                    print(name, found, f"{time.monotonic() - started:.0f} s", flush=True)
                    rows.append(
                        [f"{parts} partitions" if parts else "one table", f"{options.rows:,}", *found]
                    )
        finally:
            server.stop()
    write(
        "partitions",
        "PostgreSQL: one table or hash partitions",
        [
            *("table", "rows", "COPY, rows/s (last 50,000)", "ms, three words", "ms, one source's rows"),
            *("ms, delete a source", "s, VACUUM ANALYZE"),
        ],
        rows,
        [
            "partitions by hash of the source; any of the words, ranked; one run, both on the same server",
            f"a source has {A_SOURCE} rows; sentences are recombined from the bundled corpus",
        ],
    )


if __name__ == "__main__":
    main()
