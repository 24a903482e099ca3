"""Boxes of a video from whoever knows them: a file beside it, else the workspace's detectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from midspan.records import EventTrack

if TYPE_CHECKING:
    from midspan.models.action.boxes.detector import Detector
    from midspan.models.action.boxes.hand_events import HandEvent
    from midspan.models.action.boxes.timeline import PackedBoxes, Timeline
    from midspan.models.action.data.arrays import Layout
    from midspan.pipelines.stage import Frames


class BoxSight:
    """See :class:`midspan.pipelines.sight.Sight`. What it uses loads OpenCV and SciPy, so on first use."""

    def __init__(
        self,
        detector: Callable[[], Detector | None],
        identity: str,
        modality: str = "boxes",
        *,
        everywhere: bool = True,
    ) -> None:
        """``detector`` gives None where files beside videos alone are asked."""
        self._detector, self.everywhere = detector, everywhere
        self.identity, self.modality = identity, modality

    def see(self, frames: Frames, check: Callable[[], None]) -> PackedBoxes | None:
        """None where nobody knows boxes of this video."""
        from midspan.models.action.boxes.timeline import packed

        if frames.boxes is not None:
            return packed(frames.times, frames.boxes)
        detector = self._detector()
        return None if detector is None else packed(frames.times, detector(frames.rgb, check))

    def over(self, parts: Sequence[PackedBoxes]) -> SeenBoxes:
        from midspan.models.action.boxes.timeline import Timeline

        return SeenBoxes(Timeline(parts))


class SeenBoxes:
    """See :class:`midspan.pipelines.sight.Seen`."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline

    def layout(self, start: float) -> Layout:
        return self._timeline.layout(start)

    def tracks(self, start: float, end: float) -> tuple[EventTrack, ...]:
        from midspan.models.action.boxes.moments import during
        from midspan.models.action.boxes.timeline import RATE

        return during(self._timeline.tracks, fps=RATE, start=start, end=end)

    def happenings(self, shaken: Sequence[tuple[float, float]]) -> Sequence[HandEvent]:
        from midspan.models.action.boxes.hand_events import hand_events

        return hand_events(self._timeline.tracks, shaken)
