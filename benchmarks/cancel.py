"""Seconds from a cancel to the job's state ``cancelled``, while a worker is in the middle of a large item.

    python -m benchmarks.cancel [--seeds 10]

A worker process reads one document that would take it many minutes, with all text stages; after a seeded wait
the job is cancelled. The worker goes on to the next seed, its models loaded.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.common import spread, write
from benchmarks.throughput import corpus_sentences
from midspan import Workspace

LONGEST_WAIT = 15.0
"""Seconds of work before the cancel, at most."""


def large_document(path: Path, seed: int) -> None:
    """About 20,000 sentences that no other seed has."""
    sentences = corpus_sentences()
    chosen = random.Random(seed)
    with path.open("w") as file:
        for number in range(20_000):
            file.write(f"{chosen.choice(sentences).rstrip('.')} in case {seed}-{number}.\n\n")


def cancelled(workspace: Workspace, path: Path, seed: int) -> float:
    """Seconds from the call of cancel until the job's row says that it has stopped."""
    job_id = workspace.submit([path])
    while not workspace.parts.jobs.held(job_id):
        time.sleep(0.02)
    before = workspace.counts()["segment"]
    while workspace.counts()["segment"] == before:  # until its first batch is committed
        time.sleep(0.05)
    time.sleep(random.Random(seed).uniform(0, LONGEST_WAIT))
    start = time.perf_counter()
    workspace.cancel(job_id)
    while workspace.job(job_id).state != "cancelled":
        time.sleep(0.02)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Workspace.open(folder / "workspace") as workspace:
            command = [
                sys.executable,
                "-m",
                "midspan.platform",
                "--workspace",
                str(workspace.folder),
                "worker",
            ]
            worker = subprocess.Popen(command)
            try:
                spent = []
                for seed in range(options.seeds):
                    path = folder / f"large-{seed}.txt"
                    large_document(path, seed)
                    spent.append(cancelled(workspace, path, seed))
            finally:
                worker.terminate()
                worker.wait()
    times = spread(spent)
    write(
        "cancel",
        "From cancel to stopped, in the middle of an item",
        ["seeds", "median s", "least s", "greatest s"],
        [[options.seeds, f"{times['median']:.2f}", f"{times['min']:.2f}", f"{times['max']:.2f}"]],
        [
            "one worker, embedded profile, all text stages, a document of 20,000 sentences",
            f"cancelled at a random moment in the first {LONGEST_WAIT:.0f} s after its first commit",
            "stopped: the job's state is cancelled, its item is given back, nothing of the batch is written",
        ],
    )


if __name__ == "__main__":
    main()
