"""Ingest of an unchanged tree of many files: what it costs to find that there is nothing to do.

    python -m benchmarks.reingest [--files 10000] [--runs 3]

The same run also times hashing all files and walking the tree with ``os.stat``, for the ratio.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import seconds, write
from midspan.pipelines.intake import sha256_of

Spent = tuple[float, float]
"""Seconds of CPU and of wall time."""


def ingest(workspace: Path, tree: Path) -> tuple[Spent, dict[str, Any]]:
    """What the whole command took, its readers included, and its report."""
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(workspace)]
    command += ["ingest", str(tree), "--stage", "none", "--json"]
    before, start = cpu(), time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return (cpu() - before, time.perf_counter() - start), json.loads(done.stdout)


def cpu() -> float:
    """Seconds of this process and of all that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def clocked(work: Callable[[], Any]) -> Spent:
    before, wall = cpu(), seconds(work)
    return cpu() - before, wall


def cells(found: list[Spent]) -> list[str]:
    """Medians, and the range of the CPU."""
    used, wall = (list(times) for times in zip(*found, strict=True))
    return [f"{median(used):.2f}", f"{min(used):.2f}-{max(used):.2f}", f"{median(wall):.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        for number in range(options.files):
            folder = tree / f"{number // 100:04}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number:06}.txt").write_text(f"Note {number} says that all is well.\n" * 20)
        time.sleep(3)  # files written in the last two seconds would be hashed again
        workspace = Path(scratch) / "workspace"
        first, report = ingest(workspace, tree)
        assert report["sources"]["new"] == options.files, report["sources"]
        again, walks, hashes = [], [], []
        for _ in range(options.runs):
            spent, report = ingest(workspace, tree)
            assert report["sources"]["unchanged"] == options.files, report["sources"]
            again.append(spent)
            walks.append(clocked(lambda: [path.stat() for path in tree.rglob("*.txt")]))
            hashes.append(clocked(lambda: [sha256_of(path) for path in tree.rglob("*.txt")]))
    told = {
        "first ingest, reading only": [first],
        "ingest again, unchanged": again,
        "walk and stat": walks,
        "walk and hash": hashes,
    }
    write(
        "reingest",
        f"Ingest of an unchanged tree of {options.files:,} files",
        ["what", "CPU s (median)", "range", "wall s (median)"],
        [[name, *cells(found)] for name, found in told.items()],
        [
            "whole commands, interpreter start and readers included; `--stage none` on both sides",
            "wall time is that of a machine with other work",
        ],
    )


if __name__ == "__main__":
    main()
