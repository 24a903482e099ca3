"""A stage: segments in, products out; and the check that a list of stages fits together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from midspan.errors import WrongUse
from midspan.pipelines import stopping
from midspan.records import Product, Run, Segment, Source, Unit

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from midspan.models.action.boxes.frame_boxes import FrameBoxes

PORTION = 64
"""Half a second of a parser's work, within which nobody can stop it."""
WHOLE = 1 << 20
"""A whole batch, however large."""


@dataclass(frozen=True)
class Frames:
    """The frames of one video window."""

    rgb: npt.NDArray[np.uint8]
    """(n, h, w, 3), rows from the top, the short side scaled down to at most 96 pixels."""
    times: npt.NDArray[np.float64]
    """(n,) presentation times in seconds, ascending."""
    boxes: tuple[FrameBoxes, ...] | None = None
    """Of each frame, as a file beside the video has them; None where there is none."""

    def at(self, chosen: npt.NDArray[np.bool_]) -> Frames:
        """Some of them, without boxes of a file; ``chosen`` (n,)."""
        return Frames(self.rgb[chosen], self.times[chosen])


@dataclass
class Batch:
    """Segments of one unit, of any number of sources, with what earlier stages left for later ones."""

    segments: Sequence[Segment]
    frames: dict[str, Frames] = field(default_factory=dict)
    """Frames by segment id; for windows only."""
    shared: dict[str, list[Any]] = field(default_factory=dict)
    """What stages pass on without storing it, as ``parse``: one entry a segment."""
    memories: Mapping[str, Any] = field(default_factory=dict)
    """What the stage at hand remembers of each source in the batch, by source id: what its ``open`` gave."""
    check: Callable[[], None] = stopping.go_on
    """To be called in long work a few times a second; what it raises must get out of the stage."""


class Stage(ABC):
    """One step of the pipeline.

    A stage raises when it cannot do a segment; the ingest loop finds the segment, records the failure
    and goes on with the rest. Calling it again with the same segments gives the same products.

    A stage keeps nothing of a source in itself. What it must know of earlier segments stands in a memory
    that ``open`` makes and the ingest loop owns, from before the source's first segment until its end, or
    until reading it breaks off, or the loop stops or raises. Each ingestion of a source begins with a new
    memory and with its first segment, also when the segments come from the store.

    The segments of a source come in ascending ordinal, over several batches, among those of other sources.
    When a batch fails, its halves come again, down to the single segment: so a segment may come when the
    memory holds it already, and later ones, and must be answered as if it came for the first time. To be
    answered alike whether or not an earlier segment failed, note all segments in the memory before doing
    what may fail.

    Stages may run in several processes (see ``crew``). A memory goes with the segments to the process that
    they are given to and comes back, so it is small and picklable; a source's next segments wait for it. The
    segments of a stage that has no memories may come in any order.
    """

    name: str
    unit: Unit
    requires: tuple[str, ...] = ()
    """Names in ``Batch.shared`` (or ``sentence``, ``frames``) that must be there."""
    portion: int = PORTION
    """Segments that it gets at once. With more, it calls ``Batch.check`` itself."""
    uses: tuple[str, ...] = ()
    """Names in ``Batch.shared`` that it takes where a stage before it has made them. That stage may have run
    in another process, so they are picklable; what it ``requires`` is made in the same one."""
    produces: tuple[str, ...] = ()
    """Names put into ``Batch.shared``, or kinds of products."""

    @property
    @abstractmethod
    def run(self) -> Run | None:
        """Who says it; None for a stage that stores nothing (a run of its own would mean nothing)."""

    @property
    def remembers(self) -> bool:
        """It has memories, so that the segments of a source must come in order."""
        return type(self).open is not Stage.open

    def open(self, source: Source) -> Any:
        """The memory of a source, empty; called before its first segment."""
        return None

    @abstractmethod
    def __call__(self, batch: Batch) -> list[Product]:
        """The products of these segments, each with ids made by ``record_id`` from this run."""

    def finish(self, memory: Any) -> list[Product]:
        """What can only be said after a source's last segment; the memory ends with it.

        Called once, and only if no segment failed in this stage: what was said without one of them would
        stay beside what is said with it, once that one is retried.
        """
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
