"""A generation of the embedded graph in a process: its file, and its tail as far as it was asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from midspan.db.graph.batch import unpacked
from midspan.db.graph.process import GraphProcess
from midspan.db.record_store import TailBatch
from midspan.errors import DamagedGeneration, StoreError


class LiveGraph:
    """Safe to share between threads: they take turns to bring it up, and ask beside each other."""

    def __init__(self, process: GraphProcess) -> None:
        """``process`` holds what the generation's file does."""
        self._process = process
        self._reached = 0
        self._turn = threading.Lock()

    @property
    def alive(self) -> bool:
        return self._process.alive

    def brought_up(self, tail: Callable[[int], Sequence[TailBatch]]) -> GraphProcess:
        """The graph with all of its tail, of which ``tail`` gives what lies behind a batch's number.

        A batch is there whole or not at all: a process that fails in the middle of one is ended. Raises
        ``StoreUnavailable``, ``DamagedGeneration``.
        """
        with self._turn:
            for batch in tail(self._reached):
                try:
                    self._process.apply(unpacked(batch.data))
                except BaseException as error:
                    refused = isinstance(error, StoreError) and self._process.alive
                    self._process.close()
                    if refused:
                        raise DamagedGeneration(
                            f"the graph does not take batch {batch.number} of its tail ({error}). "
                            "The records are not affected; run `midspan reindex` to build it again from them"
                        ) from error
                    raise
                self._reached = batch.number
            return self._process
