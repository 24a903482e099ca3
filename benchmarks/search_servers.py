"""What a search costs by part with the records in PostgreSQL, beside the embedded profile in the same run.

    python -m benchmarks.search_servers [--segments 10000 100000] [--queries 200] [--seed 0]

Both workspaces are filled as ``benchmarks.search`` fills one, and asked each query in turn, so that the
machine's moods meet both. Parts are CPU milliseconds of the process that searches; PostgreSQL's own, on the
same machine, stand beside them. Full text and vectors are files of the machine that searches in both
profiles, and a search asks neither the graph nor the broker.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from pydantic import SecretStr

from benchmarks.common import cpu_of_all, write
from benchmarks.search import WARM_UP, cells, clocked_by_cpu, fill, questions, warm_up
from midspan import Workspace
from midspan.db.migrate import upgrade
from midspan.platform.answers import Answer
from midspan.platform.parts import Parts
from midspan.platform.settings import Settings
from services.postgres import Postgres


class Asked:
    """A workspace, and what its answers took."""

    def __init__(self, workspace: Workspace, server: Postgres | None) -> None:
        self.workspace = workspace
        self.answers: list[Answer] = []
        self.wall: list[float] = []
        self._server = server
        self._before = 0.0

    def ask(self, query: str) -> None:
        if len(self.answers) == WARM_UP:
            self._before = self._server_cpu()
        start = time.perf_counter()
        self.answers.append(self.workspace.search(query))
        self.wall.append(1000 * (time.perf_counter() - start))

    def cells(self) -> dict[str, str]:
        counted = len(self.answers) - WARM_UP
        served = 1000 * (self._server_cpu() - self._before) / counted
        wall = np.percentile(self.wall[WARM_UP:], [50, 95])
        return {
            **cells(self.answers[WARM_UP:]),
            "PostgreSQL, mean": "-" if self._server is None else f"{served:.1f}",
            "whole search, wall": "{:.1f} ({:.1f})".format(*wall),
        }

    def _server_cpu(self) -> float:
        """Seconds so far of the server and all its processes."""
        return 0.0 if self._server is None else cpu_of_all(self._server.pid)


def both(count: int, queries: int, seed: int) -> dict[str, dict[str, str]]:
    """The table's cells by profile."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = Postgres(folder / "postgres")
        server.start()
        stack.callback(server.stop)
        asked = {
            "embedded": Asked(stack.enter_context(Workspace.open(folder / "embedded")), None),
            "PostgreSQL": Asked(stack.enter_context(on_server(folder / "server", server.url)), server),
        }
        for profile in asked.values():
            fill(profile.workspace, count, seed)
            warm_up(profile.workspace)
        with clocked_by_cpu():
            for query in questions(queries, seed):
                for profile in asked.values():
                    profile.ask(query)
        return {name: profile.cells() for name, profile in asked.items()}


def on_server(folder: Path, url: str) -> Workspace:
    folder.mkdir()
    upgrade(url)
    return Workspace(Parts(Settings(workspace=folder, database_url=SecretStr(url))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--segments", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    columns: dict[str, dict[str, str]] = {}
    for count in options.segments:
        for name, found in both(count, options.queries, options.seed).items():
            columns[f"{count:,}: {name}"] = found
        print(columns, flush=True)
    names = next(iter(columns.values()))
    write(
        "search_servers",
        "What a search costs with the records in PostgreSQL, by part",
        ["part, CPU ms", *columns],
        [[name, *(column[name] for column in columns.values())] for name in names],
        [
            f"so many sentences and as many events; {options.queries} queries of 2 to 5 words, seed "
            f"{options.seed}, asked of both profiles in turn; one process; median (95th percentile)",
            "CPU of the process that searches; PostgreSQL: the server's own CPU beside that, a search; the "
            "last row is wall time of a machine with other work",
            "full_text: documents, sentences and events; encode: the query's vector; vectors: sentences, "
            "passages and events; rows: what is read of the record store",
        ],
    )


if __name__ == "__main__":
    main()
