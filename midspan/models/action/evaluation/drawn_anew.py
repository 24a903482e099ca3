"""Clips of the benchmark's test split, drawn again with another bias of colour or with other boxes, so that
what was trained can be asked of them too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from midspan.models.action.boxes.detector import Detector
from midspan.models.action.boxes.timeline import RATE, Timeline, packed
from midspan.models.action.classes import NO_ACTION
from midspan.models.action.clips import Clips
from midspan.models.action.data.array_clips import array_clip, clips_of
from midspan.models.action.data.arrays import LAYOUT_FRAMES, ArrayClip, ArrayMeta, Arrays, Layout
from midspan.models.action.data.clip import Clip, even_times
from midspan.models.action.data.detector_noise import Noise, noise_of
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.splits import SHARES, STYLES, Split
from midspan.models.action.data.verbs import NAMES
from midspan.models.action.evaluation.films import SIZE

SPLIT: Split = "unseen_test"
VERBS = (*NAMES, NO_ACTION)


def drawn(each: int, *, q: float, seed: int) -> list[Clip]:
    """``each`` clips of both cameras; with the seed of a data set the first ones of its test split, but for
    their colours where ``q`` is another."""
    total = round(each / SHARES[SPLIT])
    return [
        clip
        for style in STYLES
        for clip in islice(clips_of(SPLIT, style=style, q=q, seed=seed, clips=total), each)
    ]


def as_clips(shown: Sequence[Clip], *, q: float, seed: int, noise: Noise | None = None) -> Clips:
    """With the boxes of a detector with this noise; by default with that of the camera."""
    made = [array_clip(one, noise or noise_of("matched", one.style)) for one in shown]
    styles = tuple(one.style for one in shown)
    return stacked(made, ArrayMeta(VERBS, NOUNS, styles, seed, q, noise or "matched"))


def by_detector(shown: Sequence[Clip], clips: Clips, detector: Callable[[], Detector]) -> Clips:
    """``clips``, which are these, with the boxes that a detector finds in their frames."""
    find, times = detector(), np.arange(LAYOUT_FRAMES) / RATE
    layouts: list[Layout] = []
    for one in shown:
        frames = one.frames(even_times(LAYOUT_FRAMES), SIZE)
        layouts.append(Timeline([packed(times, find(frames))]).layout(0.0))
    return Clips.of(replace(clips.parts[0], seen=_layouts(layouts)))


def stacked(clips: Sequence[ArrayClip], meta: ArrayMeta) -> Clips:
    """In memory."""
    columns = {
        name: np.stack([getattr(one, name) for one in clips])
        for name in ("rgb", "flow", "mel", "verb", "nouns")
    }
    seen, oracle = (_layouts([getattr(one, name) for one in clips]) for name in ("seen", "oracle"))
    return Clips.of(Arrays(**columns, seen=seen, oracle=oracle, meta=meta))


def _layouts(layouts: Sequence[Layout]) -> Layout:
    return Layout(*_stacks(layouts))


def _stacks(layouts: Sequence[Layout]) -> Iterator[np.ndarray]:
    for name in ("boxes", "categories", "scores"):
        yield np.stack([getattr(one, name) for one in layouts])
