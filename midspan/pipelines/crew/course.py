"""Batches under way with a crew: what may begin, what came of it, and what is done when a process dies."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from midspan.errors import ProcessLost
from midspan.pipelines import stopping
from midspan.pipelines.batch_run import Outcome, dependent_runs, needed_stages
from midspan.pipelines.crew.crew import Crew, Lost
from midspan.pipelines.crew.errand import Answer, Errand, key_of
from midspan.pipelines.crew.parting import Part, parts_of
from midspan.pipelines.failing import failure_of
from midspan.pipelines.gathered import Gathered
from midspan.pipelines.processes import run_here
from midspan.pipelines.stage import Batch, Stage
from midspan.pipelines.work import Work
from midspan.records import Failure, Segment

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.1
"""How often ``stop`` is asked while nothing comes back."""
AHEAD = 2
"""So many more batches are under way than there are processes."""
MOST_LOST = 12
"""Processes that a stage may cost in a row, times the size of the crew: more than it takes to halve a batch
in each of them down to one segment."""


@dataclass
class _Piece:
    """Segments [start, end) of a batch, and the stages that they have yet to go through."""

    stages: tuple[Stage, ...]
    start: int
    end: int


@dataclass(eq=False)
class _Task:
    """One part of the stages over one batch."""

    part: Part
    batch: Batch
    works: Sequence[Work]
    """Whose memories it needs."""
    after: list[_Task]
    """What must be done before it begins."""
    uses: list[_Task]
    """Those of them that make what it uses."""
    left: deque[_Piece]
    """What is yet to be done, in order; the first one may be out."""
    out: bool = False
    outcome: Outcome = field(default_factory=Outcome)
    made: list[dict[str, list[object]]] = field(default_factory=list)
    """Of each piece."""

    @property
    def done(self) -> bool:
        return not self.left

    @property
    def ready(self) -> bool:
        return not self.out and not self.done and all(task.done for task in self.after)

    def shared(self, start: int, end: int) -> dict[str, list[object]]:
        """What it uses of others, for these segments."""
        values = {name: value for task in self.uses for name, value in task.all_made().items()}
        used = {name for stage in self.part.stages for name in stage.uses}
        return {name: value[start:end] for name, value in values.items() if name in used}

    def all_made(self) -> dict[str, list[object]]:
        """By name an entry a segment; only what was made of every segment."""
        names = [name for name in self.part.makes if all(name in made for made in self.made)]
        return {name: [value for made in self.made for value in made[name]] for name in names}


class Course:
    """Takes batches through a crew (see :class:`~midspan.pipelines.processes.Processes`).

    Little work is not worth starting processes for: it waits for more, and what more does not come to is done
    here.
    """

    def __init__(self, crew: Crew, stop: Callable[[], bool]) -> None:
        self._crew = crew
        self._stop = stop
        self._under_way: deque[tuple[Gathered, list[_Task]]] = deque()
        self._last: dict[tuple[Stage, str], _Task] = {}
        """By stage and source the task that has the memory last, of those under way."""
        self._out: dict[Errand, _Task] = {}
        self._lost: Counter[str | None] = Counter()
        """Processes lost at each stage since it last got several segments done, and at none."""

    def add(self, gathered: Gathered) -> None:
        tasks: list[_Task] = []
        for stages, works, batch in gathered.batches():
            tasks += self._tasks(stages, works, batch)
        self._under_way.append((gathered, tasks))

    def done(self, *, all_: bool = False) -> Iterator[tuple[Gathered, list[Outcome]]]:
        """Raises ``ProcessLost`` when processes end again and again."""
        while self._under_way:
            gathered, tasks = self._under_way[0]
            must = all_ or len(self._under_way) > self._crew.size + AHEAD
            if self._crew.started or self._waiting >= self._crew.worth:
                self._move(tasks, wait=must)
                if not all(task.done for task in tasks):
                    return
                outcomes = [task.outcome for task in tasks]
            elif must:
                outcomes = run_here(gathered, self._stop)
            else:
                return
            self._under_way.popleft()
            self._forget(tasks)
            yield gathered, outcomes

    def abandon(self) -> None:
        self._under_way.clear()
        self._last.clear()
        self._out.clear()
        self._crew.abandon()

    @property
    def _waiting(self) -> int:
        """Segments under way."""
        return sum(len(gathered.entries) for gathered, _ in self._under_way)

    def _tasks(self, stages: Sequence[Stage], works: Sequence[Work], batch: Batch) -> list[_Task]:
        tasks: list[_Task] = []
        for part in parts_of(stages):
            uses = [tasks[index] for index in part.after]
            whole = deque([_Piece(part.stages, 0, len(batch.segments))])
            task = _Task(part, batch, works if part.remembers else (), [*uses], uses, whole)
            for memory in [(stage, work.source_id) for stage in part.stages for work in task.works]:
                if memory in self._last:
                    task.after.append(self._last[memory])
                self._last[memory] = task
            tasks.append(task)
        return tasks

    def _forget(self, tasks: Sequence[_Task]) -> None:
        """Nobody waits for these any more, and they hold on to none before them."""
        for task in tasks:
            task.left.clear()
            task.after.clear()
            task.uses.clear()
        for memory in [memory for memory, task in self._last.items() if task in tasks]:
            del self._last[memory]

    # --- handing out and taking in ---

    def _move(self, first: Sequence[_Task], wait: bool) -> None:
        """Hand out what may begin and hear what was done; ``wait`` until the ``first`` are done."""
        while True:
            self._hand_out()
            waiting = wait and not all(task.done for task in first)
            for errand, said in self._crew.hear(TICK_SECONDS if waiting else 0):
                task = self._out.pop(errand)
                task.out = False
                if isinstance(said, Answer):
                    self._count_done(errand)
                    _take_in(task, said)
                else:
                    self._count_lost(said)
                    _lose(task, said)
                self._hand_out()
            if not waiting:
                return
            stopping.check(self._stop)

    def _hand_out(self) -> None:
        """The oldest batch first, and of it first what others wait for."""
        for _, tasks in self._under_way:
            for task in sorted(tasks, key=lambda task: not task.part.makes):
                if not self._crew.has_room:
                    return
                if task.ready:
                    errand = _errand(task)
                    self._out[errand], task.out = task, True
                    self._crew.give(errand)

    def _count_done(self, errand: Errand) -> None:
        for stage in [None, *errand.stages] if len(errand.batch.segments) > 1 else [None]:
            self._lost[stage] = 0

    def _count_lost(self, lost: Lost) -> None:
        self._lost[lost.stage] += 1
        if self._lost[lost.stage] > MOST_LOST * self._crew.size:
            raise ProcessLost(
                f"processes that run stages end again and again (the last one: {lost.reason}); what is "
                "committed stays. See what they say on standard error, or do without them by --workers 1"
            )


def _errand(task: _Task) -> Errand:
    piece = task.left[0]
    segments = task.batch.segments[piece.start : piece.end]
    frames = {segment.id: task.batch.frames[segment.id] for segment in segments if segment.unit == "s"}
    return Errand(
        tuple(key_of(stage) for stage in piece.stages),
        Batch(segments, frames, task.shared(piece.start, piece.end)),
        {
            key_of(stage): {work.source_id: work.memories[stage] for work in task.works}
            for stage in piece.stages
        },
        task.part.makes,
    )


def _take_in(task: _Task, answer: Answer) -> None:
    piece = task.left.popleft()
    for stage in piece.stages:
        for work in task.works:
            work.memories[stage] = answer.memories[key_of(stage)][work.source_id]
    task.made.append(dict(answer.made))
    task.outcome.products += answer.outcome.products
    task.outcome.failures += answer.outcome.failures


def _lose(task: _Task, lost: Lost) -> None:
    """Halve the piece that ended its process; leave a single segment out of the stage that it ended it in."""
    piece = task.left[0]
    stage = next((stage for stage in piece.stages if key_of(stage) == lost.stage), None)
    if stage is None:
        return  # it had not begun
    task.left.popleft()
    middle = (piece.start + piece.end) // 2
    if middle > piece.start:
        halves = [_Piece(piece.stages, piece.start, middle), _Piece(piece.stages, middle, piece.end)]
        task.left.extendleft(reversed(halves))
        return
    segment = task.batch.segments[piece.start]
    runs = dependent_runs(stage, piece.stages)
    task.outcome.failures.append((segment, runs, _failure(stage, segment, lost)))
    others = frozenset(one.run.id for one in piece.stages if one.run is not None) - runs
    if rest := needed_stages(piece.stages, others):
        task.left.appendleft(_Piece(tuple(rest), piece.start, piece.end))
    else:
        task.made.append({})


def _failure(stage: Stage, segment: Segment, lost: Lost) -> Failure:
    log.warning("stage ended its process", stage=stage.name, segment=segment.id, reason=lost.reason)
    error = ProcessLost(
        f"the process in which the stage ran ended over it ({lost.reason}); "
        "if memory was short, ingest again with fewer --workers"
    )
    return failure_of("", stage.name, error, segment)
