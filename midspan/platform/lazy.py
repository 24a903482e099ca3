"""Something that takes long to make, made when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Lazy(Generic[T]):
    """``lazy()`` is the thing; made once, whoever asks and from however many threads.

    Where making it raises, the next call tries again.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made = False
        self._thing: T | None = None

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._thing, self._made = self._make(), True
        return cast(T, self._thing)
