"""The shipped detector on drawn clips and films that nobody chose anything by, and on videos of other kinds.

    python -m benchmarks.detector [--films N] [--seed N]

Films of the test split in both camera styles, at 2 frames a second, scaled as the reader does. A true box
is found where a box of its category overlaps it by 0.5 or more, one to one; a false box belongs to none.
Then what plain events say of the same films, from boxes at 8 frames a second: a motion with a hand is right
where a true thing moves that way on the screen by 0.04 of the picture or more in that time. In the two
videos that ship and are not drawn by midspan there is neither.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import write
from midspan.corpus import folder as corpus
from midspan.models.action.boxes.detector import SHIPPED, shipped_detector
from midspan.models.action.boxes.frame_boxes import FrameBoxes
from midspan.models.action.boxes.hand_events import HandEvent, hand_events
from midspan.models.action.boxes.learned.detector import LearnedDetector
from midspan.models.action.boxes.matching import Found, matched, total
from midspan.models.action.boxes.timeline import RATE, Timeline, packed
from midspan.models.action.data.arrays import Style
from midspan.models.action.data.film import Film, make_film
from midspan.models.action.data.splits import STYLES
from midspan.models.action.data.tracks import TrueTrack
from midspan.models.kit.card import read_card
from midspan.pipelines.readers import video

HEIGHT = 96
EVERY = 4
"""Of the frames at ``RATE`` those that boxes are counted in."""
MOVED = 0.04
FILMED = ("big-buck-bunny.mp4", "city-time-lapse.mp4")
"""Those of the videos that ship in which nobody draws a hand."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    detector = shipped_detector()
    rows = [row for style in STYLES for row in _drawn(detector, style, options.films, options.seed)]
    rows += [row for name in FILMED for row in _filmed(detector, corpus() / "videos" / name)]
    write(
        "detector",
        "Hands and things found by the shipped detector",
        ["video", "what", "boxes or claims", "recall %", "false a frame", "right %", "ms a frame"],
        rows,
        [
            f"{options.films} films of the test split a camera style, seed {options.seed}; weights "
            f"{read_card(SHIPPED)['weights_sha256'][:12]}; one thread.",
            "A claim is a motion with a hand, told from the detector's own boxes; of the last two videos "
            "every hand is false, and things are not counted, since there are some.",
        ],
    )


def _drawn(detector: LearnedDetector, style: Style, films: int, seed: int) -> Iterator[list[Any]]:
    counts: dict[str, list[Found]] = {"hand": [], "object": []}
    claims, right, spent, frames_seen = 0, 0, 0.0, 0
    for index in range(films):
        film = make_film("unseen_test", style=style, q=0.6, seed=(seed, index, 11))
        frames, true = _frames(film), film.tracks(RATE)
        began = time.process_time()
        found = detector(frames)
        spent, frames_seen = spent + time.process_time() - began, frames_seen + len(frames)
        for category, parts in counts.items():
            parts += [_matched(found[at], true, at, category) for at in range(0, len(frames), EVERY)]
        told = _moves(film, found)
        claims += len(told)
        right += sum(_is_right(one, true) for one in told)
    speed = f"{1000 * spent / frames_seen:.1f}"
    for category, parts in counts.items():
        all_ = total(parts)
        name = "hands" if category == "hand" else "things"
        yield [style, name, all_.true, f"{100 * all_.recall:.1f}", f"{all_.false_a_frame:.3f}", "", speed]
    yield [style, "motion with a hand", claims, "", "", f"{100 * right / max(claims, 1):.0f}", ""]


def _frames(film: Film) -> Any:
    size = (round(HEIGHT * film.aspect), HEIGHT)
    return np.concatenate(list(film.frames(RATE, size)))


def _matched(found: FrameBoxes, true: list[TrueTrack], at: int, category: str) -> Found:
    mine = np.array([box.box for box in found if box.category == category]).reshape(-1, 4)
    there = np.array([track.boxes[at] for track in true if track.category == category]).reshape(-1, 4)
    return matched(mine, there[~np.isnan(there[:, 0])])


def _moves(film: Film, found: list[FrameBoxes]) -> list[HandEvent]:
    timeline = Timeline([packed(np.arange(len(found)) / RATE, found)])
    ways = [(one.leave, other.arrive) for one, other in pairwise(film.stops)]
    return [event for event in hand_events(timeline.tracks, ways) if event.direction]


def _is_right(event: HandEvent, true: list[TrueTrack]) -> bool:
    span = slice(int(event.start * RATE), int(event.end * RATE) + 1)
    axis, sign = {"left": (0, -1), "right": (0, 1), "up": (1, -1), "down": (1, 1)}[event.direction or "left"]
    for track in true:
        boxes = track.boxes[span][~np.isnan(track.boxes[span, 0])]
        if track.category == "object" and len(boxes) > 1:
            gone = (boxes[-1] - boxes[0])[[axis, axis + 2]] * sign
            if gone.min() >= MOVED:
                return True
    return False


def _filmed(detector: LearnedDetector, path: Path) -> Iterator[list[Any]]:
    found = [boxes for window in video.read(path) for boxes in detector(window.frames.rgb)]
    hands = sum(box.category == "hand" for boxes in found for box in boxes)
    yield [path.name, "hands", 0, "", f"{hands / len(found):.3f}", "", ""]


if __name__ == "__main__":
    main()
