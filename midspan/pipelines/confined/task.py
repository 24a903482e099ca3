"""What a confined process is given to do, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from midspan.errors import MidspanError

OUT_OF_MEMORY = 86
"""Exit status of a process that met its limit in Python; in native code it may crash."""


@dataclass(frozen=True)
class Task:
    """A call of ``function(*arguments)``; all of it picklable, the function by its name."""

    function: Callable[..., Iterable[Any]]
    arguments: tuple[Any, ...]
    cpu_seconds: float


@dataclass(frozen=True)
class Item:
    """One of what the function yields."""

    value: Any


@dataclass(frozen=True)
class End:
    """There is no more."""

    error: MidspanError | None
    """What the function raised."""
    spent: bool
    """The process ends here, too."""
