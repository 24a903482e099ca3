"""The faults: each breaks one run on a fresh site, at a place that the seed chooses.

A fault returns how the broken process ended and what was done to it, in words. Setting right and
comparing is the same for all of them and stands in ``campaign.py``.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from faults import child
from faults.arena import Arena, good
from faults.child import Order, Site
from faults.points import Profile, points
from faults.processes import Child, End, run
from services.server import Server

HOUR = 3600.0

ASKED_AT = ("stage", "record commit", "SQL statement", "SQL commit", "graph batch", "lease", "claim")


@dataclass(frozen=True)
class Broken:
    """What a fault did."""

    end: End
    how: str
    fired: bool = True
    """Whether the fault met the process at all: it may have been done before."""


Break = Callable[[Arena, Site, random.Random], Broken]


def faults(profile: Profile) -> dict[str, Break]:
    """Every fault of a profile, by name."""
    named: dict[str, Break] = {f"kill {point}": partial(_kill, point) for point in points(profile)}
    named["kill at any moment"] = _kill_any_moment
    named["kill one of two workers"] = _kill_one_of_two
    named["clock jumps"] = _clock_jumps
    named["clock wrong, then killed"] = _clock_wrong_and_killed
    named["clocks of two workers apart"] = _clocks_apart
    named["no space for a generation file"] = _no_space
    named["no file may grow"] = _no_growth
    if profile == "servers":
        for server in ("PostgreSQL", "Neo4j"):
            named[f"{server} killed"] = partial(_server_killed, server)
            named[f"{server} hangs for a while"] = partial(_server_hangs, server)
            named[f"{server} hangs, then is killed"] = partial(_server_hangs_and_dies, server)
    return named


# --- a process dies ---


def _kill(point: str, arena: Arena, site: Site, chosen: random.Random) -> Broken:
    nth = _hit(arena, point, chosen)
    end = run(child.ingest, site, Order(point, nth, "kill"))
    return Broken(
        end, f"killed {point}, hit {nth} of {arena.reference.hits.get(point, 0)}", end.how == "killed"
    )


def _kill_any_moment(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    """The moment is one of wall time: the same seed may meet another line."""
    process = Child(child.ingest, site, Order())
    seconds = chosen.uniform(0.0, 3.0)
    time.sleep(seconds)
    process.signal(signal.SIGKILL)
    end = process.end()
    return Broken(end, f"killed after {seconds:.2f} s", end.how == "killed")


def _kill_one_of_two(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    point = chosen.choice([p for p in points(site.profile) if arena.reference.hits.get(p, 0) > 4])
    nth = chosen.randint(1, max(1, arena.reference.hits[point] // 3))
    job = good(run(child.discover, site))["job"]
    pair = [Child(child.work, site, job, order) for order in (Order(point, nth, "kill"), Order())]
    killed, other = (process.end() for process in pair)
    how = f"one of two workers killed {point}, hit {nth}"
    return Broken(other if other.how != "done" else killed, how, killed.how == "killed")


# --- clocks ---


def _clock_jumps(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    point, nth = _anywhere(arena, chosen)
    hours = _hours(chosen)
    end = run(child.ingest, site, Order(point, nth, "jump", clock=hours * HOUR))
    return Broken(end, f"clock jumped by {hours:+.1f} h {point}, hit {nth}")


def _clock_wrong_and_killed(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    point, nth = _anywhere(arena, chosen)
    hours = _hours(chosen)
    end = run(child.ingest, site, Order(point, nth, "kill", clock=hours * HOUR))
    return Broken(end, f"clock off by {hours:+.1f} h, killed {point}, hit {nth}", end.how == "killed")


def _clocks_apart(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    hours = _hours(chosen)
    job = good(run(child.discover, site))["job"]
    orders = (Order(), Order(clock=hours * HOUR))
    ends = [process.end() for process in [Child(child.work, site, job, order) for order in orders]]
    worst = next((end for end in ends if end.how != "done"), ends[0])
    return Broken(worst, f"the clocks of two workers were {hours:+.1f} h apart")


def _hours(chosen: random.Random) -> float:
    return chosen.choice((-1, 1)) * chosen.uniform(0.1, 30.0)


def _anywhere(arena: Arena, chosen: random.Random) -> tuple[str, int]:
    """A point of the profile, and one of its hits."""
    point = chosen.choice(sorted(p for p in points(arena.profile) if arena.reference.hits.get(p)))
    return point, _hit(arena, point, chosen)


def _hit(arena: Arena, point: str, chosen: random.Random) -> int:
    """One of a point's hits, but for the last ones: some depend on how long the run takes, and another run
    has fewer."""
    return chosen.randint(1, max(1, arena.reference.hits.get(point, 0) * 9 // 10))


# --- full disks ---


def _no_space(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    """A real file system without space under the generation files, made by a mount where we may."""
    name = chosen.choice(("graph", "vectors") if site.profile == "embedded" else ("vectors",))
    pages = chosen.randint(1, 5) if name == "graph" else 0  # a page holds all vectors there are
    with _tiny_disk(Path(site.folder) / name, pages * 4096) as grow:
        end = run(child.ingest, site, Order())
        grow()
    return Broken(end, f"no space left in the folder {name}", _stopped_short(end))


@contextmanager
def _tiny_disk(folder: Path, spare: int) -> Iterator[Callable[[], None]]:
    """Put what is in a folder on a file system with about ``spare`` bytes more; yields what lifts that."""
    aside = folder.with_name(folder.name + ".aside")
    folder.rename(aside)
    folder.mkdir()
    pages = sum(-(-path.stat().st_size // 4096) for path in aside.iterdir())
    _mount("-t", "tmpfs", "-o", f"size={pages * 4096 + spare},mode=700", "tmpfs", str(folder))
    try:
        for path in aside.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        yield lambda: _mount("-o", "remount,size=64m", str(folder))
        kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    for path in aside.iterdir():
        path.unlink()
    aside.rmdir()


def may_mount() -> bool:
    """Whether this user may mount a file system, which a full disk needs."""
    return os.geteuid() == 0 and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def _no_growth(arena: Arena, site: Site, chosen: random.Random) -> Broken:
    """RLIMIT_FSIZE: writing beyond it fails in every file alike, the record store's too."""
    largest = max(p.stat().st_size for p in Path(site.folder).rglob("*") if p.is_file())
    limit = chosen.randint(1024, 2 * largest)
    end = run(child.ingest, site, Order(file_bytes=limit))
    return Broken(end, f"no file may grow beyond {limit} bytes", _stopped_short(end))


def _stopped_short(end: End) -> bool:
    """An error of the record store ends an ingest; a projection that fails is left behind."""
    return end.how == "error" or bool(end.told.get("behind"))


# --- a server dies or hangs ---


def _server_killed(name: str, arena: Arena, site: Site, chosen: random.Random) -> Broken:
    server = arena.servers[name]
    at_once = chosen.random() < 0.5
    process, how = _reached(arena, site, chosen)
    server.kill()
    if at_once:
        restart = threading.Thread(target=server.start)
        restart.start()
        process.go_on()
        end = process.end()
        restart.join()
    else:
        process.go_on()
        end = process.end()
        server.start()
    return Broken(end, f"{name} killed {how}, restarted {'at once' if at_once else 'afterwards'}")


def _server_hangs(name: str, arena: Arena, site: Site, chosen: random.Random) -> Broken:
    seconds = chosen.uniform(0.2, 4.0)
    process, how = _reached(arena, site, chosen)
    with hanging(arena.servers[name]):
        process.go_on()
        time.sleep(seconds)
    return Broken(process.end(), f"{name} hung for {seconds:.1f} s {how}")


def _server_hangs_and_dies(name: str, arena: Arena, site: Site, chosen: random.Random) -> Broken:
    server = arena.servers[name]
    seconds = chosen.uniform(0.2, 2.0)
    process, how = _reached(arena, site, chosen)
    server.hang()
    process.go_on()
    time.sleep(seconds)
    server.kill()
    server.start()
    return Broken(process.end(), f"{name} hung for {seconds:.1f} s {how} and was killed then")


@contextmanager
def hanging(server: Server) -> Iterator[None]:
    """It stands still with its connections open, and goes on afterwards."""
    server.hang()
    try:
        yield
    finally:
        server.resume()


def _reached(arena: Arena, site: Site, chosen: random.Random) -> tuple[Child, str]:
    """A process that waits at a point for the fault."""
    point = f"{chosen.choice(('before', 'after'))} {chosen.choice(ASKED_AT)}"
    nth = _hit(arena, point, chosen)
    process = Child(child.ingest, site, Order(point, nth, "ask"))
    process.reached()
    return process, f"{point}, hit {nth} of {arena.reference.hits[point]}"
