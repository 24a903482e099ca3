"""Documents of made-up facts, a sentence for each, for benchmarks and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from midspan.db.record_store import READING, Commit, RunResult, TextChunk
from midspan.records import Fact, FactSlot, Location, Provenance, Run, Segment, Source, record_id

READ = Run(READING, 1)


def commit(source: Source, said: Run, facts: Sequence[Fact], path: str) -> tuple[Commit, list[Fact]]:
    """The facts of a run, whose parts' spans count in their sentences, with their places in the document."""
    made = Commit(runs=[READ, said], sources=[source])
    placed: list[Fact] = []
    start = 0
    for number, one in enumerate(facts):
        end = start + len(one.text)
        segment_id = record_id("seg", source.id, READ.id, start)
        made.segments.append(
            Segment(
                *(segment_id, source.id, number, "sentence", "char", start, end, one.text),
                page=1,
                run_id=READ.id,
            )
        )
        placed.append(
            replace(
                one,
                id=record_id("fact", source.id, said.id, start),
                provenance=Provenance(source.id, said.id, segment_id, "char", start, end),
                subject=_moved(one.subject, start),
                predicate=_moved(one.predicate, start),
                object=_moved(one.object, start),
            )
        )
        start = end + 1
    made.chunks = [TextChunk(source.id, READ.id, 0, " ".join(one.text for one in facts))]
    made.products = list(placed)
    made.results = [RunResult(source.id, run.id, True) for run in (READ, said)]
    made.locations = [Location(path, source.id, source.byte_count, 1, 1.0)]
    return made, placed


def _moved(part: FactSlot, by: int) -> FactSlot:
    return replace(part, start=part.start + by, end=part.end + by)
