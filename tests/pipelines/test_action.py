from dataclasses import dataclass
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from midspan.models.action.boxes.hand_events import HandEvent
from midspan.models.action.data.arrays import Layout
from midspan.models.action.localising import Rules
from midspan.models.action.recogniser import Said
from midspan.pipelines.action import ActionStage
from midspan.pipelines.stage import Batch, Frames
from midspan.records import ActionEvent, Embedding, EventTrack, Segment, Source

PUT, OPEN, NOTHING = 0, 1, 2
LIGHTS = {PUT: 200, OPEN: 120, NOTHING: 20}
DIM = 140
"""Light of pictures that boxes alone tell."""


def segment_at(ordinal, source="source", seconds=2.0):
    start = 2.0 * ordinal
    return Segment(f"{source}-{ordinal}", source, ordinal, "window", "s", start, start + seconds)


def window(ordinal, step, source="source"):
    """A window of two seconds in which a square moves ``step`` pixels a frame to the right."""
    rng = np.random.default_rng(ordinal)
    still = cv2.resize(rng.integers(60, 120, (4, 5, 3), dtype=np.uint8), (128, 96))
    patch = cv2.resize(rng.integers(0, 255, (5, 5, 3), dtype=np.uint8), (24, 24))
    frames = np.stack([still] * 16)
    for k, frame in enumerate(frames):
        x = 52 + step * (k - 8)
        frame[36:60, x : x + 24] = patch
    return segment_at(ordinal, source), Frames(frames, 2.0 * ordinal + np.arange(16) / 8)


def lit(ordinal, light, source="source", seconds=2.0):
    """Seconds of one light, which the recogniser below reads an action from."""
    count = round(8 * seconds)
    frames = np.full((count, 48, 64, 3), light, np.uint8)
    return segment_at(ordinal, source, seconds), Frames(frames, 2.0 * ordinal + np.arange(count) / 8)


@dataclass
class Lights:
    """A recogniser that reads the share of each action from how many of a window's pictures are so light."""

    verbs = ("put_into", "open")
    nouns = ("striped star", "plain disc")
    rules = Rules(threshold=0.6, kept=0.5, smoothed=1, unsure=0.45)
    sees_boxes = True
    with_boxes: int = 0

    def of_frames(self, frames):
        assert frames.shape[1:] == (8, 64, 64, 3) and frames.dtype == np.uint8
        light = frames[:, :, 32, 32, 0]
        shares = np.stack([(light == LIGHTS[one]).mean(1) for one in (PUT, OPEN, NOTHING)], 1)
        shares[(light == DIM).all(1)] = (0.4, 0.3, 0.3)
        shares[:, NOTHING] = 1 - shares[:, [PUT, OPEN]].sum(1)
        return self._said(shares)

    def of_boxes(self, said, frames, layouts):
        assert len(said.verbs) == len(frames) == len(layouts)
        boxes = np.stack([one.boxes for one in layouts])
        self.with_boxes += len(frames)
        opened = (boxes[:, 0, 0, 0] > 0.5).astype(float)
        return self._said(np.stack([np.zeros(len(frames)), opened, 1 - opened], 1))

    def _said(self, shares):
        nouns = np.tile([0.75, 0.25], (len(shares), 1))
        return Said(shares.astype(np.float32), nouns)


class Boxes:
    """Knows of one box, far to the right, from second four on."""

    identity, modality, everywhere = "by hand", "boxes", True

    def see(self, frames, check):
        return float(frames.times[0])

    def over(self, parts):
        def layout(start):
            boxes = np.zeros((16, 6, 4), np.float32)
            boxes[:, 0] = (0.6, 0.2, 0.9, 0.8) if start >= 4 and 4.0 in parts else 0
            return Layout(boxes, np.ones((16, 6), np.int8), np.ones((16, 6), np.float32))

        def tracks(start, end):
            return (EventTrack("hand", "", 1.0, (start,), ((0.6, 0.2, 0.9, 0.8),), (True,)),)

        def happenings(shaken):
            self.shaken = shaken
            return [HandEvent(3.0, 5.0, None, "", 0.9)]

        return SimpleNamespace(layout=layout, tracks=tracks, happenings=happenings)


def recognising(**parts):
    recogniser = Lights()
    return ActionStage(lambda: recogniser, **parts)


def encode(texts):
    """Sentences on a few axes: which verb they have, and whether the striped star is in them."""
    axes = [[("puts" in one), ("opens" in one), ("striped star" in one), 0.1] for one in texts]
    vectors = np.array(axes, np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def look(windows, memories=None, stage=None):
    """What the stage says of a batch of windows; adds to the memories of their sources."""
    stage, memories = stage or ActionStage(), {} if memories is None else memories
    for segment, _ in windows:
        if segment.source_id not in memories:
            memories[segment.source_id] = stage.open(Source(segment.source_id, "video", "", "", 0, 0.0))
    frames = {segment.id: frames for segment, frames in windows}
    return stage(Batch([segment for segment, _ in windows], frames, memories=memories))


def products_of(*batches, stage=None):
    """By source id what is said at the ends of the videos of these batches."""
    stage, memories = stage or ActionStage(), {}
    for windows in batches:
        look(windows, memories, stage)
    return {source: stage.finish(memory) for source, memory in memories.items()}


def events_of(*batches, stage=None):
    found = products_of(*batches, stage=stage)
    return {source: [one for one in said if isinstance(one, ActionEvent)] for source, said in found.items()}


def spans(events):
    return [(one.verb, one.provenance.start, one.provenance.end) for one in events]


def test_every_window_has_a_visual_vector():
    products = look([window(0, 0), window(1, 3)])
    assert [type(product) for product in products] == [Embedding, Embedding]
    assert [product.segment_id for product in products] == ["source-0", "source-1"]
    assert {product.space for product in products} == {"visual"}


def test_neighbouring_windows_of_like_motion_are_one_event():
    events = events_of([window(0, 0), window(1, 3), window(2, 3), window(3, -3), window(4, 0)])["source"]
    assert spans(events) == [("moving right", 2.0, 6.0), ("moving left", 6.0, 8.0)]
    assert events[0].provenance.segment_id == "source-1"
    assert events[0].text.startswith("moving to the right") and events[0].nouns == ()
    assert events[0].answers == () and events[0].modalities == ("rgb",)
    assert all(isinstance(event, ActionEvent) and 0 < event.score < 1 for event in events)


def test_a_gap_between_windows_ends_an_event():
    assert len(events_of([window(0, 3), window(2, 3)])["source"]) == 2


def test_the_same_window_twice_counts_once():
    windows = [window(0, 3), window(1, 3)]
    for one, other in zip(look(windows), look(windows), strict=True):
        assert np.array_equal(one.vector, other.vector)
    assert events_of(windows) == events_of(windows, windows)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_batches_and_their_order_do_not_matter(order):
    windows = [window(0, 3), window(1, 3), window(2, 3)]
    (event,) = events_of(*([windows[k]] for k in order))["source"]
    assert (event.provenance.start, event.provenance.end) == (0.0, 6.0)


def test_sources_do_not_mix():
    events = events_of([window(0, 3, "one"), window(1, 3, "two")])
    assert [event.provenance.source_id for event in events["one"]] == ["one"]
    assert [event.provenance.source_id for event in events["two"]] == ["two"]
    stage = ActionStage()
    assert stage.finish(stage.open(Source("none", "video", "", "", 0, 0.0))) == []


# --- actions ---

PUT_THEN_OPEN = [lit(0, 20), lit(1, 200), lit(2, 200), lit(3, 20), lit(4, 120), lit(5, 120), lit(6, 20)]


def test_an_action_is_told_from_when_to_when_across_segments():
    put, opened = events_of(PUT_THEN_OPEN, stage=recognising())["source"]
    assert [put.verb, opened.verb] == ["put into", "open"]
    for event, start, end in ((put, 2, 6), (opened, 8, 12)):
        assert abs(event.provenance.start - start) <= 1.25 and abs(event.provenance.end - end) <= 1.25
    assert put.text == "puts the striped star into something" and put.nouns == ("striped star",)
    assert put.score == pytest.approx(1.0, abs=1e-4) and put.modalities == ("rgb",)
    best = put.answers[0]
    assert (best.verb, best.noun) == ("put_into", "striped star")
    chances = [one.probability for one in put.answers]
    assert len(chances) == 4 and chances == sorted(chances, reverse=True)


def test_the_same_is_said_however_the_segments_come():
    whole = events_of(PUT_THEN_OPEN, stage=recognising())
    one_by_one = events_of(*([one] for one in PUT_THEN_OPEN), stage=recognising())
    again = events_of(PUT_THEN_OPEN, PUT_THEN_OPEN[:4], PUT_THEN_OPEN[4:], stage=recognising())
    assert whole == one_by_one == again


def test_what_is_remembered_of_a_long_video_stays_small():
    stage, memories = recognising(), {}
    for ordinal in range(30):
        look([lit(ordinal, 20)], memories, stage)
    assert len(memories["source"].gliding.shown) == 8  # two seconds of pictures
    assert len(memories["source"].gliding.said) == 4 * 30 - 3


def test_around_an_action_windows_lie_twice_as_close():
    stage, memories = recognising(), {}
    for segment in [*PUT_THEN_OPEN, lit(7, 20), lit(8, 20)]:
        look([segment], memories, stage)
    answered = set(memories["source"].gliding.said)
    assert {number for number in answered if number % 2 == 0} == set(range(0, 65, 2))
    busy = {number for number in answered if number % 2}
    assert set(range(5, 22, 2)) <= busy  # the light of the first action is in these
    assert max(busy) < 51, "from second twelve on nothing is done"


def test_a_video_shorter_than_a_window_is_recognised_at_its_end():
    (event,) = events_of([lit(0, 200, seconds=1.0)], stage=recognising())["source"]
    assert (event.verb, event.provenance.start) == ("put into", 0.0)


def test_few_frames_a_second_are_repeated_to_a_window():
    slow = [(one, Frames(frames.rgb[::8], frames.times[::8])) for one, frames in PUT_THEN_OPEN]
    assert spans(events_of(slow, stage=recognising())["source"]) == spans(
        events_of(PUT_THEN_OPEN, stage=recognising())["source"]
    )


def test_an_action_ends_where_frames_are_missing():
    events = events_of([lit(0, 200), lit(1, 200), lit(4, 200), lit(5, 200)], stage=recognising())["source"]
    assert [one.provenance.end <= 4 or one.provenance.start >= 8 for one in events] == [True, True]


def test_motion_is_told_where_no_action_is():
    """A moving square shows neither light: its motion is told, and none beside an action."""
    events = events_of([window(0, 3), lit(1, 200), lit(2, 200)], stage=recognising())["source"]
    assert [one.verb for one in events] == ["moving right", "put into"]


# --- boxes ---


def test_windows_that_pictures_leave_open_are_told_from_boxes_too():
    sight = Boxes()
    (hand, opened) = sorted(
        events_of([lit(k, DIM) for k in range(5)], stage=recognising(sight=sight))["source"],
        key=lambda one: one.verb,
    )
    assert (hand.text, hand.verb, hand.modalities) == ("a hand is there", "hand there", ("boxes",))
    assert (hand.provenance.start, hand.provenance.end) == (3.0, opened.provenance.start)
    assert opened.verb == "open" and opened.provenance.start == pytest.approx(4.875)
    assert opened.modalities == ("rgb", "boxes") and opened.tracks[0].category == "hand"
    assert sight.shaken == []


@dataclass
class Looking(Boxes):
    """Notes which seconds it is asked for."""

    everywhere: bool = False
    asked: tuple[float, ...] = ()

    def see(self, frames, check):
        self.asked += tuple(frames.times.tolist())
        return super().see(frames, check)


STILL_THEN_PUT = [
    lit(0, 20),
    lit(1, 20),
    lit(2, 20),
    lit(3, 200),
    lit(4, 200),
    *(lit(n, 20) for n in range(5, 9)),
]


def test_boxes_are_looked_for_where_something_may_be_done():
    sight = Looking()
    (put,) = (
        one
        for one in events_of(*([one] for one in STILL_THEN_PUT), stage=recognising(sight=sight))["source"]
        if one.answers
    )
    assert put.tracks[0].category == "hand"
    asked = sorted(sight.asked)
    assert asked == sorted(set(asked)), "nothing is looked at twice"
    assert 4 < asked[0] <= put.provenance.start and put.provenance.end <= asked[-1] + 1 / 8 < 12
    whole = Looking()
    events_of(STILL_THEN_PUT, stage=recognising(sight=whole))
    assert sorted(whole.asked) == asked, "however the segments come"
    everywhere = Looking(everywhere=True)
    events_of(STILL_THEN_PUT, stage=recognising(sight=everywhere))
    assert len(everywhere.asked) == 8 * 18


def test_frames_that_no_window_has_need_of_are_forgotten():
    stage, memories = recognising(sight=Looking()), {}
    for ordinal in range(10):
        look([lit(ordinal, 20)], memories, stage)
    assert len(memories["source"].unseen) == 4 and memories["source"].boxes == {}


def test_what_fails_once_does_not_fail_the_next_segment():
    class Failing(Looking):
        def see(self, frames, check):
            if 6 <= frames.times[0] < 8:
                raise ValueError("a frame that no detector takes")
            return super().see(frames, check)

    stage, memories, failed = recognising(sight=Failing()), {}, []
    for one in STILL_THEN_PUT:
        try:
            look([one], memories, stage)
        except ValueError:
            failed.append(one[0].ordinal)
    assert len(failed) <= 2 and stage.finish(memories["source"])


def test_sure_windows_are_left_to_the_pictures():
    recogniser = Lights()
    stage = ActionStage(lambda: recogniser, sight=Boxes())
    (put,) = (one for one in events_of([lit(k, 200) for k in range(4)], stage=stage)["source"] if one.answers)
    assert put.modalities == ("rgb",)
    assert recogniser.with_boxes == 0


# --- vectors ---


def test_each_event_has_its_vector_among_sentences():
    said = products_of([window(0, 3), *PUT_THEN_OPEN[1:]], stage=recognising(encode=encode))["source"]
    events = {one.id: one for one in said if isinstance(one, ActionEvent)}
    vectors = {one.record_id: one for one in said if isinstance(one, Embedding)}
    assert events.keys() == vectors.keys()
    assert {one.space for one in vectors.values()} == {"event"}
    query = encode(["puts the striped star into the box"])[0]
    near = sorted(events, key=lambda one: -float(query @ vectors[one].vector))
    assert [events[one].verb for one in near] == ["put into", "open", "moving right"]
    assert all(np.linalg.norm(one.vector) == pytest.approx(1, abs=1e-5) for one in vectors.values())


def test_that_a_hand_is_there_is_said_where_no_action_is_told():
    """The boxes know of a hand from second three to five."""
    stage = recognising(sight=Boxes())
    put = [lit(0, LIGHTS[NOTHING]), lit(1, LIGHTS[PUT]), lit(2, LIGHTS[PUT])]
    still = [lit(number, LIGHTS[NOTHING]) for number in range(3)]
    assert "hand there" not in {one.verb for one in events_of(put, stage=stage)["source"]}
    assert "hand there" in {one.verb for one in events_of(still, stage=stage)["source"]}
