"""What the benchmark scripts share: repeated timing, ratios, and writing results."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from midspan.models.kit import results

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """The machine in a line, for the head of a result, with how busy it was."""
    memory = psutil.virtual_memory().total / 2**30
    load = psutil.getloadavg()[0]
    python = platform.python_version()
    cores = f"{psutil.cpu_count()} cores ({_vector_instructions()})"
    return f"{cores}, {memory:.0f} GiB, Python {python}, load average {load:.1f} at the end"


def _vector_instructions() -> str:
    """The widest that the processors have, which is what rates of models go by."""
    flags = Path("/proc/cpuinfo").read_text().split()
    return next((name for name in ("avx512f", "avx2", "avx", "asimd") if name in flags), "unknown")


def seconds(work: Callable[[], Any]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cpu_of_all(root: int | None = None) -> float:
    """CPU seconds so far of a process (this one), those it started, and ended ones that it waited for."""
    first = psutil.Process(root)
    while True:
        try:
            return sum(sum(one.cpu_times()[:4]) for one in (first, *first.children(recursive=True)))
        except psutil.NoSuchProcess:
            first.cpu_times()  # one of its children has just ended, and is counted by its parent


class Spent(NamedTuple):
    """Seconds."""

    wall: float
    cpu: float


def clocked(work: Callable[[], Any]) -> Spent:
    """What one call takes, in all processes."""
    before = cpu_of_all()
    wall = seconds(work)
    return Spent(wall, cpu_of_all() - before)


def spread(values: list[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def write(name: str, title: str, columns: list[str], rows: list[list[Any]], notes: list[str]) -> None:
    """Write ``results/NAME.json`` and ``.md``, and print the table."""
    data = {"title": title, "machine": machine(), "columns": columns, "rows": rows, "notes": notes}
    page = page_of(data)
    results.write(RESULTS, name, data, page)
    print(page.markdown)


def page_of(data: dict[str, Any]) -> results.Page:
    """How a result of a script is shown."""
    table = results.Table(data["columns"], data["rows"])
    return results.Page(data["title"], f"Machine: {data['machine']}.", [table], data["notes"])
