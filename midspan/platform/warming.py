"""Loading in the background what the first search takes, while somebody still looks at the page."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from midspan.errors import MidspanError


class Warming:
    """Begun at most once. What goes wrong is told by the search that needs it and tries again.

    Who warms up means to answer for long, so that what was loaded by then is kept from Python's collector:
    looking through it again cost one search of twenty 80 ms.
    """

    def __init__(self, load: Callable[[], object]) -> None:
        self._load = load
        self._thread = threading.Thread(target=self._run, name="warming", daemon=True)

    def begin(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    @property
    def going_on(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._load()
        except MidspanError:
            return
        gc.collect()
        gc.freeze()
