"""What each worker takes of the servers and of memory while a job runs: connections, clients, memory.

    python -m benchmarks.many_workers [--workers 1 2 4] [--sentences 100]

PostgreSQL (which keeps the vectors too) and Redis are started for it without Docker; the graph is embedded.
How fast workers are is measured by benchmarks.workers; here they may wait for each other.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import redis

from benchmarks.common import write
from benchmarks.workers import LOADED_MB, documents, done, worker_processes
from midspan import Workspace
from services.postgres import Postgres
from services.redis import Redis
from services.server import HOST

EVERY_SECONDS = 0.5
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'midspan'"


class Watch:
    """The most that was seen, of the servers' connections and of the workers' memory in MB."""

    def __init__(self, postgres: Postgres, broker: Redis) -> None:
        self._postgres, self._broker = postgres, broker
        self._over = threading.Event()
        self.most = dict.fromkeys(("connections", "clients", "resident", "own"), 0.0)

    @contextmanager
    def __call__(self) -> Iterator[None]:
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _look(self) -> None:
        client = redis.Redis(host=HOST, port=self._broker.port, password=self._broker.password)
        with self._postgres.connect() as connection:
            while not self._over.wait(EVERY_SECONDS):
                [(open_now,)] = connection.execute(CONNECTIONS).fetchall()
                self._note("connections", open_now)
                self._note("clients", len(client.client_list()) - 1)
                for process in serving():
                    memory = process.memory_full_info()
                    self._note("resident", memory.rss / 1e6)
                    self._note("own", memory.uss / 1e6)

    def _note(self, name: str, value: float) -> None:
        self.most[name] = max(self.most[name], value)


def serving() -> list[psutil.Process]:
    """The processes that do the work: children of workers, which are children of this one."""
    return [
        child
        for worker in psutil.Process().children()
        if "worker" in worker.cmdline()
        for child in worker.children()
    ]


def measure(scratch: Path, workers: int, sentences: int, postgres: Postgres, broker: Redis) -> list[Any]:
    with (
        Workspace.open(scratch / f"workspace-{workers}") as workspace,
        worker_processes(workspace, workers),
    ):
        while sum(w.rss_mb > LOADED_MB for w in workspace.worker_list() if w.alive) < workers:
            done(workspace, documents(scratch, 50 * workers, f"{workers}-{time.monotonic_ns()}"))
        watch = Watch(postgres, broker)
        with watch():
            done(workspace, documents(scratch, sentences * workers, f"{workers}-watched"))
    most = watch.most
    return [
        workers,
        *(f"{most[name]:.0f}" for name in ("connections", "clients")),
        *(f"{most[name]:.0f}" for name in ("resident", "own")),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--sentences", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        postgres, broker = Postgres(Path(folder) / "postgres"), Redis(Path(folder) / "redis")
        try:
            for setting, server in {"DATABASE": postgres, "BROKER": broker}.items():
                server.start()
                os.environ[f"MIDSPAN_{setting}_URL"] = server.url
            os.environ["MIDSPAN_VECTORS_URL"] = postgres.url
            rows = [measure(Path(folder), n, options.sentences, postgres, broker) for n in options.workers]
        finally:
            postgres.stop()
            broker.stop()
    write(
        "many_workers",
        "What workers take of the servers and of memory",
        [
            *("workers", "PostgreSQL connections", "Redis clients"),
            *("largest worker, MB resident", "of these its own, MB"),
        ],
        rows,
        [
            f"the most that was seen while a job of {options.sentences} sentences a worker ran, all stages, "
            f"every {EVERY_SECONDS} s; connections include those of the process that gave the job",
            "its own: memory that no other process shares; each worker has a small supervisor beside it",
            "records and vectors on one PostgreSQL, each with a pool of its own in each process",
        ],
    )


if __name__ == "__main__":
    main()
