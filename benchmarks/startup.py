"""What commands cost that find nothing to do: CPU seconds, and how many modules they load.

    python -m benchmarks.startup [--runs 5]

The bundled corpus is ingested once; then whole commands are run, interpreter start included. The last row
states the run of every stage in a process that has the command line loaded already.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path

from benchmarks.common import spread, write
from midspan import Workspace

HEAVY = ("torch", "spacy", "cv2", "scipy")
COUNTED = f"""
import sys
from midspan.platform.cli import app
try:
    app(sys.argv[1:], standalone_mode=False)
except BaseException:
    pass
print("MODULES", len(sys.modules), *(name for name in {HEAVY!r} if name in sys.modules))
"""
RUN_IDS = """
import sys, time
import midspan.platform.cli
from midspan import Workspace
with Workspace.open(sys.argv[1]) as workspace:
    start = time.process_time()
    ids = [stage.run.id for stage in workspace.parts.stages if stage.run]
    print(time.process_time() - start)
"""


def cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def modules(arguments: list[str]) -> tuple[str, str]:
    """(how many are loaded at the end, which of the heavy ones)"""
    count, *heavy = _printed(COUNTED, *arguments).rpartition("MODULES")[2].split()
    return count, ", ".join(heavy) or "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    corpus = str(files("midspan") / "corpus")
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(Path(scratch) / "workspace")
        with Workspace.open(folder) as workspace:
            workspace.ingest([corpus])
            segment = workspace.parts.store.segments(workspace.sources()[0].source.id)[0].id
        for name, arguments in {
            "ingest of the unchanged corpus": ["ingest", corpus, "--json"],
            "ingest of a path that is not there": ["ingest", "/no/such/file", "--json"],
            "jobs ls": ["jobs", "ls"],
            "show": ["show", segment],
            "--help": ["--help"],
        }.items():
            whole = ["--workspace", folder, *arguments]
            command = [sys.executable, "-m", "midspan.platform", *whole]
            rows.append([name, *_spread(options.runs, partial(cpu_seconds, command)), *modules(whole)])
        stated = _spread(options.runs, lambda: float(_printed(RUN_IDS, folder)))
        rows.append(["run ids of all stages", *stated, "-", "-"])
    write(
        "startup",
        "Commands that find nothing to do",
        ["what", "CPU seconds (median)", "range", "modules", "of torch, spaCy, OpenCV and SciPy"],
        rows,
        [f"{options.runs} runs each; user and system time of the whole command"],
    )


def _spread(runs: int, measure: Callable[[], float]) -> list[str]:
    """Median and range of some measurements."""
    found = spread([measure() for _ in range(runs)])
    return [f"{found['median']:.2f}", f"{found['min']:.2f}-{found['max']:.2f}"]


def _printed(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
