from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midspan.errors import WrongUse
from midspan.models.action.tabletop import FPS, VERBS, Clip, Step, Track, Verb, make_clip
from midspan.models.action.tabletop_drawing import COLOURS, HEIGHT, WIDTH, Thing
from midspan.models.action.tabletop_files import truth, write_film, write_truth

BALL, BOX, CUP = Thing("yellow", "ball"), Thing("purple", "box"), Thing("red", "cup")
seeds = st.integers(0, 10_000)


def clip_of(verb: Verb, seed: int) -> Clip:
    """One step with the ball; for ``cover`` the box goes over the ball."""
    step = Step(verb, 1, 0) if verb == "cover" else Step(verb, 0)
    return make_clip((BALL, BOX), (step,), seed=seed)


def track(clip: Clip, name: str) -> Track:
    return next(track for track in clip.tracks if track.id == name)


def frame(seconds: float) -> int:
    return round(seconds * FPS)


def centres(track: Track) -> np.ndarray:
    return (track.boxes[:, :2] + track.boxes[:, 2:]) / 2


def yellow_centre(picture: np.ndarray) -> np.ndarray:
    """Where the yellow pixels of a frame are, as (x, y)."""
    distance = np.abs(picture.astype(int) - np.array(COLOURS["yellow"])).sum(-1)
    rows, columns = np.nonzero(distance < 40)
    return np.array([np.median(columns), np.median(rows)])


def yellow_pixels(picture: np.ndarray) -> int:
    return int((np.abs(picture.astype(int) - np.array(COLOURS["yellow"])).sum(-1) < 40).sum())


@pytest.mark.parametrize("verb", VERBS)
def test_the_same_seed_gives_the_same_frames(verb: Verb) -> None:
    assert np.array_equal(clip_of(verb, 3).frames, clip_of(verb, 3).frames)


def test_another_seed_gives_other_frames() -> None:
    assert not np.array_equal(clip_of("push_right", 1).frames[0], clip_of("push_right", 2).frames[0])


@settings(max_examples=6, deadline=None)
@given(seed=seeds, verb=st.sampled_from(["push_right", "push_left"]))
def test_a_pushed_thing_moves_in_the_direction_that_the_event_says(seed: int, verb: Verb) -> None:
    clip = clip_of(verb, seed)
    (event,) = clip.events
    before, after = clip.frames[frame(event.start) - 9], clip.frames[-1]
    shift = yellow_centre(after) - yellow_centre(before)
    assert shift[0] > 10 if verb == "push_right" else shift[0] < -10
    assert abs(shift[1]) <= 2


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_a_thing_that_is_put_down_was_up_and_stands_elsewhere(seed: int) -> None:
    clip = clip_of("put_down", seed)
    (event,) = clip.events
    middle = clip.frames[frame((event.start + event.end) / 2)]
    first, last = yellow_centre(clip.frames[0]), yellow_centre(clip.frames[-1])
    assert yellow_centre(middle)[1] < first[1] - 40
    assert abs(last[1] - first[1]) <= 2
    assert abs(last[0] - first[0]) > 20


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_a_dropped_thing_falls_to_where_it_stood(seed: int) -> None:
    clip = clip_of("lift_drop", seed)
    (event,) = clip.events
    heights = centres(track(clip, "thing-0"))[:, 1]
    assert heights.min() < heights[0] - 40
    assert np.allclose(yellow_centre(clip.frames[-1]), yellow_centre(clip.frames[0]), atol=1)
    assert heights[int(np.ceil(event.end * FPS)) :] == pytest.approx(heights[0])
    assert heights[int(np.ceil(event.end * FPS)) - 2] < heights[0]


@settings(max_examples=6, deadline=None)
@given(seed=seeds)
def test_a_covered_thing_is_gone_from_the_picture_and_from_the_boxes(seed: int) -> None:
    clip = clip_of("cover", seed)
    (event,) = clip.events
    covered = track(clip, "thing-0").boxes
    assert yellow_pixels(clip.frames[0]) > 300
    assert yellow_pixels(clip.frames[-1]) == 0
    assert not np.isnan(covered[: int(event.end * FPS)]).any()
    assert np.isnan(covered[int(np.ceil(event.end * FPS)) :]).all()
    assert event.nouns == ("purple box", "yellow ball")
    assert event.tracks == ("thing-1", "thing-0")


@settings(max_examples=6, deadline=None)
@given(seed=seeds, verb=st.sampled_from(sorted(set(VERBS) - {"cover"})))
def test_the_box_is_where_the_thing_is_drawn(seed: int, verb: Verb) -> None:
    clip = clip_of(verb, seed)
    boxes = track(clip, "thing-0").boxes
    for at in (0, len(clip.frames) - 1):
        assert np.abs(yellow_centre(clip.frames[at]) - (boxes[at, :2] + boxes[at, 2:]) / 2).max() < 6


@settings(max_examples=6, deadline=None)
@given(seed=seeds, verb=st.sampled_from(VERBS))
def test_the_hand_touches_the_thing_when_the_event_starts(seed: int, verb: Verb) -> None:
    clip = clip_of(verb, seed)
    (event,) = clip.events
    at = frame(event.start)
    thing, hand = track(clip, event.tracks[0]).boxes[at], track(clip, "hand").boxes[at]
    assert hand[0] <= thing[2] + 2 and thing[0] <= hand[2] + 2
    assert hand[1] <= thing[3] + 2 and thing[1] <= hand[3] + 2


@settings(max_examples=6, deadline=None)
@given(seed=seeds, verb=st.sampled_from(VERBS))
def test_nothing_moves_before_the_event_and_after_it(seed: int, verb: Verb) -> None:
    clip = clip_of(verb, seed)
    (event,) = clip.events
    boxes = track(clip, event.tracks[0]).boxes
    first, last = int(event.start * FPS) + 1, int(np.ceil(event.end * FPS))
    assert np.allclose(boxes[:first], boxes[0])
    assert np.allclose(boxes[last:], boxes[-1])


def test_events_follow_each_other_inside_the_clip() -> None:
    steps = (Step("push_right", 0), Step("lift_drop", 1), Step("push_left", 0))
    clip = make_clip((BALL, CUP), steps, seed=5)
    assert [event.verb for event in clip.events] == [step.verb for step in steps]
    edges = [edge for event in clip.events for edge in (event.start, event.end)]
    assert edges == sorted(edges)
    assert edges[0] > 0 and edges[-1] < len(clip.frames) / FPS
    assert all(len(track.boxes) == len(clip.frames) for track in clip.tracks)


def test_a_thing_cannot_cover_a_larger_one() -> None:
    with pytest.raises(WrongUse, match="smaller"):
        make_clip((BALL, BOX), (Step("cover", 0, 1),), seed=0)


def test_a_push_without_room_is_refused() -> None:
    with pytest.raises(WrongUse, match="room"):
        make_clip((BALL,), tuple(Step("push_right", 0) for _ in range(6)), seed=0)


def test_the_film_has_the_frames_of_the_clip(tmp_path: Path) -> None:
    clip = clip_of("push_left", 7)
    write_film(clip, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == FPS
        decoded = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
    assert np.shape(decoded) == (len(clip.frames), HEIGHT, WIDTH, 3)
    difference = np.abs(decoded[-1].astype(int) - clip.frames[-1].astype(int))
    assert difference.mean() < 8


def test_the_written_truth_is_the_truth_of_the_clip(tmp_path: Path) -> None:
    clip = clip_of("cover", 7)
    write_truth(clip, tmp_path / "clip.json")
    told = json.loads((tmp_path / "clip.json").read_text(encoding="utf-8"))
    assert told == truth(clip)
    assert told["events"][0]["verb"] == "cover"
    assert told["tracks"][0]["boxes"][-1] is None
