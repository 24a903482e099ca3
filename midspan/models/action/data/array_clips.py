"""Clips of the benchmark as arrays, ready to learn from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from midspan.models.action.classes import NO_ACTION
from midspan.models.action.data import arrays, splits
from midspan.models.action.data.arrays import SECONDS, ArrayClip, ArrayMeta, Style
from midspan.models.action.data.clip import Clip, even_times, make_clip
from midspan.models.action.data.detector_noise import Noise, detect, layout, oracle
from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.mel import log_mel
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.splits import SPLITS, STYLES, Split
from midspan.models.action.data.verbs import NAMES, VERBS


def clips_of(split: Split, *, style: Style, q: float, seed: int, clips: int) -> Iterator[Clip]:
    """The clips of a split, of ``clips`` in all; no two splits or styles share a seed."""
    for index in range(splits.count(split, clips)):
        own = (seed, SPLITS.index(split), STYLES.index(style), index)
        verb, noun, other = splits.draw(split, index, np.random.default_rng((*own, 2)))
        yield make_clip(verb=verb, noun=noun, other=other, style=style, q=q, seed=own)


def meta_of(split: Split, *, style: Style, q: float, seed: int, clips: int, noise: Noise) -> ArrayMeta:
    return ArrayMeta((*NAMES, NO_ACTION), NOUNS, (style,) * splits.count(split, clips), seed, q, noise)


def array_clip(clip: Clip, noise: Noise) -> ArrayClip:
    times = even_times(arrays.LAYOUT_FRAMES)
    rgb = clip.frames(times[:: arrays.STEP], (arrays.SIDE, arrays.SIDE))
    random = np.random.default_rng((*clip.seed, 3))
    tracks = clip.tracks(times)
    tracks = [tracks[i] for i in random.permutation(len(tracks))]  # no slot tells which thing it is about
    second = clip.other if VERBS[clip.verb].nouns == 2 else -1
    return ArrayClip(
        rgb=rgb,
        flow=optical_flow(rgb),
        mel=log_mel(clip.wave()),
        seen=layout(detect(tracks, noise, arrays.LAYOUT_FRAMES / SECONDS, random)),
        oracle=layout(oracle(tracks)),
        verb=np.array(clip.verb, np.int16),
        nouns=np.array([clip.noun, second], np.int16),
    )
