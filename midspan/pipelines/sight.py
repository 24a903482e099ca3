"""Whoever knows where hands and things are in a video, as the stage of actions sees it.

The one place where boxes come in: a detector, or a file beside the video. Without them a window is told
from its pictures alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from midspan.records import EventTrack

if TYPE_CHECKING:
    from midspan.models.action.data.arrays import Layout
    from midspan.pipelines.stage import Frames


class Happening(Protocol):
    """What boxes show of themselves, as "a hand is there"."""

    @property
    def start(self) -> float: ...

    @property
    def end(self) -> float: ...

    @property
    def verb(self) -> str: ...

    @property
    def noun(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def lasting(self) -> bool:
        """Whether it is true of any part of its time as of the whole."""

    @property
    def score(self) -> float: ...


class Seen(Protocol):
    """What is known of the boxes of a video, or of a part of it."""

    def layout(self, start: float) -> Layout:
        """Of the two seconds from ``start`` on."""

    def tracks(self, start: float, end: float) -> tuple[EventTrack, ...]:
        """Of hands and things while an event lasts, seconds, half-open."""

    def happenings(self, shaken: Sequence[tuple[float, float]]) -> Sequence[Happening]:
        """In order of time; ``shaken`` are the times in which the whole picture moves."""


class Sight(Protocol):
    @property
    def identity(self) -> str:
        """Of what finds the boxes; part of the run."""

    @property
    def modality(self) -> str:
        """What an event says that rests on it: "boxes" or "hands"."""

    @property
    def everywhere(self) -> bool:
        """Whether it sees what a recogniser does not know of, and so is asked of a whole video; else only
        where something may be done."""

    def see(self, frames: Frames, check: Callable[[], None]) -> Any:
        """What is to be remembered of some frames, small and picklable; None where nobody knows boxes of
        them."""

    def over(self, parts: Sequence[Any]) -> Seen:
        """``parts`` is what :meth:`see` gave of frames of one video, in order; some may be left out."""
