"""The boxes of the tabletop benchmark beside those of annotated real clips, and how fast it is drawn.

    python -m benchmarks.tabletop [--clips N] [--seed N]

The real figures were counted once on the annotated boxes of thirteen clips of Something-Something.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from itertools import islice

import cv2
import numpy as np

from benchmarks.common import write
from midspan.models.action.data.array_clips import array_clip, clips_of
from midspan.models.action.data.arrays import Style
from midspan.models.action.data.clip import Clip, even_times
from midspan.models.action.data.splits import SHARES, STYLES
from midspan.models.action.data.tracks import TrueTrack

FRAMES = 24
MEASURED = 200
"""Clips of which the rate is measured."""
REAL = {
    "hand, median width x height": ".39 x .58",
    "thing, median width x height": ".35 x .64",
    "thing, width of 10 % and 90 %": ".09, .90",
    "hands that touch the border": "63 %",
    "things that touch the border": "52 %",
    "frames without a hand": "39 %",
    "first hand nearest to left, bottom, right, top": "6, 4, 2, 0 of 12",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    columns = {style: _measure(style, options.clips, options.seed) for style in STYLES}
    rows = [
        [name, REAL.get(name, ""), *(columns[style][name] for style in STYLES)] for name in columns["table"]
    ]
    write(
        "tabletop",
        "The tabletop benchmark beside real clips",
        ["", "real", *STYLES],
        rows,
        [
            f"{options.clips} clips of the training split a style, seed {options.seed}, boxes of {FRAMES} "
            "frames a clip; widths and heights are shares of the picture.",
            "Drawn: 8 pictures of 64 x 64, their flow, 16 frames of boxes with realistic noise, and the "
            "spectrogram; CPU seconds of one core, on a machine with other work.",
        ],
    )


def _measure(style: Style, clips: int, seed: int) -> dict[str, str]:
    tracks = [clip.tracks(even_times(FRAMES)) for clip in _clips(style, clips, seed)]
    hands, things = (_boxes(tracks, category) for category in ("hand", "object"))
    width, _ = _sides(things)
    empty = np.mean([np.isnan([t.boxes[:, 0] for t in of if t.category == "hand"]).all(0) for of in tracks])
    start = time.process_time()
    for clip in islice(_clips(style, clips, seed), MEASURED):
        array_clip(clip, "realistic")
    rate = MEASURED / (time.process_time() - start)
    return {
        "hand, median width x height": _medians(hands),
        "thing, median width x height": _medians(things),
        "thing, width of 10 % and 90 %": ", ".join(_share(np.quantile(width, q)) for q in (0.1, 0.9)),
        "hands that touch the border": f"{_touching(hands):.0%}".replace("%", " %"),
        "things that touch the border": f"{_touching(things):.0%}".replace("%", " %"),
        "frames without a hand": f"{empty:.0%}".replace("%", " %"),
        "first hand nearest to left, bottom, right, top": _entries(tracks),
        "clips drawn a CPU second": f"{rate:.0f}",
    }


def _clips(style: Style, clips: int, seed: int) -> Iterator[Clip]:
    return clips_of("train", style=style, q=0.6, seed=seed, clips=round(clips / SHARES["train"]))


def _boxes(tracks: list[list[TrueTrack]], category: str) -> np.ndarray:
    boxes = np.concatenate([track.boxes for of in tracks for track in of if track.category == category])
    return boxes[~np.isnan(boxes[:, 0])]


def _sides(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]


def _share(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")


def _medians(boxes: np.ndarray) -> str:
    return " x ".join(_share(np.median(side)) for side in _sides(boxes))


def _touching(boxes: np.ndarray) -> float:
    return float(((boxes[:, :2] <= 0.004).any(1) | (boxes[:, 2:] >= 0.996).any(1)).mean())


def _entries(tracks: list[list[TrueTrack]]) -> str:
    firsts = [of[0].boxes[~np.isnan(of[0].boxes[:, 0])] for of in tracks]
    nearest = [int(np.argmin([b[0][0], 1 - b[0][3], 1 - b[0][2], b[0][1]])) for b in firsts if len(b)]
    counts = np.bincount(nearest, minlength=4)
    return ", ".join(f"{count / counts.sum():.0%}".replace("%", " %") for count in counts)


if __name__ == "__main__":
    main()
