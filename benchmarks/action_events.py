"""Long videos to actions in time: how well, how often wrongly, and how fast.

    python -m benchmarks.action_events [--films N] [--others N] [--seconds N] [--seed N]

Films of the test split of the tabletop benchmark in both camera styles, seen as the product sees videos; the
rules are those kept with the shipped recogniser. Claims are counted on kinds of video without manipulation
that nothing was learned from, and a kind claims an action where any of its films does. The rate is that of a
drawn video of 640 x 360, encoded as H.264: decoding it with PyAV to the same frames, reading it as an ingest
does, and reading it to events.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import av
import numpy as np

from benchmarks.common import seconds, write
from midspan.models.action.data.film import make_film
from midspan.models.action.data.other_videos import MEASURED_KINDS, other_film
from midspan.models.action.data.splits import STYLES
from midspan.models.action.data.video_files import write_video
from midspan.models.action.evaluation.films import (
    FilmSaid,
    answers,
    claiming,
    f1,
    film_frames,
    film_truth,
    said_of,
)
from midspan.models.action.evaluation.localisation import OVERLAPS, Interval, mean_average_precision
from midspan.models.action.recogniser import Recogniser, shipped
from midspan.pipelines.action import ActionStage
from midspan.pipelines.readers.video import FRAME_SIDE, SAMPLE_FPS, read
from midspan.pipelines.segmenting import reading_run, segment_video
from midspan.pipelines.stage import Batch
from midspan.records import Source

WIDTH, HEIGHT = 640, 360
REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=20, help="of each camera style")
    parser.add_argument("--others", type=int, default=3, help="films of each kind without manipulation")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of the video that is timed")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    recogniser = shipped()
    rows = [*_found(recogniser, options.films, options.seed)]
    rows += [*_claims(recogniser, options.others, options.seed)]
    rows += [*_rates(recogniser, options.seconds, options.seed)]
    write(
        "action_events",
        "Long videos to actions in time",
        ["measured", "value"],
        rows,
        [
            f"Rules: {recogniser.rules}.",
            f"Seed {options.seed}, {options.films} films a camera, {options.others} of 20 seconds a kind.",
            "The rates are those of one process; decoding uses what threads FFmpeg takes.",
        ],
    )


def _found(recogniser: Recogniser, films: int, seed: int) -> Iterator[list[Any]]:
    for style in STYLES:
        said: list[FilmSaid] = []
        truth: list[Interval] = []
        for index in range(films):
            film = make_film("unseen_test", style=style, q=0.6, seed=(seed, index, 17))
            said.append(said_of(recogniser, film_frames(film), str(index)))
            truth += film_truth(film, str(index))
        found = answers(said, recogniser.verbs, recogniser.rules)
        for least in OVERLAPS:
            yield [f"mAP at {least}, {style}", round(100 * mean_average_precision(found, truth, least), 1)]
        yield [f"F1 at 0.5, {style}", round(100 * f1(found, truth, 0.5), 1)]
        yield [f"actions in truth and claimed, {style}", f"{len(truth)} and {len(found)}"]


def _claims(recogniser: Recogniser, films: int, seed: int) -> Iterator[list[Any]]:
    claimed = {}
    for place, kind in enumerate(MEASURED_KINDS):
        said = [
            said_of(recogniser, other_film(kind, 20.0, np.random.default_rng((seed, place, number))), kind)
            for number in range(films)
        ]
        claimed[kind] = len(claiming(said, recogniser.rules))
        yield [f"films of {films} with an action: {kind}", claimed[kind]]
    yield [f"kinds of {len(claimed)} with a claim", sum(count > 0 for count in claimed.values())]


def _rates(recogniser: Recogniser, lasts: float, seed: int) -> Iterator[list[Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        length = _draw(path, lasts, seed)
        ways: dict[str, Callable[[], object]] = {
            "decoding to the same frames with PyAV": lambda: _decode(path),
            "reading as an ingest does": lambda: list(read(path)),
            "reading to events": lambda: _to_events(recogniser, path),
        }
        ways["reading to events"]()  # what loads on first use is loaded
        taken = {way: min(seconds(work) for _ in range(REPEATS)) for way, work in ways.items()}
    for way, spent in taken.items():
        yield [f"{way}, times real time", round(length / spent, 1)]
    first, *_, last = taken.values()
    yield ["events at the rate of decoding", round(first / last, 2)]


def _draw(path: Path, lasts: float, seed: int) -> float:
    """Films one after the other, at 12 frames a second; returns the length."""
    total, number, pieces = 0.0, 0, []
    while total < lasts:
        film = make_film("unseen_test", style="table", q=0.6, seed=(seed, number, 18))
        pieces += list(film.frames(12, (WIDTH, HEIGHT)))
        total, number = total + film.seconds, number + 1
    write_video(pieces, np.zeros(round(total * 16000), np.float32), (WIDTH, HEIGHT), path)
    return total


def _decode(path: Path) -> int:
    """To RGB pictures of the reader's size, at most eight a second."""
    count, due = 0, 0.0
    wide, high = round(WIDTH * FRAME_SIDE / HEIGHT), FRAME_SIDE
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"
        for frame in container.decode(stream):
            if frame.time is not None and frame.time >= due - 1e-6:
                cast(Any, frame).reformat(wide, high, "rgb24", interpolation="AREA").to_ndarray()
                due, count = due + 1 / SAMPLE_FPS, count + 1
    return count


def _to_events(recogniser: Recogniser, path: Path) -> int:
    stage = ActionStage(lambda: recogniser)
    source = Source("film", "video", "video/mp4", "film", 0, 0.0)
    memory = stage.open(source)
    for segment, window in segment_video(source.id, reading_run(), read(path)):
        stage(Batch([segment], {segment.id: window.frames}, memories={source.id: memory}))
    return len(stage.finish(memory))


if __name__ == "__main__":
    main()
