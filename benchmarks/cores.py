"""Ingest of the same documents in one process and shared among several, a thread each; the ratio of the two.

    python -m benchmarks.cores [--sentences 4000] [--workers 2] [--runs 3]

Each ingest is a command of its own, with a workspace of its own. It reads other documents first, so that the
processes run and their models are loaded when the clock starts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.common import spread, write
from benchmarks.throughput import numbered_sentences, write_documents

WARM = 1000
"""Sentences that are read before the clock starts: several batches for each process."""

INGEST = """
import json, os, sys, time
import psutil
from midspan import Workspace

def processes():
    me = psutil.Process()
    return [me, *me.children(recursive=True)]

def cpu():
    return sum(sum(process.cpu_times()[:2]) for process in processes())

def ingest(parts, folder, crew):
    runner = parts.runner()
    job_id = parts.jobs.create([folder], [])
    runner.discover(job_id, [folder])
    start, used = time.perf_counter(), cpu()
    runner.work(job_id, at_once=512, crew=crew)
    runner.finish(job_id)
    spent = time.perf_counter() - start, cpu() - used
    assert parts.jobs.job(job_id).state == "done"
    return spent

workspace, workers, warm, *folders = sys.argv[1:]
with Workspace.open(workspace) as opened, opened.parts.crew(int(workers)) as crew:
    ingest(opened.parts, warm, crew)
    seconds, used = zip(*(ingest(opened.parts, folder, crew) for folder in folders))
    crew_pids = crew.pids if crew is not None else []
    mb = [p.memory_info().rss / 2**20 for p in processes() if p.pid in (os.getpid(), *crew_pids)]
    print(json.dumps({"seconds": seconds, "cpu": used, "mb": mb}))
"""


def measure(scratch: Path, workers: int, sentences: int, run: int) -> dict[str, list[float]]:
    """Wall and CPU seconds for documents of 50 sentences and for one long document, MB of each process."""
    folders = {name: scratch / f"{name}-{run}" for name in ("warm", "many", "one")}
    if not folders["warm"].exists():
        for folder in folders.values():
            folder.mkdir()
        write_documents(folders["warm"], WARM, f"{run}-warm")
        write_documents(folders["many"], sentences, f"{run}-many")
        (folders["one"] / "long.txt").write_text("\n\n".join(numbered_sentences(sentences, f"{run}-one")))
    command = [sys.executable, "-c", INGEST, str(scratch / f"workspace-{run}-{workers}"), str(workers)]
    done = subprocess.run(
        [*command, *map(str, folders.values())],
        env={**os.environ, "OMP_NUM_THREADS": "1", "MIDSPAN_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, list[float]] = json.loads(done.stdout)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=4000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    measured: dict[int, list[dict[str, list[float]]]] = {1: [], options.workers: []}
    with tempfile.TemporaryDirectory() as scratch:
        for run in range(options.runs):
            for workers in measured if run % 2 == 0 else reversed(measured):
                measured[workers].append(measure(Path(scratch), workers, options.sentences, run))
                print(run, workers, measured[workers][-1], flush=True)
    rows: list[list[Any]] = []
    for what, name in enumerate(["documents of 50 sentences", "one document"]):
        alone = [told["seconds"][what] for told in measured[1]]
        for workers, tellings in measured.items():
            seconds = [told["seconds"][what] for told in tellings]
            rate = spread([options.sentences / value for value in seconds])
            ratio = spread([one / value for one, value in zip(alone, seconds, strict=True)])
            cpu = spread([told["cpu"][what] for told in tellings])
            memory = [max(told["mb"][place] for told in tellings) for place in range(len(tellings[0]["mb"]))]
            rows.append(
                [
                    name,
                    workers,
                    f"{rate['median']:.1f}",
                    f"{rate['min']:.1f}-{rate['max']:.1f}",
                    f"{ratio['median']:.2f}",
                    f"{ratio['min']:.2f}-{ratio['max']:.2f}",
                    f"{cpu['median']:.1f}",
                    " + ".join(f"{value:.0f}" for value in memory),
                ]
            )
    write(
        "cores",
        "Ingest in one process and shared among several",
        [
            "documents",
            "workers",
            "sentences/s (median)",
            "range",
            "speed against one worker",
            "range of the ratio",
            "CPU s (median)",
            "MB",
        ],
        rows,
        [
            f"{options.sentences} sentences, {options.runs} alternating runs, one thread a process",
            "all text stages, the graph and the vector indexes included",
            f"the processes run and have loaded the models: they read {WARM} other sentences before",
            "CPU s: of all processes together; on a busy machine it says more than the speed does",
            "MB: resident memory, that of the process that reads and writes first",
        ],
    )


if __name__ == "__main__":
    main()
