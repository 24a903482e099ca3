"""Run stages over one batch; where a stage fails, find the segments that made it fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import structlog

from midspan.pipelines import stopping
from midspan.pipelines.failing import failure_of
from midspan.pipelines.stage import Batch, Stage
from midspan.records import Failure, Product, Segment

log = structlog.get_logger(__name__)


@dataclass
class Outcome:
    """What a batch came to."""

    products: list[Product] = field(default_factory=list)
    failures: list[tuple[Segment, frozenset[str], Failure]] = field(default_factory=list)
    """(segment, ids of the runs that miss its result, what went wrong)"""


def needed_stages(stages: Sequence[Stage], pending: frozenset[str]) -> list[Stage]:
    """The pending stages and those that only prepare something for them, in order."""
    needed: list[Stage] = []
    wanted: set[str] = set()
    for stage in reversed(stages):
        run = stage.run
        prepares = run is None and not wanted.isdisjoint(stage.produces)
        if prepares or (run is not None and run.id in pending):
            needed.append(stage)
            wanted.update(stage.requires)
    return needed[::-1]


def dependent_runs(stage: Stage, stages: Sequence[Stage]) -> frozenset[str]:
    """Ids of the runs that go without a result when this stage fails."""
    if stage.run is not None:
        return frozenset({stage.run.id})
    return frozenset(
        other.run.id
        for other in stages
        if other.run is not None and not set(stage.produces).isdisjoint(other.requires)
    )


def _part(batch: Batch, start: int, end: int) -> Batch:
    shared = {name: values[start:end] for name, values in batch.shared.items()}
    return replace(batch, segments=batch.segments[start:end], shared=shared)


def _run_stage(stage: Stage, batch: Batch) -> tuple[Outcome, dict[str, list[object]]]:
    """Run one stage, halving the batch around whatever raises."""
    try:
        products = stage(batch)
        made = {name: batch.shared[name] for name in stage.produces if name in batch.shared}
        return Outcome(products), made
    except stopping.Stopped:
        raise
    except Exception as error:
        if len(batch.segments) == 1:
            segment = batch.segments[0]
            log.warning("stage failed", stage=stage.name, segment=segment.id, error=repr(error))
            failure = failure_of("", stage.name, error, segment)
            made = {name: [None] for name in stage.produces} if stage.run is None else {}
            return Outcome(failures=[(segment, frozenset(), failure)]), made
    middle = len(batch.segments) // 2
    left, left_made = _run_stage(stage, _part(batch, 0, middle))
    right, right_made = _run_stage(stage, _part(batch, middle, len(batch.segments)))
    made = {name: left_made[name] + right_made[name] for name in left_made if name in right_made}
    return Outcome(left.products + right.products, left.failures + right.failures), made


def run_batch(
    stages: Sequence[Stage],
    batch: Batch,
    stop: Callable[[], bool] = stopping.never,
    memories: Mapping[Stage, Mapping[str, Any]] | None = None,
    begin: Callable[[Stage], None] = lambda stage: None,
) -> Outcome:
    """Run stages in order over a batch whose segments all need them.

    ``memories`` are, for each stage, its memories of the sources by source id. Nothing that a stage raises
    gets out: a segment on which it fails alone is reported with the runs that go without its result. Raises
    ``Stopped`` when ``stop``, asked before each portion and by the stages themselves, says so; ``begin`` is
    called before each portion, with the stage that gets it.
    """
    outcome = Outcome()
    for stage in stages:
        parts: list[dict[str, list[object]]] = []
        runs = dependent_runs(stage, stages)
        batch = replace(batch, memories=(memories or {}).get(stage, {}), check=partial(stopping.check, stop))
        for start in range(0, len(batch.segments), stage.portion):
            batch.check()
            begin(stage)
            result, part = _run_stage(stage, _part(batch, start, start + stage.portion))
            parts.append(part)
            outcome.products += result.products
            outcome.failures += [(segment, runs, failure) for segment, _, failure in result.failures]
        for name in stage.produces:
            if parts and all(name in part for part in parts):
                batch.shared[name] = [value for part in parts for value in part[name]]
    return outcome
