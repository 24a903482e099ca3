"""How well boxes are joined to tracks under the noise of a detector, against the generator's own tracks.

    python -m benchmarks.tracks [--films N] [--seed N]

Long videos of the test split of the tabletop benchmark in both camera styles, at 12 frames a second. A true
box is found where a box of its category overlaps it by 0.3 or more, one to one. A switch is where two boxes
of a thing that follow one another were joined to different tracks. The settings are the tracker's defaults.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.common import seconds, write
from midspan.models.action.boxes.frame_boxes import Category, FrameBox
from midspan.models.action.boxes.tracker import BoxTrack, TrackerSettings, overlap, track_boxes
from midspan.models.action.data.arrays import HAND
from midspan.models.action.data.detector_noise import NOISES, Detections, detect
from midspan.models.action.data.film import make_film
from midspan.models.action.data.splits import STYLES
from midspan.models.action.data.tracks import TrueTrack

FPS = 12.0
LEAST_OVERLAP = 0.3
CATEGORIES: tuple[Category, ...] = ("hand", "object")
WAYS = {
    "boxes as detected": None,
    "tracks, no miss bridged": TrackerSettings(most_missed=0.0),
    "tracks, misses bridged": TrackerSettings(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rows = []
    for style in STYLES:
        for noise in NOISES:
            counts = {way: Counter[str]() for way in WAYS}
            for index in range(options.films):
                film = make_film("unseen_test", style=style, q=0.6, seed=(options.seed, index))
                true = film.tracks(FPS)
                found = detect(true, noise, FPS, np.random.default_rng((options.seed, index)))
                for way, settings in WAYS.items():
                    counts[way] += _count(true, found, settings)
            rows += [[style, noise, way, *_figures(count)] for way, count in counts.items()]
    write(
        "tracks",
        "Boxes joined to tracks",
        ["camera", "noise", "way", "recall", "precision", "switches a minute", "frames a second"],
        rows,
        [
            f"{options.films} videos of the test split a row, seed {options.seed}, overlap of "
            f"{LEAST_OVERLAP} or more; what a track's interpolation adds counts as a box.",
            "Under realistic noise two to three boxes a frame are of nothing, which no tracker can know: "
            "hence the precision.",
        ],
    )


def _count(true: list[TrueTrack], found: Detections, settings: TrackerSettings | None) -> Counter[str]:
    frames, sources = _frames(found)
    count = Counter(frames=len(frames))
    if settings is None:
        shown = [[(box.category, np.array(box.box)) for box in frame] for frame in frames]
    else:
        tracks: list[BoxTrack] = []
        count["microseconds"] = round(
            1e6 * seconds(lambda: tracks.extend(track_boxes(frames, fps=FPS, settings=settings)))
        )
        shown = [_at(tracks, frame) for frame in range(len(frames))]
        count["switches"] = _switches(tracks, sources)
    for frame, boxes in enumerate(shown):
        for category in CATEGORIES:
            count += _matched(true, boxes, category, frame)
    return count


def _frames(found: Detections) -> tuple[list[list[FrameBox]], list[list[int]]]:
    """The boxes of each frame, and the true track of each (-1: none)."""
    frames: list[list[FrameBox]] = []
    sources: list[list[int]] = []
    for frame in range(found.boxes.shape[1]):
        rows = np.flatnonzero(~np.isnan(found.boxes[:, frame, 0]))
        sources.append([found.tracks[row] for row in rows])
        frames.append([_box(found, row, frame) for row in rows])
    return frames, sources


def _box(found: Detections, row: int, frame: int) -> FrameBox:
    left, top, right, bottom = found.boxes[row, frame].tolist()
    category: Category = "hand" if found.categories[row] == HAND else "object"
    return FrameBox(category, (left, top, right, bottom), float(found.scores[row, frame]))


def _at(tracks: list[BoxTrack], frame: int) -> list[tuple[Category, np.ndarray]]:
    return [
        (track.category, track.boxes[frame - track.start])
        for track in tracks
        if track.start <= frame < track.start + len(track.boxes)
    ]


def _switches(tracks: list[BoxTrack], sources: list[list[int]]) -> int:
    joined: dict[int, list[tuple[int, int]]] = {}
    for number, track in enumerate(tracks):
        for frame, index in track.sources:
            joined.setdefault(sources[frame][index], []).append((frame, number))
    numbers = [[number for _, number in sorted(of)] for true, of in joined.items() if true >= 0]
    return sum(one != next_one for of in numbers for one, next_one in pairwise(of))


def _matched(
    true: list[TrueTrack], boxes: Sequence[tuple[Category, np.ndarray]], category: Category, frame: int
) -> Counter[str]:
    there = [t.boxes[frame] for t in true if t.category == category and not np.isnan(t.boxes[frame, 0])]
    shown = [box for kind, box in boxes if kind == category]
    count = Counter(true=len(there), shown=len(shown))
    if there and shown:
        shares = overlap(np.array(shown), np.array(there, float))
        count["matched"] = int((shares[linear_sum_assignment(-shares)] >= LEAST_OVERLAP).sum())
    return count


def _figures(count: Counter[str]) -> list[str]:
    recall, precision = count["matched"] / count["true"], count["matched"] / count["shown"]
    if not count["microseconds"]:
        return [f"{recall:.3f}", f"{precision:.3f}", "", ""]
    minutes = count["frames"] / FPS / 60
    rate = round(1e6 * count["frames"] / count["microseconds"], -2)
    return [f"{recall:.3f}", f"{precision:.3f}", f"{count['switches'] / minutes:.1f}", f"{rate:,.0f}"]


if __name__ == "__main__":
    main()
