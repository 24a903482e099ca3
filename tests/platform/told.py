"""Documents whose names are linked by one of two knowledge graphs, and the graph that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from midspan.db.graph.rows import slot_uid
from midspan.db.record_store import READING, Commit, GraphFact, RunResult
from midspan.records import Fact, FactSlot, Location, Named, Provenance, Run, Segment, Source, digest

READ = Run(READING, 1)
KINDS = {"Konrad Zuse": "person", "Zuse": "person", "Schreyer": "person", "Henschel": "organisation"}
LINKED: tuple[Mapping[str, str], ...] = ({}, {"Konrad Zuse": "wd:Q7", "Zuse": "wd:Q7", "Henschel": "wd:Q8"})
"""What each knowledge graph knows."""
SAID: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "one": (("Konrad Zuse", "worked at", "Henschel"), ("Zuse", "knew", "Schreyer")),
    "two": (("Konrad Zuse", "worked at", "Henschel"), ("Schreyer", "knew", "Zuse")),
    "three": (("Schreyer", "knew", "Konrad Zuse"), ("Konrad Zuse", "born on", "22 June 1910")),
}


def run(graph: int) -> Run:
    return Run("facts", 1, "facts.small", f"{graph:02}")


def told(name: str, graph: int) -> Commit:
    """A source, read and linked against a knowledge graph (0 knows nothing)."""
    source_id = digest(name)
    segments = [_segment(name, ordinal) for ordinal in range(len(SAID[name]))]
    return Commit(
        runs=[READ, run(graph)],
        sources=[Source(source_id, "document", "text/plain", name, 7, 1000.0)],
        locations=[Location(f"/data/{name}", source_id, 7, 1, 1.0)],
        segments=segments,
        products=list(_facts(name, graph)),
        results=[RunResult(source_id, READ.id, True), RunResult(source_id, run(graph).id, True)],
    )


def graph_facts(there: Mapping[str, int]) -> list[GraphFact]:
    """What the graph is made of when these sources are there, each linked against that graph."""
    return [
        GraphFact(fact, name, f"/data/{name}", page=1 + int(fact.provenance.start) // 100)
        for name, graph in there.items()
        for fact in _facts(name, graph)
    ]


def outside(surface: str, source: str = "") -> Named:
    """A name that no graph links; of one word, in that source."""
    return Named(slot_uid(_slot(surface, 0), digest(source)), surface)


def _segment(name: str, ordinal: int) -> Segment:
    start = 100 * ordinal
    return Segment(
        id=digest("segment", name, ordinal),
        source_id=digest(name),
        ordinal=ordinal,
        kind="sentence",
        unit="char",
        start=start,
        end=start + 90,
        text=" ".join(SAID[name][ordinal]),
        page=1 + ordinal,
        run_id=READ.id,
    )


def _facts(name: str, graph: int) -> Iterator[Fact]:
    for ordinal, (subject, predicate, object_) in enumerate(SAID[name]):
        segment = _segment(name, ordinal)
        place = Provenance(segment.source_id, run(graph).id, segment.id, "char", segment.start, segment.end)
        status: Any = "partial" if graph else "out_of_kg"
        yield Fact(
            id=digest("fact", name, graph, ordinal),
            provenance=place,
            text=segment.text,
            subject=_slot(subject, graph),
            predicate=FactSlot(predicate, 0, 9, None, predicate, 0.5),
            object=_slot(object_, graph),
            polarity="affirmed",
            status=status,
            score=0.5 + 0.25 * graph,
        )


def _slot(surface: str, graph: int) -> FactSlot:
    if surface[0].isdigit():
        return FactSlot(surface, 0, 9, None, surface, 1.0, "date", value="1910-06-22")
    uid = LINKED[graph].get(surface)
    name = f"{surface}, linked" if uid else surface
    return FactSlot(surface, 0, 9, uid, name, 0.5, kind="" if uid else KINDS[surface])
