"""What each of some hostile files costs the processes that ingest it, and how it ends.

    python -m benchmarks.file_bombs

Each bomb lies in a folder with a plain note, and the folder is ingested in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.bombs import BOMBS
from benchmarks.common import write

NOTE = "The left kidney lies behind the peritoneum."

MEASURE = """
import json, os, resource, sys, threading, time
from pathlib import Path
import psutil
from midspan import Workspace

peaks = [0]
children = Path(f"/proc/self/task/{os.getpid()}/children")

def peak_of(pid):
    # in MB; ru_maxrss would begin with what the process had before it became this one
    return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024

def watch():
    while True:
        for child in children.read_text().split():
            try:
                command = Path(f"/proc/{child}/cmdline").read_text().split("\\0")
                if command[2].startswith("import sys; "):  # and not yet this process's own, nor the graph's
                    peaks.append(peak_of(child))
            except (OSError, IndexError):
                continue
        time.sleep(0.05)

def cpu(whose):
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime

threading.Thread(target=watch, daemon=True).start()
workspace = Workspace.open(sys.argv[1])
before = psutil.Process().memory_info().rss
report = workspace.ingest([sys.argv[2]], stages=["none"], workers=1)
grown = psutil.Process().memory_info().rss - before
workspace.close()
print(json.dumps({
    "cpu": cpu(resource.RUSAGE_SELF) + cpu(resource.RUSAGE_CHILDREN),
    "child_mb": max(peaks),
    "parent_mb": peak_of("self"),
    "grown_mb": grown / 2**20,
    "read": report.new,
    "failures": [[failure.kind, failure.message] for failure in report.failures],
}))
"""


def measure(name: str, data: bytes) -> dict[str, Any]:
    """What ingesting this file beside a note comes to."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "files"
        folder.mkdir()
        (folder / name).write_bytes(data)
        (folder / "zz.txt").write_text(NOTE)
        command = [sys.executable, "-c", MEASURE, f"{scratch}/workspace", str(folder)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


def row(name: str) -> list[str]:
    data = BOMBS[name]()
    answer = measure(name, data)
    [failure] = answer["failures"] or [["", ""]]
    if answer["read"] != (1 if failure[0] else 2):
        raise SystemExit(f"{name} took others with it: {answer}")
    return [
        name.replace("_", " "),
        f"{len(data) / 1e6:.2f}",
        f"{answer['cpu']:.1f}",
        f"{answer['child_mb']:.0f}",
        f"{answer['parent_mb']:.0f}",
        f"{failure[0]}: {failure[1]}" if failure[0] else "read",
    ]


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    rows = []
    for name in BOMBS:
        rows.append(row(name))
        print(*rows[-1], sep=" | ", flush=True)
    plain = measure("plain.txt", NOTE.encode() * 2)
    write(
        "file_bombs",
        "Hostile files",
        ["file", "MB", "CPU s", "reader, peak MB", "ingest, peak MB", "ends"],
        rows,
        [
            "CPU seconds of the ingest (`--stage none`) and of its reader together; peaks of resident "
            "memory, the reader's as seen every 50 ms. "
            f"An ingest of two plain notes takes {plain['cpu']:.1f} s and {plain['parent_mb']:.0f} MB, its "
            f"reader {plain['child_mb']:.0f} MB.",
            "Limits as they come: 45 CPU seconds and 896 MB. In each of these ingests the note beside the "
            "bomb was read.",
        ],
    )


if __name__ == "__main__":
    main()
