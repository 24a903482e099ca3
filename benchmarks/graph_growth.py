"""What the embedded graph costs as it grows: a batch, a new file, and opening it.

    python -m benchmarks.graph_growth [--sizes 10000 100000] [--batches N]

Made-up facts fill a graph up to each size, as a rebuild does. There batches of 1,000 new facts are kept
behind the file by one who projects, and taken in by another one who has the graph open; CPU is that of the
process and of its engine together. No new file is written meanwhile: that is measured behind it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.common import write
from benchmarks.growth import made_fact, taken
from midspan.db.graph import embedded
from midspan.db.graph.embedded import EmbeddedGraph
from midspan.db.migrate import upgrade
from midspan.db.record_store import GraphFact
from midspan.db.records.engine import make_engine
from midspan.db.records.relational import SqlRecordStore

A_BATCH = 1000
A_FILL = 10_000
COUNT = "MATCH (m:Mention) RETURN count(m)"
WORDS = "CALL db.index.fulltext.queryNodes('entity_name', $words) YIELD node RETURN node.uid LIMIT 3"
COLUMNS = ["facts in it", "what", "CPU ms", "wall ms"]


def facts(first: int, count: int) -> list[GraphFact]:
    return [made_fact(number) for number in range(first, first + count)]


def spent(work: Callable[[], Any], graph: EmbeddedGraph) -> tuple[float, float]:
    """(CPU, wall) milliseconds of the work, here and in the graph's engine, which is running already."""
    snapshot = graph._generations.current()
    assert snapshot is not None
    engine = snapshot.value._process._child.pid
    before, start = cpu(engine), time.perf_counter()
    work()
    return 1000 * (cpu(engine) - before), 1000 * (time.perf_counter() - start)


def cpu(engine: int) -> float:
    """Seconds of this process and of an engine."""
    times = psutil.Process(engine).cpu_times()
    return time.process_time() + times.user + times.system


def opening(folder: Path, store: SqlRecordStore) -> tuple[float, float]:
    """(CPU, wall) milliseconds until a graph that was just opened has answered."""
    graph = EmbeddedGraph(folder, store)
    before, start = time.process_time(), time.perf_counter()
    graph.query(COUNT, seconds=600)
    wall = time.perf_counter() - start
    found = cpu(graph._current()._child.pid) - before
    graph.close()
    return 1000 * found, 1000 * wall


def middle(found: list[tuple[float, float]]) -> tuple[float, float]:
    return median(cpu for cpu, _ in found), median(wall for _, wall in found)


def at_size(
    size: int, batches: int, folder: Path, notes: list[str]
) -> Iterator[tuple[str, tuple[float, float]]]:
    url = f"sqlite:///{folder / 'store.db'}"
    upgrade(url)
    store = SqlRecordStore(make_engine(url))
    lease = taken(store)
    writer, reader = EmbeddedGraph(folder / "graph", store), EmbeddedGraph(folder / "graph", store)
    writer.rebuild((facts(first, A_FILL) for first in range(0, size, A_FILL)), 1, lambda: lease)
    yield "opened, without a tail", opening(folder / "graph", store)
    reader.query(COUNT, seconds=600)
    kept, shown, words = [], [], []
    for number in range(batches):
        batch = facts(size + A_BATCH * number, A_BATCH)
        kept.append(spent(partial(writer.apply, batch, [], number + 2, lease), writer))
        shown.append(spent(reader._current, reader))
        words.append(spent(partial(reader.query, WORDS, {"words": "name 7"}), reader))
        assert reader.query(COUNT).rows == ((size + A_BATCH * (number + 1),),)
    yield "1,000 facts kept behind the file", middle(kept)
    yield "1,000 facts taken in where it is open", middle(shown)
    yield "a look for a name", middle(words)
    yield f"opened, with a tail of {A_BATCH * batches:,} facts", opening(folder / "graph", store)
    writer.query(COUNT, seconds=600)
    file = spent(partial(writer._publish, writer._current(), batches + 2, lease), writer)
    yield "a new file", file
    due = max(embedded.TAIL_LEAST, embedded.TAIL_SHARE * size) / A_BATCH
    yield "its share of 1,000 facts", (file[0] / due, file[1] / due)
    memory = psutil.Process(writer._current()._child.pid).memory_info().rss / 1e6
    notes.append(f"{memory:,.0f} MB of memory in the engine that wrote a file of {size:,} facts")
    for graph in (writer, reader):
        graph.close()
    store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--batches", type=int, default=4)
    given = parser.parse_args()
    embedded.BATCH_WEIGHT = -A_BATCH  # no new file by itself
    rows, notes = [], list[str]()
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for what, (cpu_ms, wall_ms) in at_size(size, given.batches, Path(folder), notes):
                rows.append([f"{size:,}", what, f"{cpu_ms:,.0f}", f"{wall_ms:,.0f}"])
                print(rows[-1], flush=True)
    write(
        "graph_growth",
        "What the embedded graph costs as it grows",
        COLUMNS,
        rows,
        [
            "CPU of the process and of its engine; medians of "
            f"{given.batches} batches, new files and openings once; wall time of a machine with other work",
            "a tail is written into a file when it has changed a twentieth of the graph's facts, and 2,000",
            *notes,
        ],
    )


if __name__ == "__main__":
    main()
