"""Ingest of an unchanged tree of many files: what it costs to find that there is nothing to do.

    python -m benchmarks.reingest [--files 10000] [--runs 3]

The same run also times hashing all files and walking the tree with ``os.stat``, for the ratio.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import seconds, spread, write
from midspan.pipelines.intake import sha256_of


def ingest(workspace: Path, tree: Path) -> tuple[float, dict[str, Any]]:
    """Wall seconds of the whole command, and its report."""
    command = [sys.executable, "-m", "midspan.platform", "--workspace", str(workspace)]
    command += ["ingest", str(tree), "--stage", "none", "--json"]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, json.loads(done.stdout)


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
            walks.append(seconds(lambda: [path.stat() for path in tree.rglob("*.txt")]))
            hashes.append(seconds(lambda: [sha256_of(path) for path in tree.rglob("*.txt")]))
    rows = [
        ["first ingest, reading only", f"{first:.2f}", "-"],
        *(
            [name, f"{spread(values)['median']:.2f}", f"{min(values):.2f}-{max(values):.2f}"]
            for name, values in (
                ("ingest again, unchanged", again),
                ("walk and stat", walks),
                ("walk and hash", hashes),
            )
        ),
    ]
    write(
        "reingest",
        f"Ingest of an unchanged tree of {options.files} files",
        ["what", "seconds (median)", "range"],
        rows,
        ["whole commands, interpreter start included; `--stage none` on both sides"],
    )


if __name__ == "__main__":
    main()
