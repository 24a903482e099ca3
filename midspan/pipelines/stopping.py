"""Stopping in the middle of work: asked often, answered by an exception that only the ingest loop catches."""

from __future__ import annotations

from collections.abc import Callable


class Stopped(Exception):
    """Somebody asked to stop; what is not committed is dropped."""


def never() -> bool:
    """Go on."""
    return False


def go_on() -> None:
    """What is called where nobody can ask to stop."""


def check(stop: Callable[[], bool]) -> None:
    """Raise ``Stopped`` if ``stop`` says so."""
    if stop():
        raise Stopped
