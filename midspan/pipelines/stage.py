"""A stage: segments in, products out; and the check that a list of stages fits together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from midspan.errors import WrongUse
from midspan.records import Product, Run, Segment, Unit


@dataclass(frozen=True)
class Frames:
    """The frames of one video window."""

    rgb: npt.NDArray[np.uint8]
    """(n, h, w, 3), rows from the top, the short side scaled down to at most 96 pixels."""
    times: npt.NDArray[np.float64]
    """(n,) presentation times in seconds, ascending."""


@dataclass
class Batch:
    """Segments of one unit, of any number of sources, with what earlier stages left for later ones."""

    segments: Sequence[Segment]
    frames: dict[str, Frames] = field(default_factory=dict)
    """Frames by segment id; for windows only."""
    shared: dict[str, list[Any]] = field(default_factory=dict)
    """What stages pass on without storing it, as ``parse``: one entry a segment."""


class Stage(ABC):
    """One step of the pipeline.

    A stage raises when it cannot do a segment; the ingest loop finds the segment, records the failure
    and goes on with the rest. Calling it again with the same segments gives the same products.
    """

    name: str
    unit: Unit
    requires: tuple[str, ...] = ()
    """Names in ``Batch.shared`` (or ``sentence``, ``frames``) that must be there."""
    produces: tuple[str, ...] = ()
    """Names put into ``Batch.shared``, or kinds of products."""

    @property
    @abstractmethod
    def run(self) -> Run | None:
        """Who says it; None for a stage that stores nothing (a run of its own would mean nothing)."""

    @abstractmethod
    def __call__(self, batch: Batch) -> list[Product]:
        """The products of these segments, each with ids made by ``record_id`` from this run."""

    def finish(self, source_id: str) -> list[Product]:
        """What can only be said after a source's last segment; called once, in segment order."""
        return []


def check_order(stages: Sequence[Stage]) -> None:
    """Refuse a list in which a stage needs what no stage before it produces."""
    for unit, given in (("char", "sentence"), ("s", "frames")):
        ready = {given}
        for stage in stages:
            if stage.unit != unit:
                continue
            missing = [name for name in stage.requires if name not in ready]
            if missing:
                raise WrongUse(
                    f"stage {stage.name!r} requires {', '.join(missing)}, which no stage before it "
                    f"produces; there is {', '.join(sorted(ready))}"
                )
            ready.update(stage.produces)
