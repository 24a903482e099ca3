"""What `make` installs: packages, disk space, and the seconds it takes.

    python -m benchmarks.install [--runs 3]

In a fresh clone the light set is installed, as for `make demo`, and then the full one into the same
environment, as for `make test`. The packages come from uv's cache, as on a machine that has installed them
before: what the network takes is not counted.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from functools import partial
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path

from benchmarks.common import seconds, spread, write

ROOT = Path(__file__).parents[1]
SETS = {"light (make demo)": ".venv/.light", "full (make test), added to it": ".venv/.installed"}
LARGEST = 12


def megabytes(folder: Path) -> float:
    """What the files of a folder take on disk; files that are shared with uv's cache count as well."""
    return sum(path.lstat().st_blocks for path in folder.rglob("*")) * 512 / 1e6


def packages(environment: Path) -> dict[str, float]:
    """The megabytes of each, the largest first."""
    [site] = environment.glob("lib/python*/site-packages")
    sizes = {
        one.name: sum(file.size or 0 for file in one.files or ()) / 1e6
        for one in distributions(path=[str(site)])
    }
    return dict(sorted(sizes.items(), key=lambda one: -one[1]))


def install(stamp: str, clone: Path) -> None:
    subprocess.run(["make", "--silent", stamp], cwd=clone, check=True, stdout=subprocess.DEVNULL)


def measure() -> list[tuple[float, float, dict[str, float]]]:
    """(seconds, megabytes, packages) of each set."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch) / "midspan"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for stamp in SETS.values():
            spent = seconds(partial(install, stamp, clone))
            found.append((spent, megabytes(clone / ".venv"), packages(clone / ".venv")))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    runs = [measure() for _ in range(options.runs)]
    rows = []
    for place, name in enumerate(SETS):
        spent = spread([run[place][0] for run in runs])
        _, size, there = runs[-1][place]
        range_ = f"{spent['min']:.1f}-{spent['max']:.1f}"
        rows.append([name, len(there), f"{size / 1000:.2f}", f"{spent['median']:.1f}", range_])
    largest = islice(runs[-1][0][2].items(), LARGEST)
    write(
        "install",
        "What is installed",
        ["set", "packages", "GB on disk", "seconds (median)", "range"],
        rows,
        [
            f"{options.runs} runs, each in a fresh clone; pip and uv are counted",
            "from uv's cache, as links to its files where one disk has both; these count in full",
            f"largest of the light set, in MB: {', '.join(f'{name} {size:.0f}' for name, size in largest)}",
        ],
    )


if __name__ == "__main__":
    main()
