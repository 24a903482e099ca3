"""What one file may cost, and how a process is held to it: by the kernel, wherever it is."""

from __future__ import annotations

import math
import resource
import time
from dataclasses import dataclass
from pathlib import Path

SECONDS_A_MB = 8.0
"""CPU seconds that a large file may take for each MB; a PDF of nothing but dense text takes about 6."""
CLOCK = 8
"""How many times as long by the clock, on a machine that has other things to do."""


@dataclass(frozen=True)
class Limits:
    """What reading one file may take."""

    seconds: float = 45.0
    """CPU seconds, of a file of up to ``seconds / SECONDS_A_MB`` MB."""
    memory_mb: int = 896
    """MB of memory of its own that a process may hold, the libraries' included."""

    def cpu_seconds(self, byte_count: int) -> float:
        """For a file of this size."""
        return max(self.seconds, SECONDS_A_MB * byte_count / 2**20)


def limit_memory(memory_mb: int) -> None:
    """Of this process, from now on; and no image of it is left where it crashes."""
    _set(resource.RLIMIT_DATA, memory_mb << 20)
    _set(resource.RLIMIT_CORE, 0)


def limit_cpu(seconds: float) -> None:
    """End this process by ``SIGXCPU`` when it has computed for so long from now, in all its threads."""
    _set(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds))


def held_mb(pid: int | None = None) -> float:
    """Memory of this process, or another one, that counts against its limit; 0 of one that has ended."""
    try:
        fields = Path(f"/proc/{pid or 'self'}/statm").read_text("ascii").split()
    except OSError:
        return 0.0
    return int(fields[5]) * resource.getpagesize() / 2**20


def _set(what: int, soft: int) -> None:
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
