"""Stopping is asked within files and within stages, and leaves no part of the batch at hand."""

import pytest

from midspan.pipelines.batch_run import run_batch
from midspan.pipelines.intake import sha256_of
from midspan.pipelines.stage import PORTION, WHOLE, Batch, Stage
from midspan.pipelines.stopping import Stopped
from midspan.records import Segment


def after(calls):
    """A ``stop`` that says yes from its ``calls``-th call on."""
    asked = []

    def stop():
        asked.append(None)
        return len(asked) >= calls

    return stop


class Counting(Stage):
    """Passes on the length of each segment's text; counts what it was given."""

    name, unit, run = "counting", "char", None
    requires, produces = ("sentence",), ("length",)

    def __init__(self):
        self.seen = []

    def __call__(self, batch):
        self.seen.append(len(batch.segments))
        batch.shared["length"] = [len(segment.text) for segment in batch.segments]
        return []


def segments(count):
    return [Segment(f"s{i}", "d", i, "sentence", "char", i, i + 1, "x" * (i % 7)) for i in range(count)]


def test_a_large_file_is_not_hashed_to_its_end(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(b"x" * (4 << 20))
    with pytest.raises(Stopped):
        sha256_of(path, after(2))


def test_a_batch_is_stopped_within_a_stage():
    stage = Counting()
    with pytest.raises(Stopped):
        run_batch([stage], Batch(segments(3 * PORTION)), after(3))
    assert stage.seen == [PORTION, PORTION]


class Asking(Counting):
    """Takes a whole batch and asks by itself."""

    portion = WHOLE

    def __call__(self, batch):
        for _ in batch.segments:
            batch.check()
            self.seen.append(len(batch.segments))
        return super().__call__(batch)


def test_a_stage_that_takes_the_whole_batch_is_stopped_where_it_asks():
    stage = Asking()
    with pytest.raises(Stopped):
        run_batch([stage], Batch(segments(3 * PORTION)), after(5))
    assert stage.seen == [3 * PORTION] * 3


def test_portions_join_to_the_whole():
    batch = Batch(segments(2 * PORTION + 3))
    run_batch([Counting()], batch)
    assert batch.shared["length"] == [len(segment.text) for segment in batch.segments]
