"""Long videos to actions in time: how well, how often wrongly, and how fast.

    python -m benchmarks.action_events [--films N] [--others N] [--seconds N] [--seeds N ...]

Films of the test split of the tabletop benchmark in both camera styles, told by the stage that an ingest has:
by the pictures alone, and as it is by default, where the shipped detector and namer find and name boxes and
windows that the pictures leave open are told from these too. The rules are those kept with the shipped
recogniser. Claims are counted on kinds of video without manipulation that nothing was learned from, and a
kind claims an action where any of its films does. The rate is that of a drawn video of 640 x 360, encoded as
H.264: decoding it with PyAV to the same frames, reading it as an ingest does, and reading it to events.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt

from benchmarks.common import seconds, write
from midspan.models.action.boxes.detector import shipped_detector
from midspan.models.action.data.arrays import Style
from midspan.models.action.data.film import make_film
from midspan.models.action.data.other_videos import MEASURED_KINDS, other_film
from midspan.models.action.data.splits import STYLES
from midspan.models.action.data.video_files import write_video
from midspan.models.action.evaluation.films import RATE, RIGHT, f1, film_frames, film_truth
from midspan.models.action.evaluation.localisation import (
    OVERLAPS,
    Interval,
    found_shares,
    is_right,
    mean_average_precision,
)
from midspan.models.action.naming.named import NamingDetector
from midspan.models.action.naming.namer import Namer
from midspan.models.action.recogniser import shipped
from midspan.models.action.shipped import NAMER
from midspan.models.kit.calibration import calibration_error_by_chance, expected_calibration_error
from midspan.pipelines.action import ActionStage
from midspan.pipelines.box_sight import BoxSight
from midspan.pipelines.readers.extract import WINDOW_SECONDS
from midspan.pipelines.readers.video import FRAME_SIDE, SAMPLE_FPS, read
from midspan.pipelines.segmenting import reading_run, segment_video
from midspan.pipelines.stage import Batch, Frames
from midspan.records import ActionEvent, Segment, Source

WIDTH, HEIGHT = 640, 360
REPEATS = 3
SOURCE = Source("film", "video", "video/mp4", "film", 0, 0.0)
Image = npt.NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=6, help="of each camera style, for each seed")
    parser.add_argument("--others", type=int, default=1, help="of each kind of other video, for each seed")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of the video that is timed")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    recogniser, stages = shipped(), _stages()
    rows = [*_found(stages, options.films, options.seeds)]
    rows += [*_claims(stages["by default"], options.others, options.seeds)]
    rows += [*_rates(stages, options.seconds)]
    write(
        "action_events",
        "Long videos to actions in time",
        ["measured", "value"],
        rows,
        [
            f"Rules: {recogniser.rules}.",
            f"Seeds {', '.join(map(str, options.seeds))}; of each {options.films} films a camera, and "
            f"{options.others} of 20 seconds a kind. Values are of all films, with the least and the "
            "greatest of a seed's.",
            "mAP ranks the events, each with its likeliest verb; of all answers: with the five likeliest "
            "that an event keeps. Both: of all true actions, those with an event at the place that has the "
            "verb and the first thing right. ECE is that of the events' scores, over 10 bins; "
            "by chance: that of as many events which are right exactly as often as their scores say.",
            "The rates are those of one process; decoding uses what threads FFmpeg takes.",
        ],
    )


def _stages() -> dict[str, ActionStage]:
    recogniser, detector = shipped(), NamingDetector(shipped_detector(), Namer.load(NAMER))
    return {
        "by pictures alone": ActionStage(lambda: recogniser),
        "by default": ActionStage(
            lambda: recogniser, sight=BoxSight(lambda: detector, "shipped", everywhere=False)
        ),
    }


def _found(stages: dict[str, ActionStage], films: int, seeds: list[int]) -> Iterator[list[Any]]:
    for way, stage in stages.items():
        for style in STYLES:
            parts = [_filmed(stage, style, films, seed) for seed in seeds]
            whole = _measured(sum(parts, start=_Filmed()))
            each = [_measured(one) for one in parts]
            for name, value in whole.items():
                of_seeds = [one[name] for one in each]
                spread = f" ({min(of_seeds):.1f} to {max(of_seeds):.1f})" if len(each) > 1 else ""
                yield [f"{name}, {style}, {way}", f"{value:.1f}{spread}"]


@dataclass(frozen=True)
class _Filmed:
    """Of films: what is done in them, what was claimed, and with all answers."""

    truth: tuple[Interval, ...] = ()
    found: tuple[Interval, ...] = ()
    all_answers: tuple[Interval, ...] = ()

    def __add__(self, other: _Filmed) -> _Filmed:
        return _Filmed(
            self.truth + other.truth, self.found + other.found, self.all_answers + other.all_answers
        )


def _filmed(stage: ActionStage, style: Style, films: int, seed: int) -> _Filmed:
    whole = _Filmed()
    for index in range(films):
        film, name = make_film("unseen_test", style=style, q=0.6, seed=(seed, index, 17)), f"{seed}-{index}"
        said = [_intervals(one, name) for one in _actions(_told(stage, _cut(film_frames(film))))]
        firsts, every = tuple(one[0] for one in said), tuple(answer for one in said for answer in one)
        whole += _Filmed(tuple(film_truth(film, name)), firsts, every)
    return whole


def _measured(films: _Filmed) -> dict[str, float]:
    truth, found, all_answers = films.truth, films.found, films.all_answers
    verbs, both = found_shares(found, truth, RIGHT)
    scores = np.array([one.score for one in found])
    right = np.array([is_right(one, truth, RIGHT) for one in found])
    return {
        **{f"mAP at {least}": 100 * mean_average_precision(found, truth, least) for least in OVERLAPS},
        "mAP at 0.5 of all answers": 100 * mean_average_precision(all_answers, truth, RIGHT),
        "F1 at 0.5": 100 * f1(found, truth, RIGHT),
        "true actions with the verb right": 100 * verbs,
        "true actions with verb and thing right": 100 * both,
        "ECE": 100 * expected_calibration_error(scores, right),
        "ECE by chance": 100 * calibration_error_by_chance(scores),
        "actions, true": len(truth),
        "actions, claimed": len(found),
    }


def _cut(frames: Image) -> Iterator[tuple[Segment, Frames]]:
    """Frames at ``RATE`` a second in the reader's windows."""
    each = round(WINDOW_SECONDS * RATE)
    for number, at in enumerate(range(0, len(frames), each)):
        times = np.arange(at, min(at + each, len(frames))) / RATE
        start, end = at / RATE, at / RATE + len(times) / RATE
        segment = Segment(f"film-{number}", SOURCE.id, number, "window", "s", start, end)
        yield segment, Frames(frames[at : at + each], times)


def _told(stage: ActionStage, windows: Iterable[tuple[Segment, Frames]]) -> list[ActionEvent]:
    memory = stage.open(SOURCE)
    for segment, frames in windows:
        stage(Batch([segment], {segment.id: frames}, memories={SOURCE.id: memory}))
    return [one for one in stage.finish(memory) if isinstance(one, ActionEvent)]


def _actions(events: Iterable[ActionEvent]) -> list[ActionEvent]:
    """What else is told, motion and hands, has no answers."""
    return [one for one in events if one.answers]


def _intervals(event: ActionEvent, video: str) -> list[Interval]:
    """One for each of its answers, the likeliest first."""
    place = event.provenance
    return [
        Interval(video, place.start, place.end, one.verb, one.probability, one.noun) for one in event.answers
    ]


def _claims(stage: ActionStage, films: int, seeds: list[int]) -> Iterator[list[Any]]:
    claimed: dict[str, int] = {}
    for place, kind in enumerate(MEASURED_KINDS):
        drawn = [
            other_film(kind, 20.0, np.random.default_rng((seed, place, number)))
            for seed in seeds
            for number in range(films)
        ]
        claimed[kind] = sum(bool(_actions(_told(stage, _cut(frames)))) for frames in drawn)
        yield [f"films of {len(drawn)} with an action: {kind}", claimed[kind]]
    yield [f"kinds of {len(claimed)} with a claim", sum(count > 0 for count in claimed.values())]


def _rates(stages: dict[str, ActionStage], lasts: float) -> Iterator[list[Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        length = _draw(path, lasts)
        ways: dict[str, Callable[[], object]] = {
            "decoding to the same frames with PyAV": lambda: _decode(path),
            "reading as an ingest does": lambda: list(read(path)),
        }
        for way, stage in stages.items():
            ways[f"reading to events {way}"] = lambda stage=stage: _to_events(stage, path)  # type: ignore[misc]
            _to_events(stage, path)  # what loads on first use is loaded
        taken = {way: min(seconds(work) for _ in range(REPEATS)) for way, work in ways.items()}
    for way, spent in taken.items():
        yield [f"{way}, times real time", round(length / spent, 1)]
    decoding = next(iter(taken.values()))
    for way in stages:
        rate = decoding / taken[f"reading to events {way}"]
        yield [f"events {way} at the rate of decoding", round(rate, 2)]


def _draw(path: Path, lasts: float) -> float:
    """Films one after the other, at 12 frames a second; returns the length."""
    total, number, pieces = 0.0, 0, []
    while total < lasts:
        film = make_film("unseen_test", style="table", q=0.6, seed=(0, number, 18))
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


def _to_events(stage: ActionStage, path: Path) -> int:
    windows = segment_video(SOURCE.id, reading_run(), read(path))
    return len(_told(stage, ((segment, window.frames) for segment, window in windows)))


if __name__ == "__main__":
    main()
