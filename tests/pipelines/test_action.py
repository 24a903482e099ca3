import cv2
import numpy as np
import pytest

from midspan.pipelines.action import ActionStage
from midspan.pipelines.stage import Batch, Frames
from midspan.records import ActionEvent, Embedding, Segment, Source


def window(ordinal, step, source="source"):
    """A window of two seconds in which a square moves ``step`` pixels a frame to the right."""
    rng = np.random.default_rng(ordinal)
    still = cv2.resize(rng.integers(60, 120, (4, 5, 3), dtype=np.uint8), (128, 96))
    patch = cv2.resize(rng.integers(0, 255, (5, 5, 3), dtype=np.uint8), (24, 24))
    frames = np.stack([still] * 16)
    for k, frame in enumerate(frames):
        x = 52 + step * (k - 8)
        frame[36:60, x : x + 24] = patch
    segment = Segment(f"{source}-{ordinal}", source, ordinal, "window", "s", 2.0 * ordinal, 2.0 * ordinal + 2)
    return segment, Frames(frames, 2.0 * ordinal + np.arange(16) / 8)


def look(windows, memories=None):
    """What the stage says of a batch of windows; adds to the memories of their sources."""
    stage, memories = ActionStage(), {} if memories is None else memories
    for segment, _ in windows:
        if segment.source_id not in memories:
            memories[segment.source_id] = stage.open(Source(segment.source_id, "video", "", "", 0, 0.0))
    frames = {segment.id: frames for segment, frames in windows}
    return stage(Batch([segment for segment, _ in windows], frames, memories=memories))


def events_of(*batches):
    """By source id the events of the windows in these batches."""
    memories = {}
    for windows in batches:
        look(windows, memories)
    return {source: ActionStage().finish(memory) for source, memory in memories.items()}


def test_every_window_has_a_visual_vector():
    products = look([window(0, 0), window(1, 3)])
    assert [type(product) for product in products] == [Embedding, Embedding]
    assert [product.segment_id for product in products] == ["source-0", "source-1"]
    assert {product.space for product in products} == {"visual"}


def test_neighbouring_windows_of_like_motion_are_one_event():
    events = events_of([window(0, 0), window(1, 3), window(2, 3), window(3, -3), window(4, 0)])["source"]
    assert [(e.verb, e.provenance.start, e.provenance.end) for e in events] == [
        ("moving right", 2.0, 6.0),
        ("moving left", 6.0, 8.0),
    ]
    assert events[0].provenance.segment_id == "source-1"
    assert events[0].text.startswith("moving to the right") and events[0].nouns == ()
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
    assert ActionStage().finish({}) == []
