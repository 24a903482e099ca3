"""Taking batches through their stages: in this process, one after the other, or by a crew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from midspan.pipelines.batch_run import Outcome, run_batch
from midspan.pipelines.gathered import Gathered


class Processes(Protocol):
    """Where stages run. Batches come back in the order in which they were added."""

    def add(self, gathered: Gathered) -> None:
        """Batches that are to be taken through their stages."""

    def done(self, *, all_: bool = False) -> Iterator[tuple[Gathered, list[Outcome]]]:
        """Those that have been; with ``all_`` every one that was added, else it waits only where too many
        are under way. A work's memories are those after the batches that came back. Raises ``Stopped``."""

    def abandon(self) -> None:
        """Drop what is under way."""


class ThisProcess:
    """The stages run where the ingest loop does."""

    def __init__(self, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._added: list[Gathered] = []

    def add(self, gathered: Gathered) -> None:
        self._added.append(gathered)

    def done(self, *, all_: bool = False) -> Iterator[tuple[Gathered, list[Outcome]]]:
        while self._added:
            gathered = self._added.pop(0)
            yield gathered, run_here(gathered, self._stop)

    def abandon(self) -> None:
        self._added.clear()


def run_here(gathered: Gathered, stop: Callable[[], bool]) -> list[Outcome]:
    """Take all batches through their stages now. Raises ``Stopped``."""
    return [
        run_batch(
            stages,
            batch,
            stop,
            {stage: {work.source_id: work.memories[stage] for work in works} for stage in stages},
        )
        for stages, works, batch in gathered.batches()
    ]
