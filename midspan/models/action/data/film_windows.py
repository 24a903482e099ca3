"""Windows of long films as clips: what a network must see to tell an action from none, wherever it begins.

A clip of the benchmark holds one act from beginning to end. A window that slides over a film seldom does: it
comes too early or too late, or shows a hand that passes, a camera that moves on, a table at rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from midspan.models.action.classes import NO_ACTION
from midspan.models.action.data.arrays import (
    LAYOUT_FRAMES,
    SECONDS,
    SIDE,
    STEP,
    ArrayClip,
    ArrayMeta,
    Layout,
    Style,
)
from midspan.models.action.data.detector_noise import Noise, detect, layout, oracle
from midspan.models.action.data.film import Film, FilmEvent, make_film
from midspan.models.action.data.flow import optical_flow
from midspan.models.action.data.mel import log_mel
from midspan.models.action.data.nouns import NOUNS
from midspan.models.action.data.other_videos import KINDS, other_windows
from midspan.models.action.data.sound import RATE, Samples, waveform
from midspan.models.action.data.splits import SPLITS, STYLES, Split
from midspan.models.action.data.tracks import TrueTrack
from midspan.models.action.data.verbs import NAMES

LEARNED_FROM: tuple[Split, ...] = ("train", "unseen_selection")
"""Splits of whose films windows are cut; on those of the others one measures whole films."""
FPS = round(LAYOUT_FRAMES / SECONDS)
COVERED, MISSED = 0.8, 0.5
"""Shares of an event (of two seconds of one that is longer). A window shows an event of which it covers the
first, and none if it covers no more than the second of any; nothing is learned of what lies between."""
A_FILM = 14
"""Windows that are cut from a film."""
OTHERS = 4
"""Windows of videos in which nobody handles anything, for each film."""
OF_EACH = A_FILM + OTHERS
_OF_EVENTS = 9
"""How many of those show an event, where there are enough."""


@dataclass(frozen=True)
class Told:
    """Windows that start at each frame of a film: what each shows."""

    events: npt.NDArray[np.int64]
    """(starts,): index of the event; -1 for none, -2 for what is neither."""
    most: npt.NDArray[np.float64]
    """(starts,): how much of any event is covered."""


def windows_of(
    split: Split, *, style: Style, q: float, seed: int, films: int, noise: Noise
) -> Iterator[ArrayClip]:
    """``A_FILM`` windows of each of ``films`` films that are written nowhere, then ``OTHERS`` a film of other
    videos."""
    for index in range(films):
        own = (seed, SPLITS.index(split), STYLES.index(style), index, 6)
        film = make_film(split, style=style, q=q, seed=own)
        yield from windows_in(film, noise, np.random.default_rng((*own, 7)))
    random = np.random.default_rng((seed, SPLITS.index(split), STYLES.index(style), 8))
    for kind in random.permutation(np.arange(OTHERS * films) % len(KINDS)):
        yield _other(KINDS[kind], noise, random)


def windows_meta(*, style: Style, q: float, seed: int, films: int, noise: Noise) -> ArrayMeta:
    return ArrayMeta((*NAMES, NO_ACTION), NOUNS, (style,) * (films * OF_EACH), seed, q, noise)


def windows_in(film: Film, noise: Noise, random: np.random.Generator) -> Iterator[ArrayClip]:
    frames = np.concatenate(list(film.frames(FPS, (SIDE, SIDE))))
    events = film.events()
    told = tell(events, len(frames))
    tracks = film.tracks(FPS)
    tracks = [tracks[i] for i in random.permutation(len(tracks))]
    seen, true, wave = layout(detect(tracks, noise, FPS, random)), layout(oracle(tracks)), film.wave()
    for start in chosen(told, random):
        rgb = frames[start : start + LAYOUT_FRAMES : STEP]
        verb, nouns = _labels(events, int(told.events[start]))
        yield ArrayClip(
            rgb=rgb,
            flow=optical_flow(rgb),
            mel=log_mel(_heard(wave, start)),
            seen=_part(seen, start),
            oracle=_part(true, start),
            verb=np.array(verb, np.int16),
            nouns=np.array(nouns, np.int16),
        )


def tell(events: list[FilmEvent], frames: int) -> Told:
    """Of every window that lies within the film; raises nothing for a film that is shorter than a window."""
    starts = np.arange(max(0, frames - LAYOUT_FRAMES + 1)) / FPS
    shares = np.zeros((len(starts), len(events) + 1))
    for number, event in enumerate(events):
        shared = np.minimum(starts + SECONDS, event.end) - np.maximum(starts, event.start)
        shares[:, number + 1] = np.maximum(shared, 0) / min(SECONDS, event.end - event.start)
    best = shares.argmax(1)
    most = shares.max(1)
    others = np.sort(shares, axis=1)[:, -2] if len(events) else most
    found = np.where((most >= COVERED) & (others <= MISSED), best - 1, -2)
    return Told(np.where(most <= MISSED, -1, found), most)


def chosen(told: Told, random: np.random.Generator) -> list[int]:
    """``A_FILM`` starts: of events in turn, and of none, half of these beside an event."""
    names = random.permutation(np.unique(told.events[told.events >= 0]))
    starts: list[int] = []
    for turn in range(_OF_EVENTS):
        if len(names):
            starts.append(int(random.choice(np.flatnonzero(told.events == names[turn % len(names)]))))
    idle = told.events == -1
    beside = idle & (told.most > 0)
    while len(starts) < A_FILM:
        group = beside if len(starts) % 2 and beside.any() else idle
        starts.append(int(random.choice(np.flatnonzero(group if group.any() else told.events >= -2))))
    return starts


def _other(kind: str, noise: Noise, random: np.random.Generator) -> ArrayClip:
    """What a detector sees there is nothing but its own strays."""
    (rgb,) = other_windows(1, random, [kind])
    nothing = TrueTrack("", "object", "", np.full((LAYOUT_FRAMES, 4), np.nan, np.float32))
    return ArrayClip(
        rgb=rgb,
        flow=optical_flow(rgb),
        mel=log_mel(waveform([], SECONDS, random)),
        seen=layout(detect([nothing], noise, FPS, random)),
        oracle=layout(oracle([nothing])),
        verb=np.array(len(NAMES), np.int16),
        nouns=np.array((-1, -1), np.int16),
    )


def _labels(events: list[FilmEvent], event: int) -> tuple[int, tuple[int, int]]:
    if event < 0:
        return len(NAMES), (-1, -1)
    nouns = [NOUNS.index(noun) for noun in events[event].nouns]
    return NAMES.index(events[event].verb), (nouns[0], nouns[1] if len(nouns) > 1 else -1)


def _part(whole: Layout, start: int) -> Layout:
    rows = slice(start, start + LAYOUT_FRAMES)
    return Layout(whole.boxes[rows], whole.categories[rows], whole.scores[rows])


def _heard(wave: Samples, start: int) -> Samples:
    begin, samples = round(start * RATE / FPS), round(SECONDS * RATE)
    part = wave[begin : begin + samples]
    return np.pad(part, (0, samples - len(part)))
