"""Peak memory of ingesting one text of 1 GB against one of 10 MB.

    python -m benchmarks.memory [--large-mb 1000] [--small-mb 10] [--stage none]

The default reads, segments, stores and indexes the words (`--stage none`): with the model stages a text of
1 GB takes many hours on two cores. `--stage atlas` adds a model that is fast enough.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.common import write
from benchmarks.throughput import corpus_sentences

MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"peak_mb": peak, "report": json.loads(done.stdout)}))
"""


def write_text(path: Path, megabytes: float, seed: int = 0) -> None:
    """Shuffled sentences of the corpus, numbered, in paragraphs."""
    chosen = random.Random(seed)
    sentences = corpus_sentences()
    with path.open("w") as file:
        number = written = 0
        while written < megabytes * 1e6:
            paragraph = []
            for _ in range(chosen.randint(3, 9)):
                number += 1
                paragraph.append(f"{chosen.choice(sentences).rstrip('.')} ({number}).")
            written += file.write(" ".join(paragraph) + "\n\n")


def measure(megabytes: float, stage: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        text = Path(scratch) / "text.txt"
        write_text(text, megabytes)
        command = [sys.executable, "-m", "midspan.platform", "--workspace", f"{scratch}/workspace"]
        command += ["ingest", str(text), "--stage", stage, "--workers", "1", "--json"]
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        answer["seconds"] = time.perf_counter() - start
        answer["disk_mb"] = sum(p.stat().st_size for p in Path(scratch, "workspace").rglob("*")) / 1e6
        return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large-mb", type=float, default=1000)
    parser.add_argument("--small-mb", type=float, default=10)
    parser.add_argument("--stage", default="none")
    options = parser.parse_args()
    rows, peaks = [], []
    for megabytes in (options.small_mb, options.large_mb):
        answer = measure(megabytes, options.stage)
        peaks.append(answer["peak_mb"])
        rows.append(
            [
                f"{megabytes:g} MB",
                answer["report"]["segments"],
                f"{answer['peak_mb']:.0f}",
                f"{answer['peak_mb'] / peaks[0]:.2f}",
                f"{answer['seconds']:.0f}",
                f"{answer['disk_mb']:.0f}",
            ]
        )
    write(
        "memory",
        "Peak memory against the size of one text",
        ["text", "segments", "peak resident MB", "ratio", "seconds", "workspace MB"],
        rows,
        [f"stages: {options.stage}; whole process, interpreter and libraries included; one run each"],
    )


if __name__ == "__main__":
    main()
