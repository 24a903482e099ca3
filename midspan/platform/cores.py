"""How many processes an ingest in the foreground works with."""

from __future__ import annotations

import os

import psutil

from midspan.platform.settings import Settings

PROCESS_BYTES = 700 << 20
"""What a process takes that has loaded the models of all stages."""


def workers(settings: Settings) -> int:
    """As many as the settings say. Where they leave it open, one where servers say that many machines share
    the work, or else one for each core that this process may use, as far as free memory goes."""
    if settings.workers:
        return settings.workers
    if settings.database_url is not None or settings.broker_url is not None:
        return 1
    return max(1, min(cores(), psutil.virtual_memory().available // PROCESS_BYTES))


def threads(settings: Settings, processes: int) -> int:
    """What each of these processes computes with, so that together they use every core once."""
    return settings.threads or max(1, cores() // processes)


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))
