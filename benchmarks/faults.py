"""The fault campaign: how often midspan comes out of a fault with stores equal to an undisturbed run's.

    python -m benchmarks.faults [--seeds 5] [--first-seed 0] [--profile embedded servers] [--fault WORDS ...]

Each case (fault x profile x seed) breaks one ingest at a place that the seed chooses, sets it right as a user
would (the same command again, or another worker), and compares records, segments, vectors, graph, search,
doctor's checks and the jobs' rows with a run that nothing broke. The stages are stand-ins; all else is real.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import RESULTS, write
from faults.arena import Arena, EmbeddedArena, ServerArena
from faults.campaign import Outcome, run_case
from faults.kinds import faults, may_mount
from faults.points import Profile
from services.neo4j import Neo4j
from services.postgres import Postgres

PROFILES: tuple[Profile, ...] = ("embedded", "servers")
ALL = "all"
PROFILE_NAMES = {"embedded": "the embedded profile", "servers": "PostgreSQL and Neo4j"}


@contextmanager
def arena(profile: Profile) -> Iterator[Arena]:
    with tempfile.TemporaryDirectory(prefix="faults") as scratch:
        folder = Path(scratch)
        if profile == "embedded":
            yield EmbeddedArena(folder)
            return
        postgres, neo4j = Postgres(folder / "postgres"), Neo4j(folder / "neo4j")
        try:
            postgres.start()
            neo4j.start()
            yield ServerArena(folder / "runs", postgres, neo4j)
        finally:
            postgres.stop()
            neo4j.stop()


def chosen_faults(profile: Profile, words: list[str]) -> list[str]:
    names = [name for name in faults(profile) if not words or any(word in name for word in words)]
    return names if may_mount() else [name for name in names if name != "no space for a generation file"]


def row(fault: str, outcomes: list[Outcome]) -> list[Any]:
    apart = [str(outcome.seed) for outcome in outcomes if not outcome.equal]
    return [
        fault,
        len(outcomes),
        sum(outcome.fired for outcome in outcomes),
        sum(outcome.equal for outcome in outcomes),
        ", ".join(apart) or "-",
        f"{median(outcome.seconds for outcome in outcomes):.1f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--profile", nargs="+", choices=PROFILES, default=list(PROFILES))
    parser.add_argument("--fault", nargs="+", default=[], help="only faults with one of these in their name")
    parser.add_argument("--dry", action="store_true", help="write no results")
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    for profile in options.profile:
        rows = campaign(profile, options.fault, seeds)
        if not options.dry:
            publish(profile, rows, seeds, whole=not options.fault)


def campaign(profile: Profile, words: list[str], seeds: range) -> list[list[Any]]:
    """A row for each fault, and one for all."""
    rows: list[list[Any]] = []
    with arena(profile) as place:
        for fault in chosen_faults(profile, words):
            outcomes = [run_case(place, fault, seed) for seed in seeds]
            for outcome in outcomes:
                if not outcome.equal:
                    print(f"NOT EQUAL {outcome}", flush=True)
            rows.append(row(fault, outcomes))
            print(*rows[-1], sep=" | ", flush=True)
    return rows


def published(profile: Profile) -> dict[str, list[Any]]:
    """The rows of the last result by fault."""
    path = RESULTS / f"faults_{profile}.json"
    rows = json.loads(path.read_text())["rows"] if path.exists() else []
    return {line[0]: line for line in rows if line[0] != ALL}


def publish(profile: Profile, rows: list[list[Any]], seeds: range, *, whole: bool) -> None:
    """Some faults alone replace their rows in the last result."""
    if not whole:
        rows = list((published(profile) | {line[0]: line for line in rows}).values())
    rows = [*rows, [ALL, *(sum(int(line[column]) for line in rows) for column in (1, 2, 3)), "-", "-"]]
    write(
        f"faults_{profile}",
        f"{rows[-1][1]} runs with a fault, {PROFILE_NAMES[profile]}",
        ["fault", "runs", "fault met the run", "ended equal", "seeds not equal", "seconds (median)"],
        rows,
        [
            f"seeds {seeds.start} to {seeds.stop - 1} for each fault; python -m benchmarks.faults",
            "a fault by wall time may come after the run's end: it did not meet the run then",
            "equal: records, segments, vectors, graph, search, the doctor's checks and the jobs' rows are "
            "those of a run that nothing broke, apart from moments and row numbers",
            "rows may come from runs at other times and loads: their seconds do not compare the faults",
            "workers with a Redis that is killed, emptied or hangs are in tests/platform/test_servers.py",
        ],
    )


if __name__ == "__main__":
    main()
