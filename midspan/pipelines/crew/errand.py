"""What a hand is given to do, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from midspan.pipelines.batch_run import Outcome
from midspan.pipelines.stage import Batch, Stage


@dataclass(frozen=True, eq=False)
class Errand:
    """Some stages over some segments. All that is in it must be picklable."""

    stages: tuple[str, ...]
    """Their keys, in order."""
    batch: Batch
    """With the shared values that these stages use and others have made."""
    memories: Mapping[str, Mapping[str, Any]]
    """What the stages remember of each source, by the stage's key and the source's id."""
    wanted: frozenset[str]
    """Names in ``Batch.shared`` whose values others wait for."""


@dataclass(frozen=True)
class Answer:
    """What an errand came to."""

    outcome: Outcome
    memories: Mapping[str, Mapping[str, Any]]
    """Those of the errand, as they are now."""
    made: Mapping[str, list[Any]]
    """The wanted values, one entry a segment; without a name whose stage failed."""


def key_of(stage: Stage) -> str:
    """What this stage is called in every process: its run, or its name where it has none."""
    return stage.name if stage.run is None else stage.run.id
