"""Wall time of the README's two commands in a fresh clone, cold and warm.

    python -m benchmarks.commands [--skip-test]

Cold: a new clone without an environment (packages may come from uv's cache, as on a machine that has built
midspan before). Warm: the same command again.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.common import write

ROOT = Path(__file__).parents[1]


def timed(clone: Path, *command: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=clone, check=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skip-test", action="store_true")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "midspan"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        demo = ("make", "demo", "ARGS=--no-ui")
        rows.append(["make demo ARGS=--no-ui", "cold", f"{timed(clone, *demo):.0f}"])
        rows.append(["make demo ARGS=--no-ui", "warm", f"{timed(clone, *demo):.0f}"])
        if not options.skip_test:
            rows.append(["make test", "after make demo", f"{timed(clone, 'make', 'test'):.0f}"])
    write(
        "commands",
        "Wall time of the two commands",
        ["command", "state", "seconds"],
        rows,
        ["one run each; cold and `make test` include what they install, from the package cache"],
    )


if __name__ == "__main__":
    main()
