"""Seconds of a backup, idle and while documents are written, of its restore, and of the doctor.

    python -m benchmarks.backup [--segments N]

A workspace of made-up sentences, each with a fact, a place of the atlas and a vector, in the embedded
profile. The restore puts the records back and builds the graph and the vector indexes. All in one process.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.common import seconds, write
from benchmarks.made_workspace import SENTENCES, make
from benchmarks.rows import document
from midspan import Workspace
from midspan.platform.doctor import diagnose

MADE_AT = 1_000_000
"""Number of the first document that is written meanwhile."""


def under_load(workspace: Workspace, to: Path) -> tuple[float, int, bool]:
    """(seconds of a backup, documents committed meanwhile, whether the writer was never refused)."""
    stop = threading.Event()
    committed: list[int] = []

    def go_on() -> None:
        with Workspace.open(workspace.folder) as other:
            while not stop.is_set():
                number = MADE_AT + len(committed)
                other.parts.store.commit(document(number, SENTENCES, random.Random(number)))
                committed.append(number)

    writer = threading.Thread(target=go_on)
    writer.start()
    taken = workspace.backup(to).seconds
    alive = writer.is_alive()
    stop.set()
    writer.join()
    return taken, len(committed), alive


def wrong(workspace: Workspace) -> list[str]:
    names = ("stores", "outbox", "integrity", "rows", "files", "origin")
    return [check.name for check in diagnose(workspace.parts).checks if check.name in names and not check.ok]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=100_000)
    given = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = seconds(lambda: make(folder / "made", given.segments))
        print(f"made in {made:.0f} s", flush=True)
        with Workspace.open(folder / "made") as workspace:
            idle = workspace.backup(folder / "idle")
            rows.append(["backup, idle", f"{idle.seconds:.1f}", f"{idle.byte_count / 1e6:.0f} MB"])
            print(rows, flush=True)
            taken, documents, alive = under_load(workspace, folder / "busy")
            assert alive, "the writer ended"
            more = f"{documents} documents of {SENTENCES} sentences committed meanwhile"
            rows.append(["backup, while documents are written", f"{taken:.1f}", more])
            print(rows, flush=True)
        for kind in ("idle", "busy"):

            def restore(kind: str = kind) -> None:
                Workspace.restore(folder / kind, folder / f"{kind} restored").close()

            took = seconds(restore)
            with Workspace.open(folder / f"{kind} restored") as restored:
                start = time.perf_counter()
                problems = wrong(restored)
                checked = time.perf_counter() - start
                counts = restored.parts.store.counts()
            rows.append([f"restore of the {kind} one", f"{took:.1f}", f"{counts['segment']:,} segments"])
            rows.append(["doctor after it", f"{checked:.1f}", ", ".join(problems) or "all whole"])
            print(rows, flush=True)
    write(
        "backup",
        f"Backup and restore of {given.segments:,} segments",
        ["what", "seconds", "remarks"],
        rows,
        [
            "Each segment has a fact, a place of the atlas and a vector of 384 dimensions; SQLite, the "
            "embedded graph and FAISS.",
            "A backup is copied by SQLite's backup API, then checked: pages, references, full text, points, "
            "and every row against its checksum. A restore also builds the graph and the indexes.",
        ],
    )


if __name__ == "__main__":
    main()
