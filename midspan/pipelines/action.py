"""The stage that looks at videos: what somebody does and when, and where nothing is known of that, how it
moves.

Of each segment it measures look and motion. Over the segments glide windows of two seconds, of which a
recogniser says what is done; at the end of the video these become actions in time, each with its place
among sentences. What shows no action has its motion told in
words and never a verb. What it is done with is named where boxes show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from midspan.models.action import identity
from midspan.models.action.data.arrays import SECONDS
from midspan.models.action.gliding import runs
from midspan.pipelines import stopping
from midspan.pipelines.sight import Sight
from midspan.pipelines.stage import Batch, Frames, Stage
from midspan.pipelines.telling import sayings, told_action, told_happening, told_motions, untold
from midspan.pipelines.video_memory import Looked, VideoMemory
from midspan.records import ActionEvent, Embedding, Product, Run, Segment, Source

if TYPE_CHECKING:
    from midspan.models.action.answering import Action
    from midspan.models.action.data.arrays import Layout
    from midspan.models.action.recogniser import Recogniser

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""n sentences to (n, d), rows of length 1."""
Check = Callable[[], None]


class ActionStage(Stage):
    """A visual vector a segment; at the end of a video its events, each with its vector among sentences."""

    name = "action"
    unit = "s"
    requires = ("frames",)
    produces = ("event", "embedding.visual", "embedding.event")

    def __init__(
        self,
        recogniser: Callable[[], Recogniser] | None = None,
        encode: Encode | None = None,
        sight: Sight | None = None,
        run: Run | None = None,
    ) -> None:
        """Without a recogniser motion alone is told, without ``encode`` events have no vectors, without
        ``sight`` there are no boxes. ``run`` names them all."""
        self._recogniser, self._encode, self._sight = recogniser, encode, sight
        self._run = run or identity.run()

    @property
    def run(self) -> Run:
        return self._run

    def open(self, source: Source) -> VideoMemory:
        return VideoMemory()

    def __call__(self, batch: Batch) -> list[Product]:
        """The pictures of all segments are noted before anything is recognised, so that windows that reach
        from one into the next are answered alike however the segments come."""
        memories: dict[str, VideoMemory] = {}
        for segment in batch.segments if self._recogniser is not None else ():
            frames, memory = batch.frames[segment.id], batch.memories[segment.source_id]
            memory.gliding.add(segment.start, segment.end, frames.rgb, frames.times)
            memories[segment.source_id] = memory
        products: list[Product] = [self._look(segment, batch) for segment in batch.segments]
        for memory in memories.values():
            self._watch(memory, batch.check)
            memory.forget()
        return products

    def finish(self, memory: VideoMemory) -> list[Product]:
        """Events of a video, in order, and their vectors."""
        memory.gliding.close()
        self._watch(memory, stopping.go_on)
        events = sorted(
            self._events(memory), key=lambda one: (one.provenance.start, one.provenance.end, one.id)
        )
        return [*events, *self._vectors(events)]

    def _look(self, segment: Segment, batch: Batch) -> Embedding:
        from midspan.models.action.signature import describe  # loads OpenCV

        frames, memory = batch.frames[segment.id], batch.memories[segment.source_id]
        signature = describe(frames.rgb, frames.times)
        memory.looked[segment.ordinal] = Looked(segment, signature)
        if self._sees_at_once(frames):
            self._see(memory, {segment.start: frames}, batch.check)
        elif self._sight is not None:
            memory.set_aside(frames)
        return Embedding(segment.id, segment.source_id, self._run.id, space="visual", vector=signature.vector)

    def _sees_at_once(self, frames: Frames) -> bool:
        """Whether boxes are looked for before it is known where something may be done."""
        if self._sight is None:
            return False
        return self._recogniser is None or self._sight.everywhere or frames.boxes is not None

    def _see(self, memory: VideoMemory, pieces: Mapping[float, Frames], check: Check) -> None:
        """Note the boxes of frames, which are given by the second at which they begin."""
        assert self._sight is not None
        for start, frames in pieces.items():
            seen = self._sight.see(frames, check)
            if seen is not None:
                memory.boxes[start] = seen

    def _watch(self, memory: VideoMemory, check: Check) -> None:
        """Have the windows answered of which all is there, and boxes found where something may be done."""
        if self._recogniser is None or not memory.gliding.shown:
            return
        from midspan.models.action.answering import busy_spans, watch

        recogniser, sight = self._recogniser(), self._sight

        def layouts(starts: Sequence[float]) -> list[Layout]:
            assert sight is not None
            self._see(memory, memory.take([(one, one + SECONDS) for one in starts]), check)
            seen = sight.over(memory.seen_around(min(starts), max(starts) + SECONDS))
            return [seen.layout(start) for start in starts]

        known = sight is not None and bool(memory.boxes or memory.unseen)
        watch(memory.gliding, recogniser, layouts if known else None, check)
        if memory.unseen:
            spans = busy_spans(memory.gliding, recogniser, min(memory.unseen))
            self._see(memory, memory.take(spans), check)

    def _events(self, memory: VideoMemory) -> list[ActionEvent]:
        done, run, sight = self._actions(memory), self._run, self._sight
        told = told_motions(memory, done, run)
        if sight is None:
            return told + [told_action(memory, one, run, (), "") for one in done]
        seen = sight.over(memory.seen)
        for one in done:
            tracks = seen.tracks(one.span.start, one.span.end)
            told.append(told_action(memory, one, run, tracks, sight.modality))
        return told + [
            told_happening(memory, part, run, seen.tracks(part.start, part.end), sight.modality)
            for one in seen.happenings(memory.shaken)
            for part in untold(one, done)
        ]

    def _actions(self, memory: VideoMemory) -> list[Action]:
        if self._recogniser is None or not memory.gliding.said:
            return []
        from midspan.models.action.answering import actions

        recogniser = self._recogniser()
        return [one for run in runs(memory.gliding.said) for one in actions(run, recogniser)]

    def _vectors(self, events: Sequence[ActionEvent]) -> list[Embedding]:
        """Each event among the sentences."""
        if self._encode is None or not events:
            return []
        from midspan.models.action.aligning import convex

        said = [sayings(event) for event in events]
        texts = list(dict.fromkeys(text for saying in said for text, _ in saying))
        vectors = dict(zip(texts, self._encode(texts), strict=True))
        return [
            Embedding(
                event.provenance.segment_id,
                event.provenance.source_id,
                self._run.id,
                space="event",
                vector=convex(
                    [share for _, share in saying], np.stack([vectors[text] for text, _ in saying])
                ),
                record_id=event.id,
            )
            for event, saying in zip(events, said, strict=True)
        ]
