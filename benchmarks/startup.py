"""What commands cost that have little to do: CPU seconds, memory, and how many modules they load.

    python -m benchmarks.startup [--runs 5]

The bundled corpus is ingested once; then whole commands are run, interpreter start included. The last row
states the run of every stage in a process that has the command line loaded already.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from benchmarks.common import spread, write
from midspan import Workspace

HEAVY = ("torch", "spacy", "cv2", "scipy")
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}
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


def cost(command: list[str]) -> tuple[float, float]:
    """(CPU seconds, greatest resident MB) of a command."""
    with subprocess.Popen(
        command, env=ONE_THREAD, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


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
        ingest = [sys.executable, "-m", "midspan.platform", "--workspace", folder, "ingest", corpus]
        subprocess.run(ingest, check=True)  # not here: a child counts its parent's memory as its own
        with Workspace.open(folder) as workspace:
            segment = workspace.parts.store.segments(workspace.sources()[0].source.id)[0].id
        for name, arguments in {
            "--help": ["--help"],
            "ingest --help": ["ingest", "--help"],
            "ingest of a path that is not there": ["ingest", "/no/such/file", "--json"],
            "ingest of the unchanged corpus": ["ingest", corpus, "--json"],
            "jobs ls": ["jobs", "ls"],
            "show": ["show", segment],
            "search": ["search", "pain caused by stones in the kidney", "--json"],
            "cypher": ["cypher", "MATCH (s:Entity) RETURN s.name LIMIT 1", "--json"],
            "atlas place, an organ named": ["atlas", "place", "Both heart and lungs were large.", "--json"],
            "atlas place, none named": ["atlas", "place", "Dialysis was started for uremia.", "--json"],
        }.items():
            whole = ["--workspace", folder, *arguments]
            command = [sys.executable, "-m", "midspan.platform", *whole]
            costs = [cost(command) for _ in range(options.runs)]
            seconds, megabytes = _spread([cpu for cpu, _ in costs]), max(size for _, size in costs)
            rows.append([name, *seconds, f"{megabytes:.0f}", *modules(whole)])
        stated = _spread([float(_printed(RUN_IDS, folder)) for _ in range(options.runs)])
        rows.append(["run ids of all stages", *stated, "-", "-", "-"])
    write(
        "startup",
        "Commands that have little to do",
        ["what", "CPU seconds (median)", "range", "peak MB", "modules", "of torch, spaCy, OpenCV and SciPy"],
        rows,
        [
            f"{options.runs} runs each, one thread; user and system time and greatest resident memory of the "
            "whole command, over the bundled corpus",
            "what happens in processes of a command's own (the graph's engine) is in neither",
        ],
    )


def _spread(measured: list[float]) -> list[str]:
    """Median and range of some measurements."""
    found = spread(measured)
    return [f"{found['median']:.2f}", f"{found['min']:.2f}-{found['max']:.2f}"]


def _printed(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=ONE_THREAD, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
