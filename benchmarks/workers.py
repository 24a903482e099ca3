"""Ingest on the server profile with one and with two workers, one torch thread each; the ratio of the two.

    python -m benchmarks.workers [--sentences 2000] [--runs 3]

PostgreSQL, Neo4j and Redis are started for it without Docker. The workers have loaded their models before
the clock starts; each run writes fresh documents, so that no embedding is cached.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.common import spread, write
from benchmarks.throughput import write_documents
from midspan import Workspace
from services.neo4j import Neo4j
from services.postgres import Postgres
from services.redis import Redis

LOADED_MB = 500
"""A worker above this has loaded its models."""


@contextmanager
def servers(folder: Path) -> Iterator[None]:
    """The three servers, with the settings that name them."""
    settings = {
        "MIDSPAN_DATABASE_URL": Postgres(folder / "postgres"),
        "MIDSPAN_GRAPH_URL": Neo4j(folder / "neo4j"),
        "MIDSPAN_BROKER_URL": Redis(folder / "redis"),
    }
    try:
        for name, server in settings.items():
            server.start()
            os.environ[name] = server.url
        yield
    finally:
        for server in settings.values():
            server.stop()


@contextmanager
def worker_processes(workspace: Workspace, count: int) -> Iterator[None]:
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(workspace.folder), "worker"]
    environment = {**os.environ, "MIDSPAN_THREADS": "1"}
    processes = [subprocess.Popen(command, env=environment) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait()


def done(workspace: Workspace, documents: Path) -> float:
    """Seconds until a job over these documents is done, which includes the projections."""
    start = time.perf_counter()
    job_id = workspace.submit([documents])
    while workspace.job(job_id).state not in ("done", "failed", "cancelled"):
        time.sleep(0.05)
    assert workspace.job(job_id).state == "done", workspace.why(job_id)
    return time.perf_counter() - start


def measure(scratch: Path, workers: int, sentences: int, run: int) -> float:
    """Seconds for so many sentences with so many workers."""
    with (
        Workspace.open(scratch / f"workspace-{run}-{workers}") as workspace,
        worker_processes(workspace, workers),
    ):
        warming = 0
        while [w.rss_mb > LOADED_MB for w in workspace.worker_list() if w.alive].count(True) < workers:
            warming += 1
            done(workspace, documents(scratch, 200 * workers, f"{run}-{workers}-warm-{warming}"))
        return done(workspace, documents(scratch, sentences, f"{run}-{workers}"))


def documents(scratch: Path, sentences: int, name: str) -> Path:
    folder = scratch / f"documents-{name}"
    folder.mkdir()
    write_documents(folder, sentences, name)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    spent: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as scratch, servers(Path(scratch)):
        for run in range(options.runs):
            for workers in spent if run % 2 == 0 else reversed(spent):
                spent[workers].append(measure(Path(scratch), workers, options.sentences, run))
    rows: list[list[Any]] = []
    for workers, values in spent.items():
        rate = spread([options.sentences / value for value in values])
        ratio = spread([one / value for one, value in zip(spent[1], values, strict=True)])
        rows.append(
            [
                workers,
                f"{rate['median']:.0f}",
                f"{rate['min']:.0f}-{rate['max']:.0f}",
                f"{ratio['median']:.2f}",
                f"{ratio['min']:.2f}-{ratio['max']:.2f}",
            ]
        )
    write(
        "workers",
        "Ingest with one and with two workers on PostgreSQL, Neo4j and Redis",
        ["workers", "sentences/s (median)", "range", "speed against one worker", "range of the ratio"],
        rows,
        [
            f"{options.sentences} sentences in documents of 50, {options.runs} runs, a torch thread a worker",
            "from the submission to the state done: all stages, the graph and the vector indexes included",
            "workers and the three servers share the cores of one machine",
        ],
    )


if __name__ == "__main__":
    main()
