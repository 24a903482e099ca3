"""Holding a lease while one long call is under way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtIt
from typing import TypeVar

from midspan.db.record_store import Lease

PROLONG_SECONDS = 15.0

Answer = TypeVar("Answer")


def held(
    work: Callable[[], Answer], prolong: Callable[[], Lease], cancel: Callable[[], object] = lambda: None
) -> Answer:
    """What ``work`` gives, in a thread, while the lease is prolonged in this one.

    Should that fail (``LeaseLost``), ``cancel`` is called, and ``work`` is waited for.
    """
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work)
        try:
            while True:
                try:
                    return done.result(PROLONG_SECONDS)
                except StillAtIt:
                    if done.done():
                        raise
                    prolong()
        except BaseException:
            cancel()
            raise
