"""The stage that measures motion and colour of video windows and tells stretches of motion.

Its events say how things move on the screen; what somebody does is left to a learned recogniser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from midspan.models.action.identity import RUN
from midspan.models.action.motion import Motion, Signature, in_words
from midspan.pipelines.stage import Batch, Stage
from midspan.records import ActionEvent, Embedding, Product, Provenance, Run, Segment, Source, record_id


@dataclass(frozen=True)
class _Window:
    segment: Segment
    signature: Signature


Windows = dict[int, _Window]
"""The windows of a source by ordinal."""


class ActionStage(Stage):
    """A visual vector a window; at the end of a source one event for each stretch of like motion."""

    name = "action"
    unit = "s"
    requires = ("frames",)
    produces = ("event", "embedding.visual")

    @property
    def run(self) -> Run:
        return RUN

    def open(self, source: Source) -> Windows:
        return {}

    def __call__(self, batch: Batch) -> list[Product]:
        from midspan.models.action.signature import describe  # loads OpenCV

        products: list[Product] = []
        for segment in batch.segments:
            frames = batch.frames[segment.id]
            signature = describe(frames.rgb, frames.times)
            windows: Windows = batch.memories[segment.source_id]
            windows[segment.ordinal] = _Window(segment, signature)
            products.append(
                Embedding(segment.id, segment.source_id, RUN.id, space="visual", vector=signature.vector)
            )
        return products

    def finish(self, memory: Windows) -> list[Product]:
        """Events of a source, in order."""
        windows = [memory[ordinal] for ordinal in sorted(memory)]
        return [_event(stretch) for stretch in _stretches(windows)]


def _stretches(windows: Sequence[_Window]) -> list[list[_Window]]:
    """Runs of neighbouring windows that move in the same way; windows in which nothing moves end one."""
    stretches: list[list[_Window]] = []
    for before, window in pairwise([None, *windows]):
        if window is None or not window.signature.motion.moving:
            continue
        if before is not None and stretches and stretches[-1][-1] is before and _alike(before, window):
            stretches[-1].append(window)
        else:
            stretches.append([window])
    return stretches


def _alike(a: _Window, b: _Window) -> bool:
    one, other = a.signature.motion, b.signature.motion
    follows = b.segment.ordinal == a.segment.ordinal + 1
    return follows and (one.direction, one.whole) == (other.direction, other.whole)


def _event(stretch: list[_Window]) -> ActionEvent:
    first, last = stretch[0].segment, stretch[-1].segment
    kind = stretch[0].signature.motion
    speed = float(np.mean([window.signature.motion.speed for window in stretch]))
    motion = Motion(speed, kind.direction, kind.whole)
    colours = np.mean([window.signature.colours for window in stretch], axis=0)
    brightness = float(np.mean([window.signature.brightness for window in stretch]))
    return ActionEvent(
        id=record_id("event", first.source_id, RUN.id, first.start, last.end),
        provenance=Provenance(first.source_id, RUN.id, first.id, "s", first.start, last.end),
        text=in_words(motion, colours, brightness),
        verb=f"moving {kind.direction}".strip(),
        nouns=(),
        score=speed / (speed + 0.1),
    )
