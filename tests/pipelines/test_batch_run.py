"""Stages over a batch: what one segment breaks, and what the others still get."""

import numpy as np
import pytest

from midspan.errors import WrongUse
from midspan.pipelines.batch_run import needed_stages, run_batch
from midspan.pipelines.stage import Batch, Stage, check_order
from midspan.records import Embedding, Run, Segment


def segment(number: int, text: str = "fine") -> Segment:
    return Segment(f"seg-{number}", "source", number, "sentence", "char", number, number + 1, text)


class Prepare(Stage):
    name = "prepare"
    unit = "char"
    requires = ("sentence",)
    produces = ("prepared",)
    run = None

    def __call__(self, batch):
        for each in batch.segments:
            if each.text == "unpreparable":
                raise ValueError("cannot prepare")
        batch.shared["prepared"] = [each.text.upper() for each in batch.segments]
        return []


class Store(Stage):
    unit = "char"
    requires = ("prepared",)
    produces = ("embedding",)

    def __init__(self, name="store"):
        self.name = name
        self.calls = 0

    @property
    def run(self):
        return Run(self.name, 1)

    def __call__(self, batch):
        self.calls += 1
        products = []
        for each, prepared in zip(batch.segments, batch.shared["prepared"], strict=True):
            if each.text == "bad":
                raise RuntimeError("no good")
            if prepared is not None:
                vector = np.ones(1, dtype=np.float32)
                products.append(Embedding(each.id, each.source_id, self.run.id, "text", vector))
        return products


def test_a_segment_that_breaks_a_stage_is_named_and_the_rest_goes_on():
    segments = [segment(n, "bad" if n == 5 else "fine") for n in range(9)]
    store = Store()
    outcome = run_batch([Prepare(), store], Batch(segments))
    assert {product.segment_id for product in outcome.products} == {f"seg-{n}" for n in range(9) if n != 5}
    [(failed, runs, failure)] = outcome.failures
    assert failed.id == "seg-5"
    assert runs == {store.run.id}
    assert (failure.stage, failure.kind, failure.retryable) == ("store", "RuntimeError", True)
    assert "no good" in failure.message


def test_halving_asks_few_times_for_one_bad_segment():
    segments = [segment(n, "bad" if n == 100 else "fine") for n in range(256)]
    store = Store()
    run_batch([Prepare(), store], Batch(segments))
    assert store.calls <= 1 + 2 * 8


def test_what_fails_to_be_prepared_counts_against_the_runs_that_need_it():
    first, second = Store("first"), Store("second")
    outcome = run_batch([Prepare(), first, second], Batch([segment(0), segment(1, "unpreparable")]))
    [(failed, runs, _)] = outcome.failures
    assert failed.id == "seg-1"
    assert runs == {first.run.id, second.run.id}
    assert [product.segment_id for product in outcome.products] == ["seg-0", "seg-0"]


def test_only_pending_stages_run_with_what_prepares_for_them():
    prepare, first, second = Prepare(), Store("first"), Store("second")
    assert needed_stages([prepare, first, second], frozenset({second.run.id})) == [prepare, second]
    assert needed_stages([prepare, first, second], frozenset()) == []


def test_a_stage_before_what_it_requires_is_refused():
    with pytest.raises(WrongUse, match="'store' requires prepared"):
        check_order([Store(), Prepare()])
    check_order([Prepare(), Store()])
